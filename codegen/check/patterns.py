"""Regular expressions that mean the same in ECMAScript, Python and RE2."""

from __future__ import annotations

import re

# What may follow a backslash everywhere: classes, boundaries, characters, punctuation.
_ESCAPES = frozenset("dDwWsSbBnrtfv" + r"\.^$*+?()[]{}|/-")

_PART = re.compile(
    r"""
    (?P<escape> \\ (?: x[0-9A-Fa-f]{2} | u[0-9A-Fa-f]{4} | .? ) )
  | (?P<class>  \[ \^? (?: \\. | [^\]\\] )* \]? )
  | (?P<group>  \( \? (?: <? [=!] | . )? )
  | (?P<repeat> (?: [*+?] | \{ [0-9]+ (?: ,[0-9]* )? \} ) \?? \+? )
  | (?P<brace>  [{}] )
  | (?P<plain>  . )
    """,
    re.VERBOSE | re.DOTALL,
)
_GROUPS = {"(?=": "look-ahead", "(?!": "look-ahead", "(?<=": "look-behind", "(?<!": "look-behind"}


def pattern_problem(pattern: str) -> str:
    """Say why a pattern cannot be used; nothing if it can."""
    for part in _PART.finditer(pattern):
        if problem := _part_problem(str(part.lastgroup), part[0]):
            return problem
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return str(error)
    return ""


def _part_problem(kind: str, text: str) -> str:
    if kind == "escape" and len(text) < 4 and text[1:] not in _ESCAPES:
        return f"`{text}` does not mean the same everywhere"
    if kind == "class":
        return _class_problem(text)
    if kind == "group" and text != "(?:":
        return f"`{text}` begins {_GROUPS.get(text, 'what not every engine knows')}"
    if kind == "repeat" and text.endswith("+") and len(text) > 1:
        return f"`{text}` never gives back, which not every engine knows"
    return f"`{text}` needs a backslash before it" if kind == "brace" else ""


def _class_problem(text: str) -> str:
    if not text.endswith("]"):
        return f"`{text}` is not closed"
    inside = text[1:-1]
    if inside in ("", "^"):
        return f"`{text}` is an empty class to some engines, and not closed to others"
    if any(operator in inside for operator in ("&&", "--", "~~", "||")):
        return f"`{text}` is a set operation to some engines"
    if re.search(r"(?<!\\)(?:\\\\)*\[", inside):
        return f"a `[` inside `{text}` needs a backslash before it"
    for escape in re.finditer(r"\\(.)", inside, re.DOTALL):
        if escape[1] not in _ESCAPES | {"x", "u"}:
            return f"`{escape[0]}` does not mean the same everywhere"
    return ""
