"""The catalogue and the vocabulary, written out for people."""

from __future__ import annotations

from codegen.check.catalogue import CATALOGUE
from codegen.check.diagnostics import Kind
from codegen.check.shape import Shape
from codegen.check.suggest import advice


def explain(code: str) -> str:
    """Say what a code means: its severity, the sentence it comes with, why, and what to do.

    Raises:
        LookupError: There is no such code; the message says which may have been meant.
    """
    kind = CATALOGUE.get(code)
    if kind is None:
        hint = advice(code, CATALOGUE, "the reference of the language lists them all")
        raise LookupError(f"there is no code `{code}`: {hint}")
    lines = [f"{kind.severity}[{kind.code}]: {_sentence(kind.message)}", "", kind.doc]
    if kind.help and not kind.help.startswith("{"):
        lines += ["", f"help: {_sentence(kind.help)}"]
    return "\n".join(lines) + "\n"


def keys_table(shape: Shape) -> str:
    """Write the keys of a mapping as a table in Markdown."""
    rows = ["| key | holds | says |", "|---|---|---|"]
    for key in shape.keys:
        name = f"**`{key.name}`**" if key.required else f"`{key.name}`"
        rows.append(f"| {name} | {key.form.value} | {key.doc} |")
    if shape.extensible:
        rows.append("| `x-…` | a value | anything; handed on to plugins as it is |")
    return "\n".join(rows)


def diagnostics_table() -> str:
    """Write the catalogue as a table in Markdown."""
    rows = ["| code | | says | why |", "|---|---|---|---|"]
    for kind in CATALOGUE.values():
        message = _sentence(kind.message).replace("|", r"\|")
        rows.append(f"| `{kind.code}` | {kind.severity} | {message} | {_why(kind)} |")
    return "\n".join(rows)


def _why(kind: Kind) -> str:
    return kind.doc.replace("|", r"\|")


def _sentence(template: str) -> str:
    """A template with its blanks shown as ``…``."""
    text, blank = [], False
    for character in template.replace("{{", "\0").replace("}}", "\1"):
        if character == "{":
            blank = True
            text.append("…")
        elif character == "}":
            blank = False
        elif not blank:
            text.append(character)
    return "".join(text).replace("\0", "{").replace("\1", "}")
