"""Type declarations -> the types of the model."""

from __future__ import annotations

from collections.abc import Iterator

from codegen import model
from codegen.check.declarations import (
    AliasForm,
    EnumForm,
    FieldForm,
    NamedForm,
    RecordForm,
    UnionForm,
    ViewForm,
)
from codegen.check.inherited import view_name
from codegen.check.names import SCALARS
from codegen.check.shape import plain
from codegen.model.types import JsonValue
from codegen.read import Node, ScalarNode
from codegen.read.forms import Constant, Listed, Mapped, Named, TypeForm, Unreadable


def freeze_type(form: TypeForm) -> model.Type:
    """Give the model's type for an expression."""
    frozen = _core(form)
    return model.Nullable(frozen) if form.nullable else frozen


def freeze_fields(forms: tuple[FieldForm, ...]) -> tuple[model.Field, ...]:
    """Give the model's fields."""
    return tuple(freeze_field(form) for form in forms)


def freeze_field(form: FieldForm) -> model.Field:
    """Give the model's field; one with a default is never required."""
    return model.Field(
        name=form.name.text,
        type=freeze_type(form.type),
        required=not form.optional and form.default is None,
        default=value(form.default),
        doc=form.doc,
        example=value(form.example),
        deprecated=form.deprecated,
    )


def value(node: Node | None) -> JsonValue | model.Missing:
    """Give the value of a node, ``MISSING`` if there is none."""
    return model.MISSING if node is None else plain(node)


def freeze_named(form: NamedForm) -> Iterator[model.NamedType]:
    """Give a named type, and after a record its views."""
    match form:
        case RecordForm():
            yield _record(form)
            yield from (_view(form, view) for view in form.views)
        case EnumForm():
            yield model.Enum(
                name=form.name.text,
                values=tuple(name.text for name in form.values),
                doc=form.doc,
                extensions=form.extensions,
            )
        case UnionForm():
            yield _union(form)
        case AliasForm():
            yield model.Alias(
                name=form.name.text,
                type=freeze_type(form.type),
                doc=form.doc,
                extensions=form.extensions,
            )


def _record(form: RecordForm) -> model.Record:
    return model.Record(
        name=form.name.text,
        fields=freeze_fields(form.fields),
        doc=form.doc,
        example=value(form.example),
        extensions=form.extensions,
    )


def _view(form: RecordForm, view: ViewForm) -> model.Record:
    by_name = {field.name.text: field for field in form.fields}
    return model.Record(
        name=view_name(form.name.text, view.name.text),
        fields=tuple(freeze_field(by_name[name.text]) for name in view.fields),
        view_of=form.name.text,
        view=view.name.text,
        doc=form.doc,
        example=_without(form.example, {name.text for name in view.fields}),
    )


def _without(example: Node | None, kept: set[str]) -> JsonValue | model.Missing:
    whole = value(example)
    if not isinstance(whole, dict):
        return model.MISSING
    return {name: part for name, part in whole.items() if name in kept}


def _union(form: UnionForm) -> model.Union:
    return model.Union(
        name=form.name.text,
        variants=tuple(
            model.Variant(tag=tag.text, type=_reference(variant)) for tag, variant in form.variants
        ),
        tagging=form.tagging,
        doc=form.doc,
        extensions=form.extensions,
    )


def _reference(form: TypeForm) -> model.Ref:
    frozen = _core(form)
    if not isinstance(frozen, model.Ref):
        raise TypeError(f"a variant was let through that is no reference: {frozen}")
    return frozen


def _core(form: TypeForm) -> model.Type:
    bounds = {bound.name.text: plain(bound.value) for bound in form.bounds}
    match form.core:
        case Named(name, None) if name.text in SCALARS:
            return model.Scalar(kind=name.text, **bounds)  # type: ignore[arg-type]
        case Named(name, None):
            return model.Ref(name.text)
        case Named(name, view):
            return model.Ref(view_name(name.text, str(view)))
        case Listed(item):
            return model.ListOf(item=freeze_type(item), **bounds)  # type: ignore[arg-type]
        case Mapped(item):
            return model.MapOf(freeze_type(item))
        case Constant(ScalarNode(str() | bool() | int() as constant)):
            return model.Const(constant)
        case Constant() | Unreadable():
            raise TypeError(f"a type was let through that cannot be used: {form}")
