"""What came of a request, for whoever keeps a record of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import structlog
from starlette.requests import HTTPConnection
from starlette.responses import Response

from runtime.auth.claims import Claims
from runtime.errors import MessageError, ServiceError

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One request to an operation or a stream, and its answer."""

    operation: str
    claims: Claims | None
    """Who asked; ``None`` if that was not proved."""
    address: str
    """The other end of the connection, a proxy's where there is one; empty if it has none."""
    resource: str
    """What it is about: the path parameters as they were sent, joined by slashes."""
    given: Mapping[str, Any]
    """Parameters and body by their names in the operation; empty where they were not looked at."""
    status: int
    document: bytes
    """The body of the answer; empty for a file."""
    reason: str
    """Why it was refused, in words fit for a record; empty if it was not."""


Observer: TypeAlias = Callable[[Observation], None]
"""Is told of every answer of an operation, and of every stream that was refused.

It is called on the event loop, so it must not block.  A fault of its own changes no answer.
"""


def observed(
    observer: Observer | None,
    connection: HTTPConnection,
    operation: str,
    claims: Claims | None,
    answer: Response,
    *,
    given: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Tell an observer, if there is one, what came of a request."""
    if observer is None:
        return
    try:
        observer(
            Observation(
                operation=operation,
                claims=claims,
                address=connection.client.host if connection.client else "",
                resource="/".join(map(str, connection.path_params.values())),
                given=given or {},
                status=answer.status_code,
                document=getattr(answer, "body", b""),
                reason=reason,
            )
        )
    except Exception:
        _log.exception("observer.failed", operation=operation)


def reason_of(error: Exception) -> str:
    """Say why a request was refused: what the caller is told of it, and no more."""
    if isinstance(error, MessageError):
        return error.message
    return error.name if isinstance(error, ServiceError) else str(error)
