"""Errors that an operation may answer with.

::

    ServiceError
     ├── MessageError        the ordinary six-field body; the message is given where it is raised
     ├── BodyError           a body of the design's own
     └── ConstantError       always the same body

The generated ``errors`` module of a service holds one class for each error of its design.  The
service raises them, the router writes them, the client raises them again.
"""

from __future__ import annotations

import secrets
from typing import Any, ClassVar, Generic, TypeVar

from runtime.model import Model

B = TypeVar("B", bound=Model)


class ServiceError(Exception):
    """An error of the design, with the HTTP status it is answered with."""

    name: ClassVar[str]
    """The error's name on the wire."""
    status: ClassVar[int]
    """The HTTP status."""
    retry_after: int | None = None
    """After how many seconds it is worth asking again, if that is known."""

    def document(self) -> Any:
        """Return the JSON body, as plain values or as a model."""
        raise NotImplementedError


class ErrorBody(Model):
    """The ordinary error body; all six keys are always present (wire contract, section 2)."""

    name: str
    id: str
    message: str
    temporary: bool = False
    timeout: bool = False
    fault: bool = False


def error_id() -> str:
    """Make an identifier by which a caller's report is found in the log: 8 base64url characters."""
    return secrets.token_urlsafe(6)


class MessageError(ServiceError):
    """An error that says what is wrong in one sentence for people."""

    temporary: ClassVar[bool] = False
    timeout: ClassVar[bool] = False
    fault: ClassVar[bool] = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.id = error_id()

    def document(self) -> ErrorBody:
        """Return the six-field body."""
        return ErrorBody(
            name=self.name,
            id=self.id,
            message=self.message,
            temporary=self.temporary,
            timeout=self.timeout,
            fault=self.fault,
        )


class BodyError(ServiceError, Generic[B]):
    """An error with a body type of its own, ``body_type``."""

    body_type: ClassVar[type[Model]]

    def __init__(self, body: B) -> None:
        super().__init__(str(body))
        self.body = body

    def document(self) -> B:
        """Return the body."""
        return self.body


class ConstantError(ServiceError):
    """An error that says nothing but its constant ``body``, so that it cannot say too much."""

    body: ClassVar[str | int | bool]

    def __init__(self) -> None:
        super().__init__(str(self.body))

    def document(self) -> str | int | bool:
        """Return the constant."""
        return self.body


class Unauthorized(ConstantError):
    """The caller has not proved who it is; for a design that has no such error of its own."""

    name: ClassVar[str] = "unauthorized"
    status: ClassVar[int] = 401
    body: ClassVar[str] = "Unauthorized"


class Forbidden(ConstantError):
    """The caller lacks an attribute; for a design that has no such error of its own."""

    name: ClassVar[str] = "forbidden"
    status: ClassVar[int] = 403
    body: ClassVar[str] = "Forbidden"


class Unavailable(MessageError):
    """Too much is asked of the service now; for a design that has no such error of its own."""

    name: ClassVar[str] = "unavailable"
    status: ClassVar[int] = 503
    temporary: ClassVar[bool] = True
