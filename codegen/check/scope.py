"""Looking names up."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.check.declarations import (
    AliasForm,
    Declarations,
    EndpointForm,
    EnumForm,
    ErrorForm,
    EventForm,
    FieldForm,
    NamedForm,
    RecordForm,
    SchemeForm,
    ServiceForm,
    UnionForm,
)
from codegen.check.names import SCALARS
from codegen.read.forms import Constant, Listed, Mapped, Name, Named, TypeForm

Under = str | RecordForm | EnumForm | UnionForm | Listed | Mapped | Constant


class Scope:
    """The declarations of a design, by their names."""

    def __init__(self, forms: Declarations) -> None:
        self.forms = forms
        self.attributes = {form.name.text: form for form in forms.attributes}
        self.schemes: dict[str, SchemeForm] = {form.name.text: form for form in forms.security}
        self.errors: dict[str, ErrorForm] = {form.name.text: form for form in forms.errors}
        self.bodies = tuple(
            endpoint.body
            for _, endpoint in self.endpoints()
            if isinstance(endpoint.body, RecordForm)
        )
        self.named: dict[str, NamedForm] = {form.name.text: form for form in forms.types}

    def records(self) -> Iterator[RecordForm]:
        """Every record: the declared ones, and the bodies that were declared in place."""
        yield from (form for form in self.forms.types if isinstance(form, RecordForm))
        yield from self.bodies

    def endpoints(self) -> Iterator[tuple[ServiceForm, EndpointForm]]:
        """Every endpoint with its service, those that issue a stream's ticket included."""
        for service in self.forms.services:
            for endpoint in service.operations():
                yield service, endpoint

    def events(self) -> Iterator[tuple[ServiceForm, EventForm]]:
        """Every event with its service."""
        for service in self.forms.services:
            for event in service.events:
                yield service, event

    def under(self, form: TypeForm) -> Under | None:
        """What a type is when every alias is followed.

        The name of a scalar, a declaration, or a list, map or constant; ``None`` when that cannot
        be told, which has then been reported.
        """
        seen: set[str] = set()
        while isinstance(form.core, Named):
            name = form.core.name.text
            if name in SCALARS:
                return name
            named = self.named.get(name)
            if not isinstance(named, AliasForm):
                return named
            if name in seen:
                return None
            seen.add(name)
            form = named.type
        core = form.core
        return core if isinstance(core, Listed | Mapped | Constant) else None

    def nullable(self, form: TypeForm) -> bool:
        """Whether a type may be null, by itself or through an alias."""
        seen: set[str] = set()
        while not form.nullable and isinstance(form.core, Named):
            named = self.named.get(form.core.name.text)
            if not isinstance(named, AliasForm) or named.name.text in seen:
                return False
            seen.add(named.name.text)
            form = named.type
        return form.nullable

    def bound_type(self, form: TypeForm) -> TypeForm:
        """The expression at the end of the aliases, where the bounds stand."""
        seen: set[str] = set()
        while isinstance(form.core, Named):
            named = self.named.get(form.core.name.text)
            if not isinstance(named, AliasForm) or named.name.text in seen:
                return form
            seen.add(named.name.text)
            form = named.type
        return form


def describe(under: Under) -> str:
    """Name what a type is for people."""
    match under:
        case str():
            return f"`{under}`"
        case RecordForm(name=name):
            return f"the record `{name}`"
        case EnumForm(name=name):
            return f"the enum `{name}`"
        case UnionForm(name=name):
            return f"the union `{name}`"
        case Listed():
            return "a list"
        case Mapped():
            return "a map"
        case Constant():
            return "a constant"


def fields_of(record: RecordForm, view: Name | None) -> tuple[FieldForm, ...]:
    """The fields of a record, or of one of its views."""
    if view is None:
        return record.fields
    chosen = next((v for v in record.views if v.name.text == view.text), None)
    if chosen is None:
        return record.fields
    kept = {name.text for name in chosen.fields}
    return tuple(field for field in record.fields if field.name.text in kept)


def inner(form: TypeForm) -> Iterator[TypeForm]:
    """An expression and every expression in it."""
    yield form
    match form.core:
        case Listed(item) | Mapped(item):
            yield from inner(item)
