"""Tickets over HTTP: issued in a cookie, redeemed from it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from runtime.auth.claims import UNRESTRICTED, Claims
from runtime.auth.tickets.ticket import InvalidTicket, TicketScheme
from runtime.http.caller import caller
from runtime.http.origin import origin_welcome
from runtime.http.response import empty
from runtime.http.security import Security, bearer_token


class ForeignOrigin(Exception):
    """A page of another place asks for a WebSocket, and that place is not configured."""


async def issue_ticket(
    request: Request, security: Security, scheme: TicketScheme, resource: str = ""
) -> Response:
    """Answer with a ticket for the caller of a checked route, and an empty body.

    ``resource`` is what the ticket is good for, where a purpose has more than one.  The cookie
    has no ``Path``: behind a proxy that strips a prefix the browser must derive it.  There is no
    cookie when access control is off.

    Raises:
        TicketStoreUnavailable: It cannot be kept.
    """
    if security.tickets is None:
        return empty(200)
    return handed_over(
        await security.tickets.issue(scheme, resource, caller(request).claims), scheme
    )


def handed_over(ticket: str, scheme: TicketScheme) -> Response:
    """Answer with a ticket that has been issued."""
    cookie = (
        f"{scheme.cookie}={ticket}; Max-Age={scheme.seconds}; HttpOnly; Secure; SameSite=Strict"
    )
    return empty(200, {"set-cookie": cookie, "cache-control": "no-store"})


async def redeem_ticket(
    connection: HTTPConnection, security: Security, scheme: TicketScheme, resource: str = ""
) -> Claims:
    """Spend the ticket that a request carries, and return the claims it stands for.

    Check all else about the request before: what is refused later has used up its ticket.

    Raises:
        InvalidTicket: There is none, or it is not good.
        Revoked: The right of whom it was issued to was taken back meanwhile.
        TicketStoreUnavailable: It cannot be looked up.
    """
    if security.tickets is None:
        return UNRESTRICTED
    ticket = carried_ticket(connection, scheme)
    return security.unrevoked(await security.tickets.redeem(scheme, resource, ticket))


async def inspect_ticket(
    connection: HTTPConnection, security: Security, scheme: TicketScheme, resource: str = ""
) -> Claims:
    """Return the claims that the ticket of a request stands for, and leave it good.

    Raises:
        InvalidTicket: There is none, or it is not good.
        Revoked: The right of whom it was issued to was taken back meanwhile.
        TicketStoreUnavailable: It cannot be looked up.
    """
    if security.tickets is None:
        return UNRESTRICTED
    ticket = carried_ticket(connection, scheme)
    return security.unrevoked(await security.tickets.inspect(scheme, resource, ticket))


def carried_ticket(connection: HTTPConnection, scheme: TicketScheme) -> str:
    """Return the ticket that a request carries, unspent.

    Raises:
        InvalidTicket: There is none.
    """
    ticket = connection.cookies.get(scheme.cookie, "")
    if not ticket:
        raise InvalidTicket(f"no cookie {scheme.cookie}")
    return ticket


def _accept() -> None:
    pass


async def admit_watcher(
    connection: HTTPConnection,
    security: Security,
    scheme: TicketScheme | None,
    check: Callable[[], object] = _accept,
) -> Claims:
    """Tell who asks for a stream, before it begins.

    A bearer token is as good as a ticket: browsers cannot send one with an upgrade, others can.
    The origin is checked first, so that a foreign page does not use up the ticket.  It says
    nothing of an HTTP request with a token: the page holds the token, and may read the answer
    only as the cross-origin rules allow.

    ``check`` looks at the rest of the request before a ticket is spent.

    Raises:
        ForeignOrigin: The request comes from a page that is not welcome.
        InvalidCredential: The caller has not proved who it is.
        TicketStoreUnavailable: The ticket cannot be looked up.
    """
    token = bearer_token(connection.headers)
    by_page = connection.scope["type"] == "websocket" or not token
    if by_page and not origin_welcome(connection.headers, security.allowed_origins):
        raise ForeignOrigin(connection.headers["origin"])
    if token or scheme is None:
        return await security.verify(token)
    if security.tickets is not None:
        carried_ticket(connection, scheme)
    check()
    return await redeem_ticket(connection, security, scheme)
