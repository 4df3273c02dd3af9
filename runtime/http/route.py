"""The checked route: who calls is settled before anything the caller sends is looked at.

The order is always the same: token, attributes, parameters, body, operation.  A stranger who
sends nonsense learns that he is a stranger.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, NotRequired, TypedDict, TypeVar, Unpack

import structlog
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from runtime.auth.attributes import Requirement
from runtime.auth.claims import Caller, Claims
from runtime.auth.tickets.ticket import TicketScheme
from runtime.auth.tokens import InvalidCredential
from runtime.errors import ServiceError, Unavailable
from runtime.events.event import EventPosition
from runtime.http.body import BODY_LIMIT, BODY_SECONDS, JsonBody
from runtime.http.caller import caller, known_claims, set_caller
from runtime.http.errors import ErrorAnswers, Refusals, RequestRefused
from runtime.http.observation import observed, reason_of
from runtime.http.parameters import Parameters, declared_type
from runtime.http.security import Security, bearer_token
from runtime.http.tickets import carried_ticket, inspect_ticket, redeem_ticket
from runtime.http.validation import refused

__all__ = ["CheckedRoutes", "caller"]

POSITION_HEADER: Final = "Event-Position"
"""Where an answer says how far the events had got before it was read."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Endpoint = TypeVar("Endpoint", bound=Callable[..., Awaitable[Response]])


@dataclass(frozen=True, slots=True)
class _Operation:
    """What a route knows of its operation, beside the endpoint's own signature."""

    name: str
    requires: Requirement
    ticket: TicketScheme | None
    security: Security
    refusals: Refusals
    answers: ErrorAnswers
    position: Callable[[], EventPosition] | None


class Options(TypedDict):
    """What is said of an operation where it is registered.

    ``status``, ``returns`` and ``errors`` are what it answers with.  ``ticket`` is for an operation
    that is opened by a ticket and not by a token: one issued for the operation's path parameters,
    joined by slashes (``runtime.http.tickets.issue_ticket``).  ``head`` is for a GET that can tell
    what it would answer without answering it: HEAD asks for that, and uses up no ticket.
    """

    requires: Requirement
    status: int
    returns: NotRequired[Any]
    errors: NotRequired[tuple[type[ServiceError], ...]]
    ticket: NotRequired[TicketScheme | None]
    head: NotRequired[bool]


class CheckedRoutes:
    """Registers the operations of a service on a router.

    ``unauthorized``, ``forbidden`` and ``unavailable`` are the design's errors for a caller who has
    not proved who it is, for one who lacks an attribute, and for one who is to come back later
    because there is no place on a stream.  ``error_header`` is the response header that
    carries the name of a declared error, if the design has one.  ``position`` tells how far the
    service's events have got: every answer to a GET carries it, so that whoever loads and then
    watches from there misses nothing.
    """

    def __init__(
        self,
        router: APIRouter,
        security: Security,
        *,
        unauthorized: type[ServiceError],
        forbidden: type[ServiceError],
        unavailable: type[ServiceError] = Unavailable,
        error_header: str | None = None,
        position: Callable[[], EventPosition] | None = None,
    ) -> None:
        self.router = router
        self.refusals = Refusals(unauthorized, forbidden, unavailable, error_header)
        self._security = security
        self._position = position

    def get(
        self, path: str, name: str, **options: Unpack[Options]
    ) -> Callable[[Endpoint], Endpoint]:
        """Register a GET operation."""
        return self.operation("GET", path, name, **options)

    def post(
        self, path: str, name: str, **options: Unpack[Options]
    ) -> Callable[[Endpoint], Endpoint]:
        """Register a POST operation."""
        return self.operation("POST", path, name, **options)

    def put(
        self, path: str, name: str, **options: Unpack[Options]
    ) -> Callable[[Endpoint], Endpoint]:
        """Register a PUT operation."""
        return self.operation("PUT", path, name, **options)

    def patch(
        self, path: str, name: str, **options: Unpack[Options]
    ) -> Callable[[Endpoint], Endpoint]:
        """Register a PATCH operation."""
        return self.operation("PATCH", path, name, **options)

    def delete(
        self, path: str, name: str, **options: Unpack[Options]
    ) -> Callable[[Endpoint], Endpoint]:
        """Register a DELETE operation."""
        return self.operation("DELETE", path, name, **options)

    def operation(
        self, method: str, path: str, name: str, **options: Unpack[Options]
    ) -> Callable[[Endpoint], Endpoint]:
        """Register an operation; the endpoint takes the request, parameters by name, and a body."""
        errors = options.get("errors", ())
        operation = _Operation(
            name=name,
            requires=options["requires"],
            ticket=options.get("ticket"),
            security=self._security,
            refusals=self.refusals,
            answers=ErrorAnswers(name, errors, self.refusals.error_header),
            position=self._position if method == "GET" else None,
        )

        def register(endpoint: Endpoint) -> Endpoint:
            for each in (method, "HEAD") if options.get("head") else (method,):
                self.router.add_api_route(
                    path,
                    endpoint,
                    methods=[each],
                    name=name,
                    operation_id=name,
                    include_in_schema=each == method,
                    status_code=options["status"],
                    response_model=options.get("returns"),
                    responses={error.status: {"description": error.name} for error in errors},
                    route_class_override=type(
                        "CheckedRoute", (CheckedRoute,), {"checks": operation}
                    ),
                )
            return endpoint

        return register


class CheckedRoute(APIRoute):
    """A route that does its work itself; FastAPI finds it, and describes it."""

    checks: _Operation

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self._parameters = Parameters(self.dependant)
        self._request_name = self.dependant.request_param_name
        self._body = _body(self)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        request = Request(scope, receive)
        with suppress(ClientDisconnect):
            response = await self._answer(request)
            await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        checks = self.checks
        given: dict[str, Any] = {}
        reason = ""
        try:
            response = await self._perform(request, given)
        except ClientDisconnect:
            raise
        except InvalidCredential as error:
            reason = str(error)
            log.info("caller not authorised", operation=checks.name, reason=reason)
            response = checks.answers.declared(checks.refusals.not_known())
        except _NotAllowed as error:
            reason = str(error)
            response = checks.answers.declared(checks.refusals.not_allowed())
        except Exception as error:
            response = checks.answers.answer(error)
            told = isinstance(error, ServiceError | RequestRefused) and response.status_code < 500
            reason = reason_of(error) if told else "internal error"
        observed(
            checks.security.observer,
            request,
            checks.name,
            known_claims(request),
            response,
            given=given,
            reason=reason,
        )
        return response

    async def _perform(self, request: Request, given: dict[str, Any]) -> Response:
        """Do what is asked; ``given`` takes what it is asked with, once that is known."""
        checks = self.checks
        if checks.ticket is None:
            await self._solve_for_token(request, given)
        else:
            await self._solve_for_ticket(request, checks.ticket, given)
        named = {} if self._request_name is None else {self._request_name: request}
        # Before the operation reads anything: what it misses has a later position.
        position = checks.position() if checks.position is not None else None
        response: Response = await self.endpoint(**given, **named)
        if position is not None:
            response.headers[POSITION_HEADER] = str(position)
        return response

    async def _solve_for_token(self, request: Request, given: dict[str, Any]) -> None:
        checks = self.checks
        if checks.requires.token:
            token = bearer_token(request.headers)
            self._admit(request, await checks.security.verify(token))
        else:
            set_caller(request, Caller(Claims(), checks.name))
        await self._solve(request, given)

    async def _solve_for_ticket(
        self, request: Request, ticket: TicketScheme, given: dict[str, Any]
    ) -> None:
        security = self.checks.security
        if security.tickets is not None:
            carried_ticket(request, ticket)
        await self._solve(request, given)
        resource = self._parameters.resource(given)
        # Who only looks at a file is going to fetch it, too.
        redeem = inspect_ticket if request.method == "HEAD" else redeem_ticket
        self._admit(request, await redeem(request, security, ticket, resource))

    def _admit(self, request: Request, claims: Claims) -> None:
        set_caller(request, Caller(claims, self.checks.name))
        if not self.checks.requires.met_by(claims.attributes):
            raise _NotAllowed("lacks what the operation requires")

    async def _solve(self, request: Request, given: dict[str, Any]) -> None:
        values, mistakes = self._parameters.solve(request)
        if self._body is not None:
            limit = getattr(request.app.state, "body_limit", BODY_LIMIT)
            seconds = getattr(request.app.state, "body_seconds", BODY_SECONDS)
            body, wrong = await self._body.solve(request, limit, seconds)
            values[self._body.name] = body
            mistakes = wrong + mistakes
        if mistakes:
            raise refused(mistakes)
        given.update(values)


class _NotAllowed(Exception):
    """The caller is known, and lacks an attribute."""


def _body(route: APIRoute) -> JsonBody | None:
    fields = route.dependant.body_params
    if not fields:
        return None
    if len(fields) > 1:
        names = ", ".join(field.name for field in fields)
        raise TypeError(f"{route.name} takes more than one body: {names}")
    info = fields[0].field_info
    return JsonBody(fields[0].name, declared_type(info), required=info.is_required())
