"""Answers other than the one hoped for.

What an operation declares stands beside what any operation of its kind may answer: a request that
is not as the design says, a missing token, a missing attribute, a fault.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from codegen.emit.json_schema import Schema, Schemas
from codegen.emit.rights import attributes_of
from codegen.emit.schema_names import free_name
from codegen.model import Anyone, Design, Error, Operation, Requirement, Service, Stream
from codegen.model.names import pascal_case


@dataclass(frozen=True, slots=True)
class Implicit:
    """An error that no design has to declare.  Its body is the ordinary one."""

    name: str
    status: int
    doc: str


INVALID = Implicit("Invalid", 400, "The request is not as described here.")
NO_TOKEN = Implicit("NoToken", 401, "The token is missing or not valid.")
NOT_ALLOWED = Implicit("NotAllowed", 403, "The token lacks an attribute.")
TOO_LARGE = Implicit("TooLarge", 413, "The body is too large.")
WRONG_MEDIA_TYPE = Implicit("WrongMediaType", 415, "The body is not JSON.")
FAULT = Implicit("Fault", 500, "Something went wrong in the server.")
BUSY = Implicit("Busy", 503, "There are too many connections: come back later.")

_RETRY_AFTER: Final[dict[str, Any]] = {
    "Retry-After": {
        "description": "After how many seconds to ask again, if that is known.",
        "schema": {"type": "integer", "minimum": 0},
    }
}

_IMPLICIT = (INVALID, NO_TOKEN, NOT_ALLOWED, TOO_LARGE, WRONG_MEDIA_TYPE, FAULT, BUSY)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The error answers of one design; an answer that several operations share is a component."""

    design: Design
    schemas: Schemas
    ordinary: Schema

    def of_operation(self, operation: Operation, service: Service) -> dict[str, Any]:
        """Return an operation's error answers by status, in ascending order."""
        implicit = [FAULT, *_of_requirement(operation.requires)]
        if operation.parameters or operation.body:
            implicit.append(INVALID)
        if operation.body:
            implicit += [TOO_LARGE, WRONG_MEDIA_TYPE]
        if any(s.ticket and s.ticket.operation == operation.name for s in service.streams):
            implicit.append(BUSY)
        return self._by_status(operation.errors, implicit)

    def of_stream(self, stream: Stream) -> dict[str, Any]:
        """Return a stream's error answers, all given before it begins."""
        implicit = [INVALID, FAULT, BUSY, *_of_requirement(stream.requires)]
        return self._by_status(stream.errors, implicit)

    def named(self) -> dict[str, Any]:
        """Return the shared answers by name."""
        answers = {
            self._names[error.name]: self._answer((error,), alone=True)
            for error in self.design.errors
        }
        for implicit in _IMPLICIT:
            answers[self._implicit_name(implicit)] = self._implicit_answer(implicit)
        return answers

    def _by_status(self, names: Iterable[str], implicit: Iterable[Implicit]) -> dict[str, Any]:
        declared: dict[int, tuple[Error, ...]] = {}
        for name in names:
            error = self.design.error_by_name[name]
            declared[error.status] = (*declared.get(error.status, ()), error)
        answers = {status: self._declared(errors) for status, errors in declared.items()}
        for each in implicit:
            if each.status not in declared:
                answers[each.status] = _response_ref(self._implicit_name(each))
            elif each is INVALID and all(error.body for error in declared[each.status]):
                answers[each.status] = self._answer(declared[each.status], alone=False)
        return {str(status): answers[status] for status in sorted(answers)}

    def _declared(self, errors: tuple[Error, ...]) -> dict[str, Any]:
        if len(errors) == 1:
            return _response_ref(self._names[errors[0].name])
        return self._answer(errors, alone=True)

    def _answer(self, errors: tuple[Error, ...], *, alone: bool) -> dict[str, Any]:
        """Combine errors of one status; not ``alone`` when an invalid request has it too."""
        lines = [_line(error.wire_name, error.doc) for error in errors]
        bodies = [self._body(error) for error in errors]
        if not alone:
            lines.append(_line("", INVALID.doc))
            bodies.append(self.ordinary)
        description = lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)
        headers: dict[str, Any] = {}
        if header := self.design.api.error_header:
            wire_names = list(dict.fromkeys(error.wire_name for error in errors))
            headers[header] = _name_header(wire_names)
        if errors[0].status == BUSY.status:
            headers |= _RETRY_AFTER
        answer: dict[str, Any] = {"description": description}
        if headers:
            answer["headers"] = headers
        answer["content"] = _json(_any_of(bodies))
        return answer

    def _implicit_answer(self, implicit: Implicit) -> dict[str, Any]:
        answer: dict[str, Any] = {"description": implicit.doc}
        if implicit is BUSY:
            answer["headers"] = dict(_RETRY_AFTER)
        answer["content"] = _json(self.ordinary)
        return answer

    def _body(self, error: Error) -> Schema:
        return self.ordinary if error.body is None else self.schemas.type(error.body)

    def _implicit_name(self, implicit: Implicit) -> str:
        return free_name(implicit.name, self._names.values(), "Answer")

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for error in self.design.errors:
            names[error.name] = free_name(pascal_case(error.name), names.values(), "Answer")
        return names


def _of_requirement(requirement: Requirement) -> list[Implicit]:
    if isinstance(requirement, Anyone):
        return []
    return [NO_TOKEN, NOT_ALLOWED] if attributes_of(requirement) else [NO_TOKEN]


def _line(name: str, doc: str) -> str:
    doc = " ".join(doc.split())
    return f"`{name}`: {doc}" if name and doc else doc or f"`{name}`"


def _any_of(schemas: Iterable[Schema]) -> Schema:
    distinct: list[Schema] = []
    for schema in schemas:
        if schema not in distinct:
            distinct.append(schema)
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _name_header(wire_names: list[str]) -> dict[str, Any]:
    schema = {"type": "string", "enum": wire_names}
    return {"description": "The name of the error.", "schema": schema}


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _response_ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/responses/{name}"}
