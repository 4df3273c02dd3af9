"""What an unquoted YAML scalar means.

The core schema of YAML 1.2, with numbers as JSON writes them.  YAML 1.1, which most parsers still
speak, turns ``on`` and ``no`` into booleans, ``012`` into ten and a date into an object; here they
stay the text that somebody wrote.
"""

from __future__ import annotations

import math
import re

from codegen.read.tree import Plain

_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", re.ASCII)

# Python refuses to convert longer integers, and no JSON reader keeps them.
_LONGEST_INTEGER = 300


def resolve(text: str) -> Plain:
    """Give the value of an unquoted scalar; what is no other value is text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-0123456789" or len(text) > _LONGEST_INTEGER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
