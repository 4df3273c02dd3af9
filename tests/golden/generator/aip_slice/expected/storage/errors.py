"""Errors of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import ClassVar

from runtime.errors import BodyError, ConstantError, MessageError
from runtime.model import Model

from . import models


class Unauthorized(ConstantError):
    """The token is missing or not valid."""

    name: ClassVar[str] = "unauthorized"
    status: ClassVar[int] = 401
    body: ClassVar[str | int | bool] = "Unauthorized"


class Forbidden(ConstantError):
    """The caller lacks an attribute."""

    name: ClassVar[str] = "forbidden"
    status: ClassVar[int] = 403
    body: ClassVar[str | int | bool] = "Forbidden"


class NotValid(MessageError):
    """The request cannot be honoured as it stands."""

    name: ClassVar[str] = "not_valid"
    status: ClassVar[int] = 400


class NotFound(BodyError[models.NotFound]):
    """There is no such thing."""

    name: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404
    body_type: ClassVar[type[Model]] = models.NotFound


class NotAvailable(MessageError):
    """The state of the thing does not allow it now."""

    name: ClassVar[str] = "not_available"
    status: ClassVar[int] = 409
