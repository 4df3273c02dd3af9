"""Errors of the corner shop service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import ClassVar

from runtime.errors import BodyError, ConstantError, MessageError
from runtime.model import Model

from . import models


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


class NotValid(MessageError):
    """It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\"""

    name: ClassVar[str] = "not_valid"
    status: ClassVar[int] = 400


class NotFound(BodyError[models.NotFound]):
    """Answered with status 404."""

    name: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404
    body_type: ClassVar[type[Model]] = models.NotFound


class SoldOut(MessageError):
    """Nothing is left."""

    name: ClassVar[str] = "not_available"
    status: ClassVar[int] = 409
