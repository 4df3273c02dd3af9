"""Errors of the letters service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import ClassVar

from runtime.errors import ConstantError, MessageError


class Unauthorized(MessageError):
    """The token is missing or not valid."""

    name: ClassVar[str] = "unauthorized"
    status: ClassVar[int] = 401

    def __init__(self, message: str = "The token is missing or not valid.") -> None:
        super().__init__(message)


class Forbidden(ConstantError):
    """The caller lacks an attribute."""

    name: ClassVar[str] = "forbidden"
    status: ClassVar[int] = 403
    body: ClassVar[str | int | bool] = "Forbidden"
