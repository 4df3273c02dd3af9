"""The caller that a checked route has put on its request."""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection

from runtime.auth.claims import Caller, Claims

_KEY: Final = "runtime.caller"


def caller(connection: HTTPConnection) -> Caller:
    """Return who calls.  Only a checked route has a caller."""
    found: Caller = connection.scope[_KEY]
    return found


def known_claims(connection: HTTPConnection) -> Claims | None:
    """Return who calls, allowed or not; ``None`` if that was not proved."""
    found: Caller | None = connection.scope.get(_KEY)
    return None if found is None else found.claims


def set_caller(connection: HTTPConnection, value: Caller) -> None:
    """Put the caller on a request, once it has proved who it is."""
    connection.scope[_KEY] = value
