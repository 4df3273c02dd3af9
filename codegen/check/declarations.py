"""Declarations: the tree, taken apart and typed, with every name still to be looked up.

Every declaration of a source is here, also one with mistakes in it, so that what refers to it is
not blamed.  ``None`` and :class:`~codegen.read.forms.Unreadable` stand for what was refused.

These are named tuples because a command line pays for defining its classes at every start, and
twenty data classes take as long to define as a large design takes to check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from codegen.model.events import Selector, Transport
from codegen.model.operations import Method
from codegen.model.types import JsonValue
from codegen.read import Node, Span
from codegen.read.forms import Name, TypeForm

_NOTHING: Final = MappingProxyType[str, JsonValue]({})

Where = Literal["path", "query", "header", "cookie"]


class ApiForm(NamedTuple):
    """``api``."""

    title: str
    version: str
    doc: str
    error_header: str | None


class AttributeForm(NamedTuple):
    """One of ``attributes``."""

    name: Name
    doc: str


class SchemeForm(NamedTuple):
    """One of ``security``."""

    name: Name
    scheme: Literal["bearer", "ticket"] | None
    cookie: Name | None
    ttl: float | None
    doc: str


class ErrorForm(NamedTuple):
    """One of ``errors``."""

    name: Name
    wire_name: Name
    status: int | None
    body: TypeForm | None
    doc: str


class FieldForm(NamedTuple):
    """A member of a record, an event, or a parameter list."""

    name: Name
    type: TypeForm
    optional: bool
    default: Node | None = None
    doc: str = ""
    example: Node | None = None
    deprecated: bool = False


class ViewForm(NamedTuple):
    """A view and the fields it keeps."""

    name: Name
    fields: tuple[Name, ...]


class RecordForm(NamedTuple):
    """A type with ``fields``."""

    name: Name
    fields: tuple[FieldForm, ...]
    views: tuple[ViewForm, ...] = ()
    doc: str = ""
    example: Node | None = None
    extensions: Mapping[str, JsonValue] = _NOTHING


class EnumForm(NamedTuple):
    """A type with ``enum``."""

    name: Name
    values: tuple[Name, ...]
    doc: str
    extensions: Mapping[str, JsonValue]


class UnionForm(NamedTuple):
    """A type with ``oneof``."""

    name: Name
    variants: tuple[tuple[Name, TypeForm], ...]
    tagging: Literal["adjacent", "inside"]
    doc: str
    extensions: Mapping[str, JsonValue]


class AliasForm(NamedTuple):
    """A name for a type expression."""

    name: Name
    type: TypeForm
    doc: str
    extensions: Mapping[str, JsonValue]


NamedForm = RecordForm | EnumForm | UnionForm | AliasForm


class RequirementForm(NamedTuple):
    """``requires``."""

    kind: Literal["anyone", "signed-in", "all", "any"]
    attributes: tuple[Name, ...]
    span: Span


class ParameterForm(NamedTuple):
    """An input outside the body."""

    where: Where
    wire_name: Name
    field: FieldForm


class ResultForm(NamedTuple):
    """``returns``."""

    status: int
    span: Span
    type: TypeForm | None = None
    media_type: Name | None = None
    doc: str = ""
    example: Node | None = None


class EndpointForm(NamedTuple):
    """One of ``endpoints``, or the one that issues a stream's ticket.

    ``security`` is ``None`` when nothing was said, and the word ``none`` for no scheme.
    ``body`` is a type, or the record that was declared in place.
    """

    name: Name
    method: Method | None
    path: Name | None
    requires: RequirementForm | None
    security: Name | None = None
    parameters: tuple[ParameterForm, ...] = ()
    body: TypeForm | RecordForm | None = None
    body_span: Span | None = None
    body_required: bool = True
    result: ResultForm | None = None
    errors: tuple[Name, ...] = ()
    emits: tuple[Name, ...] = ()
    issues: Name | None = None
    doc: str = ""
    deprecated: bool = False
    extensions: Mapping[str, JsonValue] = _NOTHING


class EventForm(NamedTuple):
    """One of ``events``."""

    name: Name
    tag: Name
    requires: RequirementForm | None
    fields: tuple[FieldForm, ...]
    subject: Name | None
    coalesce: bool
    doc: str
    deprecated: bool
    extensions: Mapping[str, JsonValue]


class HeartbeatForm(NamedTuple):
    """``heartbeat``."""

    event: Name
    every: float
    first: Node | None
    then: Node | None


class TicketForm(NamedTuple):
    """``ticket``: an endpoint, and the scheme of what it issues."""

    endpoint: EndpointForm
    scheme: Name | None


class StreamForm(NamedTuple):
    """One of ``streams``.  ``sends`` is ``None`` for every event of the service."""

    name: Name
    path: Name | None
    requires: RequirementForm | None
    security: Name | None
    over: tuple[Transport, ...]
    sends: tuple[Name, ...] | None
    heartbeat: HeartbeatForm | None
    ticket: TicketForm | None
    reset: Name | None
    resume: bool
    select: tuple[Selector, ...]
    errors: tuple[Name, ...]
    doc: str


class BackgroundForm(NamedTuple):
    """One of ``background``."""

    name: Name
    emits: tuple[Name, ...]
    doc: str


class ServiceForm(NamedTuple):
    """One of ``services``."""

    name: Name
    path: Name | None
    security: Name | None
    errors: tuple[Name, ...]
    endpoints: tuple[EndpointForm, ...]
    events: tuple[EventForm, ...]
    streams: tuple[StreamForm, ...]
    background: tuple[BackgroundForm, ...]
    doc: str

    def operations(self) -> Iterator[EndpointForm]:
        """The endpoints, then those that issue a stream's ticket."""
        yield from self.endpoints
        yield from (stream.ticket.endpoint for stream in self.streams if stream.ticket)

    def doors(self) -> Iterator[EndpointForm | StreamForm]:
        """Everything that has a path: the operations, then the streams."""
        yield from self.operations()
        yield from self.streams

    def publishers(self) -> Iterator[EndpointForm | BackgroundForm]:
        """Everything that may publish events: the operations, then background work."""
        yield from self.operations()
        yield from self.background


class Declarations(NamedTuple):
    """Everything a design declares, in the order of its files."""

    api: ApiForm
    attributes: tuple[AttributeForm, ...]
    security: tuple[SchemeForm, ...]
    errors: tuple[ErrorForm, ...]
    types: tuple[NamedForm, ...]
    services: tuple[ServiceForm, ...]
