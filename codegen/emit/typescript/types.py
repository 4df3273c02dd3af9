"""``types.ts``: every type of the design."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.emit.schema_names import variant_names
from codegen.emit.typescript.declarations import interface, member
from codegen.emit.typescript.expressions import choices
from codegen.emit.typescript.layout import alias, comment, listed, literal
from codegen.emit.typescript.rendering import banner
from codegen.model import Alias, Design, Enum, NamedType, Record, Union


def types_text(design: Design) -> str:
    """Return the text of ``types.ts``."""
    names = variant_names(design)
    blocks = [block for named in design.types for block in _blocks(named, design, names)]
    return "\n".join([banner("The types", design), *(blocks or ["export {};\n"])])


def _blocks(named: NamedType, design: Design, names: dict[tuple[str, str], str]) -> Iterator[str]:
    match named:
        case Record():
            yield interface(named.name, (member(f, "") for f in named.fields), named.doc)
        case Enum():
            yield from _enum(named)
        case Union():
            yield from _union(named, design, names)
        case Alias():
            yield comment(named.doc) + alias(named.name, choices(named.type, "")) + "\n"


def _enum(enum: Enum) -> Iterator[str]:
    head = f"export const {enum.name}Values = ["
    values = listed(head, map(literal, enum.values), "] as const;")
    yield comment(f"Every {enum.name}, in the order of the design.") + values + "\n"
    yield comment(enum.doc) + alias(enum.name, [f"(typeof {enum.name}Values)[number]"]) + "\n"


def _union(union: Union, design: Design, names: dict[tuple[str, str], str]) -> Iterator[str]:
    for variant in union.variants:
        tag = f"\ttype: {literal(variant.tag)};"
        name = names[union.name, variant.tag]
        if union.tagging == "adjacent":
            yield interface(name, [tag, f"\tvalue: {variant.type.name};"])
        else:
            record = design.type_by_name[variant.type.name]
            fields = record.fields if isinstance(record, Record) else ()
            yield interface(name, [tag], extends=variant.type.name if fields else "")
    parts = [names[union.name, variant.tag] for variant in union.variants]
    yield comment(union.doc) + alias(union.name, parts) + "\n"
