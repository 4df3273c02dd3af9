"""Who may watch, and what it asks for: settled before a stream begins, on either transport."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from runtime.auth.claims import Caller, Claims
from runtime.auth.no_place import NoPlace
from runtime.auth.places import Place
from runtime.auth.tokens import InvalidCredential
from runtime.errors import ServiceError
from runtime.http.caller import caller
from runtime.http.errors import ErrorAnswers, Refusals
from runtime.http.observation import observed, reason_of
from runtime.http.response import empty
from runtime.http.security import Security, bearer_token
from runtime.http.tickets import ForeignOrigin, admit_watcher, handed_over
from runtime.http.validation import Mistake, quoted, refused
from runtime.monitor.sight import Selection
from runtime.monitor.stream import Stream
from runtime.monitor.watcher import Watcher

Join = Callable[[Caller, Selection], Awaitable[Watcher]]
"""The service's method of the stream: lets a caller watch."""

REFUSALS: Final = Refusals()
"""The answers of a design that has none of its own."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class Refused(Exception):
    """A caller may not watch, or asks for what there is not; ``answer`` tells it.

    ``reason`` is for our own records, as are the ``claims`` of a caller who has proved who it is.
    """

    def __init__(self, answer: Response, reason: str, claims: Claims | None = None) -> None:
        super().__init__(answer.status_code)
        self.answer = answer
        self.reason = reason
        self.claims = claims


async def admit(
    connection: HTTPConnection,
    security: Security,
    stream: Stream,
    join: Join,
    refusals: Refusals = REFUSALS,
) -> Watcher:
    """Let a caller watch.

    What it asks for is looked at once it has shown a credential, and before its ticket is spent.

    Raises:
        Refused: With the answer that says why.
    """
    try:
        return await _admit(connection, security, stream, join, refusals)
    except Refused as refusal:
        observed(
            security.observer,
            connection,
            stream.name,
            refusal.claims,
            refusal.answer,
            reason=refusal.reason,
        )
        raise


async def _admit(
    connection: HTTPConnection,
    security: Security,
    stream: Stream,
    join: Join,
    refusals: Refusals,
) -> Watcher:
    answers = _answers(stream.name, refusals)
    claims: Claims | None = None
    try:
        claims = await admit_watcher(
            connection, security, stream.ticket, lambda: _check(connection, security, stream)
        )
        if not stream.requires.met_by(claims.attributes):
            refusal = answers.declared(refusals.not_allowed())
            raise Refused(refusal, "lacks what the stream requires", claims)
        place = _place(connection, security, stream, claims)
        try:
            watcher = await join(Caller(claims, stream.name), selection_of(connection, stream))
        except BaseException:
            place.free()
            raise
        place.seat(watcher)
        if security.revocations.cover(claims):
            # While it was being let in.
            watcher.revoke()
        return watcher
    except NoPlace as error:
        raise Refused(_no_place(error, answers, refusals), str(error), claims) from error
    except ForeignOrigin as error:
        _log.info("monitor.refused", stream=stream.name, why="foreign origin")
        refusal = answers.declared(refusals.not_allowed())
        raise Refused(refusal, "foreign origin", claims) from error
    except InvalidCredential as error:
        _log.info("monitor.refused", stream=stream.name, why=str(error))
        raise Refused(answers.declared(refusals.not_known()), str(error), claims) from error
    except ServiceError as error:
        raise Refused(answers.declared(error), reason_of(error), claims) from error
    except Refused:
        raise
    except Exception as error:
        raise Refused(answers.answer(error), reason_of(error), claims) from error


async def invite(
    request: Request, security: Security, stream: Stream, refusals: Refusals = REFUSALS
) -> Response:
    """Answer with a ticket for a stream to the caller of a checked route, and keep a place for it.

    That there is no place is told here, and not only where the ticket is shown: an existing client
    opens a refused WebSocket again at once, without a pause.

    Raises:
        TicketStoreUnavailable: The ticket cannot be kept.
    """
    who = caller(request)
    try:
        place = security.places.hold(who.claims)
    except NoPlace as error:
        return _no_place(error, _answers(who.operation, refusals), refusals)
    if security.tickets is None or stream.ticket is None:
        # Access control is off: nothing will tell this caller from another.
        place.free()
        return empty(200)
    try:
        ticket = await security.tickets.issue(stream.ticket, "", who.claims)
    except BaseException:
        place.free()
        raise
    security.places.keep(place, ticket, stream.ticket.seconds)
    return handed_over(ticket, stream.ticket)


def _check(connection: HTTPConnection, security: Security, stream: Stream) -> None:
    """Refuse what can be refused before a ticket is spent: it may be good elsewhere still."""
    security.places.check_open()
    selection_of(connection, stream)


def _place(connection: HTTPConnection, security: Security, stream: Stream, claims: Claims) -> Place:
    """Return the place that was kept for the ticket of a connection, or another."""
    if stream.ticket is not None and not bearer_token(connection.headers):
        place = security.places.kept(connection.cookies.get(stream.ticket.cookie, ""))
        if place is not None:
            return place
    return security.places.hold(claims)


def _answers(operation: str, refusals: Refusals) -> ErrorAnswers:
    errors = (refusals.unauthorized, refusals.forbidden, refusals.unavailable)
    return ErrorAnswers(operation, errors, refusals.error_header)


def _no_place(error: NoPlace, answers: ErrorAnswers, refusals: Refusals) -> Response:
    _log.info("monitor.no_place", why=error.why.name.lower())
    return answers.declared(refusals.not_now(error.why.words, error.why.seconds))


def selection_of(connection: HTTPConnection, stream: Stream) -> Selection:
    """Read what a client asks for, as far as the stream can be asked.

    Raises:
        RequestRefused: It wants types of events that the stream does not send.
    """
    query = connection.query_params
    types = subject = None
    if "types" in stream.select and "types" in query:
        types = frozenset(",".join(query.getlist("types")).split(","))
        if unknown := sorted(types - stream.events.keys()):
            raise refused(_unknown(each, stream) for each in unknown)
    if "subject" in stream.select:
        subject = query.get("subject")
    return Selection(types, subject, _last_id(connection) if stream.resume else None)


def _last_id(connection: HTTPConnection) -> str | None:
    """Return the position that a client comes back with.

    The header is newer than the query: a browser opens the same address again and adds it.
    """
    header = connection.headers.get("last-event-id")
    return header or connection.query_params.get("last_event_id") or None


def _unknown(tag: str, stream: Stream) -> Mistake:
    known = ", ".join(map(quoted, stream.events))
    return Mistake(
        "invalid_enum_value", f"value of types must be one of {known} but got value {quoted(tag)}"
    )
