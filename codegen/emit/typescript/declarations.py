"""Declarations that several files of the client hold."""

from __future__ import annotations

import json
from collections.abc import Iterable

from codegen.emit.json_schema import plain
from codegen.emit.typescript.expressions import choices
from codegen.emit.typescript.layout import comment, fits, typed
from codegen.model import MISSING, Field


def interface(name: str, members: Iterable[str], doc: str = "", extends: str = "") -> str:
    """Declare an object by its members; one without any is just an object."""
    inside = "".join(f"{member}\n" for member in members)
    if not inside and not extends:
        return f"{comment(doc)}export type {name} = object;\n"
    return f"{comment(doc)}{_head(name, extends)} {{\n{inside}}}\n"


def _head(name: str, extends: str) -> str:
    head = f"export interface {name}"
    if not extends:
        return head
    line = f"{head} extends {extends}"
    return line if fits(f"{line} {{") else f"{head}\n\textends {extends}"


def member(field: Field, prefix: str = "types.", *, lenient: bool = False) -> str:
    """Declare one member of an object.

    ``lenient`` also admits ``undefined`` for an absent one, as is handy where nobody can tell.
    """
    parts = choices(field.type, prefix)
    if lenient and not field.required:
        parts = (*(part for part in parts if part != "null"), "undefined")
    head = field.name if field.required else f"{field.name}?"
    return comment(_said(field), "\t") + typed("\t", head, parts)


def deprecated(doc: str, *, is_deprecated: bool) -> str:
    """Return the words for something, and that it should not be used any more if so."""
    return f"{doc.strip()}\n\n@deprecated".strip() if is_deprecated else doc.strip()


def _said(field: Field) -> str:
    notes = []
    if field.default is not MISSING:
        notes.append(f"@default {_on_one_line(field.default)}")
    if field.example is not MISSING:
        notes.append(f"@example {_on_one_line(field.example)}")
    if field.deprecated:
        notes.append("@deprecated")
    return "\n\n".join(filter(None, [field.doc.strip(), "\n".join(notes)]))


def _on_one_line(value: object) -> str:
    return json.dumps(plain(value), ensure_ascii=False)
