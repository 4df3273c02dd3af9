"""Type expressions."""

from __future__ import annotations

from typing import assert_never

from codegen.emit.typescript.layout import literal
from codegen.model import Const, ListOf, MapOf, Nullable, Ref, Scalar, Type

_SCALARS = {"int": "number", "float": "number", "bool": "boolean"}


def expression(type_: Type, prefix: str = "types.") -> str:
    """Return a type; ``prefix`` is what stands before the name of a type of the design."""
    return " | ".join(choices(type_, prefix))


def choices(type_: Type, prefix: str = "types.") -> tuple[str, ...]:
    """Return the parts of a type that ``|`` joins."""
    match type_:
        case Nullable(item):
            return (*choices(item, prefix), "null")
        case Scalar(kind=kind):
            # Times, identifiers and bytes are texts on the wire, and stay what they are there.
            return (_SCALARS.get(kind, "string"),)
        case Const(value):
            return (literal(value),)
        case Ref(name):
            return (f"{prefix}{name}",)
        case ListOf(item=item):
            inside = choices(item, prefix)
            return (f"({' | '.join(inside)})[]" if len(inside) > 1 else f"{inside[0]}[]",)
        case MapOf(value):
            return (f"{{ [key: string]: {expression(value, prefix)} }}",)
        case _:
            assert_never(type_)
