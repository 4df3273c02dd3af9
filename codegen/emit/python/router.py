"""``router.py``: a service over HTTP."""

from __future__ import annotations

from typing import Any

from codegen.emit.file import File
from codegen.emit.python.imports import Imports
from codegen.emit.python.methods import or_none
from codegen.emit.python.parts import (
    constant,
    error_class,
    refusal,
    ticket_of,
    unavailable,
    words,
)
from codegen.emit.python.rendering import render
from codegen.emit.python.service import service_class
from codegen.emit.python.types import Annotations, keywords, tuple_of
from codegen.model import (
    MISSING,
    Body,
    Design,
    Error,
    FileContent,
    JsonContent,
    Operation,
    Parameter,
    Record,
    Ref,
    Service,
    Stream,
    Type,
)

_LOCALS = ("service", "security", "position", "routes", "request", "websocket")
_FUNCTIONS = (
    *("caller", "json", "file", "empty", "errors"),
    *("invite", "issue_ticket", "serve_websocket"),
)
_TAKEN = frozenset(_LOCALS + _FUNCTIONS)
"""Names that the router works with, and that no parameter and no operation may hide."""


def emit(design: Design) -> tuple[File, ...]:
    """Write the router of every service."""
    return tuple(_Router(design, service).file() for service in design.services)


class _Router:
    """Prepares the router of one service."""

    def __init__(self, design: Design, service: Service) -> None:
        self.design = design
        self.service = service
        self.imports = Imports(*_LOCALS, f"{service.name}_router")
        self.annotations = Annotations(design=design, imports=self.imports)

    def file(self) -> File:
        """Return the module."""
        add = self.imports.add
        text = render(
            "router",
            doc=f"The {words(self.service.name)} service over HTTP.",
            name=f"{self.service.name}_router",
            router=add("fastapi", "APIRouter"),
            routes=add("runtime.http.route", "CheckedRoutes"),
            security=add("runtime.http.security", "Security"),
            service=add(".service", service_class(self.service)),
            tag=self.service.name,
            unauthorized=self._refusal(401, "Unauthorized"),
            forbidden=self._refusal(403, "Forbidden"),
            unavailable=self._unavailable(),
            error_header=self.design.api.error_header,
            position=self._position(),
            operations=[self._operation(each) for each in self.service.operations],
            streams=[self._stream(each) for each in self.service.streams],
            imports=self.imports,
        )
        return File(f"{self.service.name}/router.py", text)

    def _operation(self, operation: Operation) -> dict[str, Any]:
        return {
            "method": operation.method.lower(),
            "path": operation.path,
            "name": operation.name,
            "function": _free(operation.name),
            "requires": self._requires(operation.name),
            "status": operation.result.status,
            "returns": self._returned(operation),
            "errors": tuple_of(
                [self._error(self.design.error_by_name[name]) for name in operation.errors]
            ),
            "ticket": self._ticket(operation),
            "head": operation.has_head,
            "signature": self._signature(operation),
            "response": self.imports.add("fastapi", "Response"),
            "statements": self._statements(operation),
        }

    def _signature(self, operation: Operation) -> list[str]:
        """Return the arguments: those that must be given first, as Python wants it."""
        given = [(True, f"request: {self.imports.add('fastapi', 'Request')}")]
        if operation.body:
            given.append((operation.body.required, self._body(operation.body)))
        given += map(self._parameter, operation.parameters)
        return [text for _, text in sorted(given, key=lambda each: not each[0])]

    def _requires(self, name: str) -> str:
        return f"{self.imports.add('.attributes', 'OPERATIONS')}[{name!r}]"

    def _error(self, error: Error) -> str:
        return f"{self.imports.add('.', 'errors')}.{error_class(error)}"

    def _refusal(self, status: int, name: str) -> str:
        error = refusal(self.design, status)
        return self._error(error) if error else self.imports.add("runtime.errors", name)

    def _unavailable(self) -> str | None:
        """Return the error of somebody for whom a stream has no place, if the design has one."""
        error = unavailable(self.design, self.service)
        return self._error(error) if error else None

    def _returned(self, operation: Operation) -> str | None:
        content = operation.result.content
        return self.annotations.strict(content.type) if isinstance(content, JsonContent) else None

    def _ticket(self, operation: Operation) -> str | None:
        scheme = ticket_of(self.design, operation)
        return self.imports.add(".security", constant(scheme.name)) if scheme else None

    def _body(self, body: Body) -> str:
        annotation = self.annotations.strict(body.type)
        if body.required and self._is_record(body.type):
            return f"body: {annotation}"
        if body.required:
            return f"body: {self._annotated(annotation, self._mark('Body', {}))}"
        return f"body: {self._annotated(or_none(annotation, body.type), self._mark('Body', {}))} = None"

    def _is_record(self, type_: Type) -> bool:
        return isinstance(type_, Ref) and isinstance(self.design.type_by_name[type_.name], Record)

    def _parameter(self, parameter: Parameter) -> tuple[bool, str]:
        """Return an argument, and whether it has no default in the signature."""
        field = parameter.field
        name = _free(field.name)
        annotation, bounds = self.annotations.text(field.type)
        marks = {"alias": parameter.wire_name} if parameter.wire_name != name else {}
        default = ""
        if not field.required and field.default is MISSING:
            annotation, default = or_none(annotation, field.type), " = None"
        elif not field.required and self.annotations.is_constant(field.type):
            default = f" = {self.annotations.value(field.type, field.default)}"
        mark = self._mark(parameter.where.capitalize(), marks | bounds)
        if not field.required and not default:
            made = self.annotations.value(field.type, field.default)
            mark = f"{mark[:-1]}{', ' if marks | bounds else ''}default_factory=lambda: {made})"
        return not default, f"{name}: {self._annotated(annotation, mark)}{default}"

    def _mark(self, place: str, marks: dict[str, Any]) -> str:
        return f"{self.imports.add('fastapi', place)}({keywords(marks)})"

    def _annotated(self, annotation: str, mark: str) -> str:
        return f"{self.imports.add('typing', 'Annotated')}[{annotation}, {mark}]"

    def _statements(self, operation: Operation) -> list[str]:
        caller = self.imports.add("runtime.http.route", "caller")
        given = [f"{caller}(request)", *(["body"] if operation.body else [])]
        given += [f"{each.field.name}={_free(each.field.name)}" for each in operation.parameters]
        call = f"await service.{operation.name}({', '.join(given)})"
        status = operation.result.status
        if stream := self._opened_by(operation):
            return [call, f"return {self._invite(stream)}"]
        if operation.issues:
            return [call, f"return {self._issue(operation, operation.issues)}"]
        if isinstance(operation.result.content, JsonContent):
            answer = self.imports.add("runtime.http.response", "json")
            return [f"return {answer}({status}, {call})"]
        if isinstance(operation.result.content, FileContent):
            answer = self.imports.add("runtime.http.file", "file")
            return [f"return await {answer}(request, {status}, {call})"]
        return [call, f"return {self.imports.add('runtime.http.response', 'empty')}({status})"]

    def _opened_by(self, operation: Operation) -> Stream | None:
        """Return the stream that the tickets of an operation open."""
        for stream in self.service.streams:
            if stream.ticket and stream.ticket.operation == operation.name:
                return stream
        return None

    def _invite(self, stream: Stream) -> str:
        function = self.imports.add("runtime.monitor.admission", "invite")
        watched = self.imports.add(".streams", constant(stream.name))
        return f"await {function}(request, security, {watched}, refusals=routes.refusals)"

    def _issue(self, operation: Operation, scheme: str) -> str:
        function = self.imports.add("runtime.http.tickets", "issue_ticket")
        given = ["request", "security", self.imports.add(".security", constant(scheme))]
        places = [
            f"{{{_free(each.field.name)}}}" for each in operation.parameters if each.where == "path"
        ]
        if places:
            given.append(f'f"{"/".join(places)}"')
        return f"await {function}({', '.join(given)})"

    def _stream(self, stream: Stream) -> dict[str, Any]:
        return {
            "path": stream.path,
            "name": stream.name,
            "function": _free(stream.name),
            "constant": self.imports.add(".streams", constant(stream.name)),
            **self._websocket(stream),
            **self._sse(stream),
        }

    def _websocket(self, stream: Stream) -> dict[str, Any]:
        if "websocket" not in stream.over:
            return {"websocket": None}
        return {
            "websocket": self.imports.add("fastapi", "WebSocket"),
            "serve_websocket": self.imports.add("runtime.monitor.websocket", "serve_websocket"),
        }

    def _sse(self, stream: Stream) -> dict[str, Any]:
        if "sse" not in stream.over:
            return {"serve_sse": None}
        return {
            "request": self.imports.add("fastapi", "Request"),
            "response": self.imports.add("fastapi", "Response"),
            "serve_sse": self.imports.add("runtime.monitor.sse", "serve_sse"),
        }

    def _position(self) -> str | None:
        """Return the type of what tells the position, if there is a stream to resume from it."""
        if not any(stream.resume for stream in self.service.streams):
            return None
        event_position = self.imports.add("runtime.events.event", "EventPosition")
        return f"{self.imports.add('collections.abc', 'Callable')}[[], {event_position}]"


def _free(name: str) -> str:
    return f"{name}_" if name in _TAKEN else name
