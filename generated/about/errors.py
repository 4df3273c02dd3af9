"""Errors of the about service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import ClassVar

from runtime.errors import ConstantError


class Unauthorized(ConstantError):
    """The token or the ticket is missing, expired or not valid."""

    name: ClassVar[str] = "unauthorized"
    status: ClassVar[int] = 401
    body: ClassVar[str | int | bool] = "Unauthorized"


class Forbidden(ConstantError):
    """The caller is known, but may not do this."""

    name: ClassVar[str] = "forbidden"
    status: ClassVar[int] = 403
    body: ClassVar[str | int | bool] = "Forbidden"
