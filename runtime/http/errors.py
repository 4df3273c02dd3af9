"""Errors on the wire.

What is wrong with a request before any operation sees it is a :class:`RequestRefused`; what an
operation answers is a ``ServiceError`` of its design; a store of tickets that is away is waited for;
all else is a fault of ours, of which the caller learns nothing but an id by which the log entry is
found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.responses import Response

from runtime.auth.tickets.ticket import TicketStoreUnavailable
from runtime.database.failures import away
from runtime.database.opening import code_of
from runtime.errors import (
    ErrorBody,
    Forbidden,
    MessageError,
    ServiceError,
    Unauthorized,
    Unavailable,
    error_id,
)
from runtime.http.response import json

LATER_SECONDS: Final = 1
"""After how long to come back while the database, or the store of tickets, is away."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class RequestRefused(Exception):
    """A request that no operation can take; ``name`` is the error's name on the wire."""

    def __init__(
        self,
        status: int,
        name: str,
        message: str,
        *,
        fault: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.name = name
        self.message = message
        self.fault = fault
        self.headers = headers

    def answer(self) -> Response:
        """Return the six-field answer."""
        body = ErrorBody(
            name=self.name,
            id=error_id(),
            message=self.message,
            timeout=self.status == 408,
            fault=self.fault,
        )
        return json(self.status, body, self.headers)


@dataclass(frozen=True, slots=True)
class Refusals:
    """How a design answers a caller whom it does not let in.

    ``unauthorized`` is for one who has not proved who it is, ``forbidden`` for one who lacks an
    attribute, ``unavailable`` for one who is to come back later.  ``error_header`` is the response
    header that carries an error's name, if there is one.
    """

    unauthorized: type[ServiceError] = Unauthorized
    forbidden: type[ServiceError] = Forbidden
    unavailable: type[ServiceError] = Unavailable
    error_header: str | None = None

    def not_known(self) -> ServiceError:
        """Make the error of a caller who has not proved who it is."""
        return _made(self.unauthorized, "not authorised")

    def not_allowed(self) -> ServiceError:
        """Make the error of a caller who lacks an attribute."""
        return _made(self.forbidden, "not allowed")

    def not_now(self, message: str, retry_after: int) -> ServiceError:
        """Make the error of a caller who may ask again after so many seconds."""
        error = _made(self.unavailable, message)
        error.retry_after = retry_after
        return error


def _made(error: type[ServiceError], message: str) -> ServiceError:
    """Make an error of the design, whose body is its own constant or a sentence."""
    return error(message) if issubclass(error, MessageError) else error()


class ErrorAnswers:
    """Turns what an operation raised into its answer.

    ``declared`` are the errors of the operation; ``header``, if any, is the response header that
    carries a declared error's name.
    """

    def __init__(
        self, operation: str, declared: Iterable[type[ServiceError]], header: str | None
    ) -> None:
        self._operation = operation
        self._declared = tuple(declared)
        self._names = frozenset(error.name for error in self._declared)
        self._header = header

    def answer(self, error: Exception) -> Response:
        """Return the answer to an error, and log it if the fault is ours."""
        if isinstance(error, self._declared):
            return self.declared(error)
        if isinstance(error, RequestRefused):
            return error.answer()
        if isinstance(error, TicketStoreUnavailable):
            log.warning("tickets.unavailable", operation=self._operation, reason=str(error))
            return self._later("tickets are not to be had at this moment: try again later")
        if away(error):
            reason = f"{type(error).__name__}: {code_of(error)}"
            log.error("database.unavailable", operation=self._operation, reason=reason)
            return self._later("the database cannot be reached at this moment: try again later")
        return self._fault(error)

    def declared(self, error: ServiceError) -> Response:
        """Return the answer to an error that the operation is known to give."""
        headers = self._headers(error.name)
        if error.retry_after is not None:
            headers["Retry-After"] = str(error.retry_after)
        return json(error.status, error.document(), headers)

    def _later(self, message: str) -> Response:
        """Answer while something is away: an outage is to be waited for, by clients too.

        What a change that was under way came to is not known.
        """
        later = Unavailable(message)
        later.retry_after = LATER_SECONDS
        return self.declared(later)

    def _fault(self, error: Exception) -> Response:
        body = ErrorBody(name="fault", id=error_id(), message="internal error", fault=True)
        log.error("operation failed", operation=self._operation, error_id=body.id, exc_info=error)
        return json(500, body, self._headers(body.name))

    def _headers(self, name: str) -> dict[str, str]:
        if self._header is None or name not in self._names:
            return {}
        return {self._header: name}
