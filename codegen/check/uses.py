"""Where types are used."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.check.declarations import (
    AliasForm,
    EndpointForm,
    EnumForm,
    FieldForm,
    NamedForm,
    RecordForm,
    ServiceForm,
    UnionForm,
)
from codegen.check.scope import Scope, inner
from codegen.read.forms import Named, TypeForm


def of_named(form: NamedForm) -> Iterator[TypeForm]:
    """The expressions in the declaration of a type."""
    match form:
        case RecordForm(fields=fields):
            yield from (field.type for field in fields)
        case UnionForm(variants=variants):
            yield from (variant for _, variant in variants)
        case AliasForm(type=type):
            yield type
        case EnumForm():
            pass


def of_endpoint(form: EndpointForm) -> Iterator[TypeForm]:
    """The expressions in an endpoint."""
    yield from (parameter.field.type for parameter in form.parameters)
    if isinstance(form.body, RecordForm):
        yield from of_named(form.body)
    elif form.body is not None:
        yield form.body
    if form.result is not None and form.result.type is not None:
        yield form.result.type


def of_service(service: ServiceForm) -> Iterator[TypeForm]:
    """The expressions in a service."""
    for endpoint in service.operations():
        yield from of_endpoint(endpoint)
    for event in service.events:
        yield from (field.type for field in event.fields)


def outside(scope: Scope) -> Iterator[TypeForm]:
    """The expressions that callers meet first: in endpoints, events and errors."""
    for error in scope.forms.errors:
        if error.body is not None:
            yield error.body
    for service in scope.forms.services:
        yield from of_service(service)


def everywhere(scope: Scope) -> Iterator[TypeForm]:
    """Every expression of a design, the ones inside others included."""
    for named in scope.forms.types:
        for form in of_named(named):
            yield from inner(form)
    for form in outside(scope):
        yield from inner(form)


def members(scope: Scope) -> Iterator[FieldForm]:
    """Every field of a design: of records, events and parameter lists."""
    for record in scope.records():
        yield from record.fields
    for _, event in scope.events():
        yield from event.fields
    for _, endpoint in scope.endpoints():
        yield from (parameter.field for parameter in endpoint.parameters)


def names_in(form: TypeForm) -> Iterator[Named]:
    """The names that an expression mentions."""
    for part in inner(form):
        if isinstance(part.core, Named):
            yield part.core
