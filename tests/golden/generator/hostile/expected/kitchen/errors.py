"""Errors of the kitchen service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import ClassVar

from runtime.errors import ConstantError, MessageError


class Unauthorized(ConstantError):
    """Answered with status 401."""

    name: ClassVar[str] = "unauthorized"
    status: ClassVar[int] = 401
    body: ClassVar[str | int | bool] = "Un\"aut'h\\ored\n"


class Forbidden(MessageError):
    """Answered with status 403."""

    name: ClassVar[str] = "forbidden"
    status: ClassVar[int] = 403

    def __init__(self, message: str = "Answered with status 403.") -> None:
        super().__init__(message)


class NotValid(MessageError):
    """ends with \\"""

    name: ClassVar[str] = "not_valid"
    status: ClassVar[int] = 400
