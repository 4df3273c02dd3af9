"""Errors of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import ClassVar

from runtime.errors import BodyError, ConstantError, MessageError
from runtime.model import Model

from . import models


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


class NotValid(MessageError):
    """The request cannot be understood, or asks for what is not allowed."""

    name: ClassVar[str] = "not_valid"
    status: ClassVar[int] = 400


class NotFound(BodyError[models.NotFound]):
    """There is nothing with this identifier."""

    name: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404
    body_type: ClassVar[type[Model]] = models.NotFound


class ReportNotFound(MessageError):
    """The package is there, its deletion report is not."""

    name: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404


class NotAvailable(MessageError):
    """The package is in a state that does not allow this now."""

    name: ClassVar[str] = "not_available"
    status: ClassVar[int] = 409


class FailedDependency(MessageError):
    """The work that was asked about has failed, or was never begun."""

    name: ClassVar[str] = "failed_dependency"
    status: ClassVar[int] = 424


class InternalError(MessageError):
    """The service has failed; the message says nothing that is not for everybody."""

    name: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500


class Unavailable(MessageError):
    """Too much is asked of the service at this moment; try again later."""

    name: ClassVar[str] = "unavailable"
    status: ClassVar[int] = 503
