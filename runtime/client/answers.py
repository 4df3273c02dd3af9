"""Answers: decoded into what the design says they are."""

from __future__ import annotations

from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar

import httpx2
from pydantic import TypeAdapter, ValidationError

from runtime.client.call import Call, Ticket
from runtime.client.errors import UnexpectedAnswer
from runtime.errors import BodyError, ConstantError, ErrorBody, MessageError, ServiceError

T = TypeVar("T")


def result(response: httpx2.Response, call: Call[T]) -> T:
    """Return the document that an answer of success carries.

    Raises:
        UnexpectedAnswer: It carries something else.
    """
    try:
        document: T = _adapter(call.returns).validate_json(response.content)
    except ValidationError as error:
        reason = f"not what it should be ({error.error_count()} mistakes)"
        raise UnexpectedAnswer(response.status_code, response.content, reason) from error
    return document


def ticket(response: httpx2.Response, cookie: str) -> Ticket | None:
    """Return the ticket that comes in a cookie; ``None`` when access control is off.

    It is handed to the caller and not kept in a cookie jar: the cookie is marked ``Secure``, and
    no jar sends such a one over plain HTTP, not even to this machine.
    """
    for header in response.headers.get_list("set-cookie"):
        try:
            morsel = SimpleCookie(header).get(cookie)
        except CookieError:
            continue
        if morsel is not None:
            return Ticket(cookie, morsel.value)
    return None


def failure(response: httpx2.Response, call: Call[Any], header: str | None) -> Exception:
    """Return the error that an answer stands for.

    Of several declared errors with one status, the response header named ``header`` tells which
    it is, or else the body: the first that it fits.
    """
    candidates = [error for error in call.errors if error.status == response.status_code]
    name = response.headers.get(header) if header else None
    if name is not None:
        candidates = [error for error in candidates if error.name == name] or candidates
    for candidate in candidates:
        error = _error(candidate, response.content)
        if error is not None:
            return error
    return UnexpectedAnswer(response.status_code, response.content)


def _error(kind: type[ServiceError], content: bytes) -> ServiceError | None:
    """Make an error of the design from a body, if the body is its own."""
    try:
        if issubclass(kind, MessageError):
            return _message_error(kind, ErrorBody.model_validate_json(content))
        if issubclass(kind, BodyError):
            return kind(kind.body_type.model_validate_json(content))
        if issubclass(kind, ConstantError):
            return kind() if _adapter(Any).validate_json(content) == kind.body else None
    except ValidationError:
        return None
    return None


def _message_error(kind: type[MessageError], body: ErrorBody) -> MessageError | None:
    if body.name != kind.name:
        return None
    error = kind(body.message)
    error.id = body.id
    return error


@lru_cache(maxsize=1024)
def _adapter(declared: Any) -> TypeAdapter[Any]:
    return TypeAdapter(declared)
