"""What one service of a design uses of it."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.model import (
    Alias,
    Const,
    Design,
    Error,
    Event,
    JsonContent,
    ListOf,
    MapOf,
    NamedType,
    Nullable,
    Operation,
    Record,
    Ref,
    SecurityScheme,
    Service,
    Type,
    Union,
)
from codegen.model.names import constant_case, pascal_case, snake_case


def words(name: str) -> str:
    """Return the name of a service as words: ``corner_shop`` is ``corner shop``."""
    return name.replace("_", " ")


def constant(name: str) -> str:
    """Return the constant named after something: ``HTMLReadEvent`` is ``HTML_READ_EVENT``."""
    return constant_case(snake_case(name))


def error_class(error: Error) -> str:
    """Return the name of an error's class."""
    return pascal_case(error.name)


def refusal(design: Design, status: int) -> Error | None:
    """Return the error for a caller who is not let in: 401 who is unknown, 403 who may not.

    It can say nothing about the case: its body is a constant or the ordinary one.
    """
    for error in design.errors:
        if error.status == status and _says_nothing_of_the_case(error):
            return error
    return None


def unavailable(design: Design, service: Service) -> Error | None:
    """Return the error of somebody for whom a stream has no place: the first 503 of a stream."""
    names = {name for stream in service.streams for name in stream.errors}
    for error in design.errors:
        if error.status == 503 and error.name in names and _says_nothing_of_the_case(error):
            return error
    return None


def _says_nothing_of_the_case(error: Error) -> bool:
    return error.body is None or isinstance(error.body, Const)


def errors_of(design: Design, service: Service) -> list[Error]:
    """Return the errors that a service answers with, in the order of the design."""
    names = {name for operation in service.operations for name in operation.errors}
    names |= {name for stream in service.streams for name in stream.errors}
    names |= {error.name for status in (401, 403) if (error := refusal(design, status))}
    return [error for error in design.errors if error.name in names]


def ticket_schemes(design: Design, service: Service) -> list[SecurityScheme]:
    """Return the ticket schemes that a service issues or honours, in the order of the design."""
    names = {operation.issues for operation in service.operations}
    names |= {operation.security for operation in service.operations}
    names |= {stream.ticket.scheme for stream in service.streams if stream.ticket}
    return [s for s in design.security if s.scheme == "ticket" and s.name in names]


def ticket_of(design: Design, operation: Operation) -> SecurityScheme | None:
    """Return the ticket scheme that opens an operation, if a ticket does."""
    scheme = design.scheme_by_name.get(operation.security or "")
    return scheme if scheme and scheme.scheme == "ticket" else None


def event_by_name(service: Service) -> dict[str, Event]:
    """Every event of a service, by its name."""
    return {event.name: event for event in service.events}


def types_of(design: Design, service: Service) -> set[str]:
    """Return the names of all types that a service needs, itself or through other types."""
    reached: set[str] = set()
    waiting = [name for type_ in _types_said(design, service) for name in _names(type_)]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _needs(design.type_by_name[name])
    return reached


def _types_said(design: Design, service: Service) -> Iterator[Type]:
    for operation in service.operations:
        yield from (parameter.field.type for parameter in operation.parameters)
        if operation.body is not None:
            yield operation.body.type
        if isinstance(operation.result.content, JsonContent):
            yield operation.result.content.type
    for event in service.events:
        yield from (field.type for field in event.fields)
    for error in errors_of(design, service):
        if error.body is not None:
            yield error.body


def _needs(named: NamedType) -> list[str]:
    match named:
        case Record():
            return [name for field in named.fields for name in _names(field.type)]
        case Union():
            return [variant.type.name for variant in named.variants]
        case Alias():
            return _names(named.type)
        case _:
            return []


def _names(type_: Type) -> list[str]:
    match type_:
        case Ref(name):
            return [name]
        case ListOf(item=item) | Nullable(item):
            return _names(item)
        case MapOf(value):
            return _names(value)
        case _:
            return []
