"""The short forms: what may be written inside one scalar.

::

    key     = name [ "?" ]                          a field's key
    field   = type [ "=" literal ]                  a field's value
    type    = plain [ "|" "null" ]
    plain   = name [ "." view ]
            | "list" "[" type "]"
            | "map" "[" "str" "," type "]"
    result  = status | [ status ] type              what an endpoint returns
    literal = number | "true" | "false" | "null" | quoted text | "[]" | "{}" | other text
    length  = number ( "ms" | "s" | "m" | "h" )     a length of time

Blanks may stand between any two symbols.  Bounds and patterns are not here: they have names, and
names belong in a long form.
"""

from __future__ import annotations

import json
import re

from codegen.read.forms import Listed, Mapped, Name, Named, TypeForm
from codegen.read.scalars import resolve
from codegen.read.source import Span
from codegen.read.tree import MappingNode, Node, ScalarNode, SequenceNode

_SYMBOL = re.compile(r"\s*(?P<symbol>[A-Za-z_][A-Za-z0-9_-]*|\S)")
_WORD = re.compile(r"[A-Za-z_]")
_RESULT = re.compile(r"\s*(?P<status>[0-9]+)(?:\s+(?P<type>\S.*))?", re.DOTALL)
_LENGTH = re.compile(r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(?P<unit>ms|s|m|h)", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
_DEEPEST = 12


class ShortFormError(Exception):
    """A short form that does not follow the grammar.

    Args:
        span: The symbol that does not belong.
        problem: What is wrong with it, without a full stop.
        help: What to write instead.
    """

    def __init__(self, span: Span, problem: str, help: str = "") -> None:
        super().__init__(problem)
        self.span = span
        self.problem = problem
        self.help = help


def parse_key(node: ScalarNode) -> tuple[Name, bool]:
    """Read a field's key: its name, and whether it may be absent."""
    text = node.text
    optional = text.endswith("?")
    name = text[:-1].rstrip() if optional else text
    return Name(name, node.part(0, len(name))), optional


def parse_type(node: ScalarNode) -> TypeForm:
    """Read a type expression.

    Raises:
        ShortFormError: It is not one.
    """
    return _TypeParser(node, 0, len(node.text)).whole()


def parse_field(node: ScalarNode) -> tuple[TypeForm, Node | None]:
    """Read a field's value: its type, and its default if it has one.

    Raises:
        ShortFormError: It does not follow the grammar.
    """
    end = node.text.find("=")
    if end < 0:
        return parse_type(node), None
    return _TypeParser(node, 0, end).whole(), _literal(node, end)


def parse_result(node: ScalarNode) -> tuple[ScalarNode | None, TypeForm | None]:
    """Read what an endpoint returns: a status, a type, or both.

    Raises:
        ShortFormError: It does not follow the grammar.
    """
    match = _RESULT.fullmatch(node.text)
    if not match:
        return None, parse_type(node)
    start, end = match.span("status")
    digits = match["status"]
    status = ScalarNode(int(digits[:9]), digits, node.part(start, end))
    if match["type"] is None:
        return status, None
    return status, _TypeParser(node, match.start("type"), len(node.text)).whole()


def parse_length(node: ScalarNode) -> float:
    """Read a length of time, in seconds.

    Raises:
        ShortFormError: It is not one.
    """
    match = _LENGTH.fullmatch(node.text)
    if not match:
        problem = f"`{node.text}` is not a length of time"
        raise ShortFormError(node.span, problem, "write a number and its unit, as in `10s`")
    return float(match["number"]) * _SECONDS[match["unit"]]


def _literal(node: ScalarNode, equals: int) -> Node:
    rest = node.text[equals + 1 :]
    text = rest.strip()
    start = equals + 1 + len(rest) - len(rest.lstrip())
    span = node.part(start, start + len(text))
    if not text:
        raise ShortFormError(node.part(equals, equals + 1), "no default stands after the `=`")
    if text == "[]":
        return SequenceNode((), span)
    if text == "{}":
        return MappingNode((), span, flow=True)
    if text[0] in "\"'":
        value = _quoted(text, span)
        return ScalarNode(value, value, span)
    return ScalarNode(resolve(text), text, span, 0 if node.offset is not None else None)


def _quoted(text: str, span: Span) -> str:
    if text[0] == "'" and len(text) > 1 and text[-1] == "'":
        return text[1:-1].replace("''", "'")
    try:
        value = json.loads(text)
    except ValueError:
        raise ShortFormError(span, "the quoted default does not end as it began") from None
    return str(value)


class _TypeParser:
    """Reads ``node.text[start:end]`` from left to right."""

    def __init__(self, node: ScalarNode, start: int, end: int) -> None:
        self._node = node
        self._text = node.text[:end]
        self._at = start

    def whole(self) -> TypeForm:
        form = self._type(0)
        if symbol := self._peek():
            raise self._unexpected(symbol, "the type ends before it")
        return form

    def _type(self, depth: int) -> TypeForm:
        start = self._next_start()
        core = self._plain(depth)
        nullable = self._peek() == "|"
        if nullable:
            self._take("|")
            self._null()
        form = TypeForm(core, self._node.part(start, self._at))
        return form._replace(nullable=True) if nullable else form

    def _plain(self, depth: int) -> Named | Listed | Mapped:
        if depth > _DEEPEST:
            raise ShortFormError(self._node.span, "lists and maps are nested too deep here")
        name = self._name("a type")
        if self._peek() == "[":
            return self._container(name, depth)
        if self._peek() == ".":
            self._take(".")
            return Named(name, self._name("the name of a view"))
        return Named(name)

    def _container(self, name: Name, depth: int) -> Listed | Mapped:
        if name.text not in ("list", "map"):
            problem = f"`{name.text}` takes nothing in brackets"
            raise ShortFormError(name.span, problem, "brackets follow `list` and `map` only")
        self._take("[")
        if name.text == "map":
            key = self._name("`str`")
            if key.text != "str":
                raise ShortFormError(key.span, "the keys of a map are always `str`")
            self._take(",")
        item = self._type(depth + 1)
        self._take("]")
        return Listed(item) if name.text == "list" else Mapped(item)

    def _null(self) -> None:
        other = self._name("`null`")
        if other.text != "null":
            problem = f"only `null` may follow a `|`, not `{other.text}`"
            help = "declare a union under `types`, with `oneof`, and use its name"
            raise ShortFormError(other.span, problem, help)

    def _name(self, wanted: str) -> Name:
        symbol = self._peek()
        if not _WORD.match(symbol):
            raise self._unexpected(symbol, f"{wanted} is wanted here")
        start = self._next_start()
        self._at = start + len(symbol)
        return Name(symbol, self._node.part(start, self._at))

    def _take(self, wanted: str) -> None:
        symbol = self._peek()
        if symbol != wanted:
            raise self._unexpected(symbol, f"`{wanted}` is wanted here")
        self._at = self._next_start() + 1

    def _peek(self) -> str:
        match = _SYMBOL.match(self._text, self._at)
        return match["symbol"] if match else ""

    def _next_start(self) -> int:
        match = _SYMBOL.match(self._text, self._at)
        return match.start("symbol") if match else len(self._text)

    def _unexpected(self, symbol: str, why: str) -> ShortFormError:
        start = self._next_start()
        span = self._node.part(start, start + max(len(symbol), 1))
        found = f"`{symbol}` does not belong here" if symbol else "something is missing at the end"
        return ShortFormError(span, f"{found}: {why}")
