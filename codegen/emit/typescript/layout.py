"""How TypeScript is laid out: what fits on a line stands on one, what does not is broken.

The rules are those of Biome and Prettier with their own settings: tabs, 80 columns, double quotes.
A text of the design becomes a literal or a comment here, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from codegen.emit.prose import wrapped

_COLUMNS = 80
_TAB = 2
_SHORT_KEY = 4  # what stands behind such a key gains nothing by a line of its own


def fits(line: str) -> bool:
    """Tell whether a line keeps to its columns."""
    return len(line.expandtabs(_TAB)) <= _COLUMNS


def literal(value: str | int | bool) -> str:
    """Return a value as a literal; a text gets the quotes that need fewer escapes."""
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.count('"') > value.count("'"):
        inside = text[1:-1].replace('\\"', '"').replace("'", "\\'")
        return f"'{inside}'"
    return text


def key(name: str) -> str:
    """Return a name as the key of an object."""
    return name if name.isidentifier() and name.isascii() else literal(name)


def comment(text: str, indent: str = "") -> str:
    """Return a text as a comment with the line ends it needs; nothing for no text."""
    text = text.strip().replace("*/", "*\\/")
    if not text:
        return ""
    single = f"{indent}/** {text} */"
    if "\n" not in text and fits(single):
        return f"{single}\n"
    width = _COLUMNS - len(indent.expandtabs(_TAB)) - len(" * ")
    inside = "".join(f"{indent} * {line}".rstrip() + "\n" for line in wrapped(text, width))
    return f"{indent}/**\n{inside}{indent} */\n"


def property_of(indent: str, head: str, value: str, tail: str = ",") -> str:
    """Write ``head: value``, the value on a line of its own if need be."""
    line = f"{indent}{head}: {value}{tail}"
    if fits(line) or len(head) <= _SHORT_KEY:
        return line
    return f"{indent}{head}:\n{indent}\t{value}{tail}"


def alias(name: str, parts: Sequence[str]) -> str:
    """Declare a type that is another, or one of several."""
    head = f"export type {name} ="
    line = f"{head} {' | '.join(parts)};"
    if fits(line):
        return line
    if parts[0].startswith("{") and _stand_together(parts):
        return _opened(head, parts, "")
    if _stand_together(parts):
        return f"{head}\n\t{' | '.join(parts)};"
    return _stacked(head, parts, "\t")


def typed(indent: str, head: str, parts: Sequence[str]) -> str:
    """Write a member ``head: type``, where the type is the parts joined by ``|``."""
    head = f"{indent}{head}:"
    line = f"{head} {' | '.join(parts)};"
    if fits(line):
        return line
    if parts[0].startswith("{") and _stand_together(parts):
        return _opened(head, parts, indent)
    return line if _stand_together(parts) else _stacked(head, parts, f"{indent}\t")


def _stand_together(parts: Sequence[str]) -> bool:
    """Tell whether parts are never broken apart: a single one, or one named type and ``null``."""
    return len(parts) == 1 or (len(parts) == 2 and parts[1] == "null" and parts[0][-1] != "]")


def _stacked(head: str, parts: Sequence[str], indent: str) -> str:
    return f"{head}\n" + "\n".join(f"{indent}| {part}" for part in parts) + ";"


def _opened(head: str, parts: Sequence[str], indent: str) -> str:
    """Break the object that stands first among the parts."""
    inside = parts[0].removeprefix("{ ").removesuffix(" }")
    tail = " | ".join(["}", *parts[1:]])
    return f"{head} {{\n{indent}\t{inside};\n{indent}{tail};"


def listed(head: str, items: Iterable[str], tail: str, indent: str = "") -> str:
    """Write ``head a, b tail``, each item on a line of its own if they do not fit together."""
    items = tuple(items)
    line = f"{indent}{head}{', '.join(items)}{tail}"
    return line if fits(line) or not items else _broken(head, items, tail, indent)


def imported(names: Iterable[str], module: str) -> str:
    """Write an import; a name that is only a type begins with ``type``."""
    ordered = sorted(names, key=lambda name: name.removeprefix("type ").lower())
    head = "import {"
    if all(name.startswith("type ") for name in ordered):
        ordered = [name.removeprefix("type ") for name in ordered]
        head = "import type {"
    tail = f'}} from "{module}";'
    line = f"{head} {', '.join(ordered)} {tail}"
    return line if fits(line) else _broken(head, ordered, tail)


def _broken(head: str, items: Iterable[str], tail: str, indent: str = "") -> str:
    inside = "".join(f"{indent}\t{item},\n" for item in items)
    return f"{indent}{head}\n{inside}{indent}{tail}"
