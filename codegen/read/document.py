"""One YAML document -> one declaration tree.

The parser's events are read, not its node graph: events still tell an anchor from its absence and
a tag that was written from one that was inferred, and resolving scalars as YAML 1.1 is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from codegen.read.flaws import Flaw, FlawCode
from codegen.read.scalars import resolve
from codegen.read.source import Source, Span
from codegen.read.tree import Entry, MappingNode, Node, ScalarNode, SequenceNode

# libyaml is an order of magnitude faster; where it was not built in, the result is the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_DEEPEST = 60

# Invisible or direction-changing characters make a design say something else than it shows, and
# the line breaks among them are counted by the parser but not by editors.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)

_ADVICE = (
    ("mapping values are not allowed", "put a text that contains `: ` in quotes"),
    ("cannot start any token", "indent with spaces; put a text that starts so in quotes"),
    ("expected ',' or", 'inside braces and brackets, put a type such as "list[str]" in quotes'),
    ("expected <block end>", "keys of one mapping stand in one column"),
    ("could not find expected ':'", "a key is followed by `: ` and its value"),
    ("unexpected end of stream", "a quote, brace or bracket is still open"),
    ("document start", "a brace or bracket is still open above, or one too many is closed"),
)


class _Stop(Exception):
    """Nothing after this flaw can be read."""


def read_document(source: Source) -> tuple[MappingNode | None, tuple[Flaw, ...]]:
    """Read one source.

    The tree is ``None`` when the file says nothing or when nothing can be made of it; flaws tell
    which.  A tree may come with flaws: what was wrong has then been left out.
    """
    if flaws := tuple(_control_characters(source)):
        return None, flaws
    reader = _Reader(source)
    try:
        root = reader.document()
    except yaml.YAMLError as error:
        return None, (*reader.flaws, _syntax_flaw(source, error))
    except _Stop:
        return None, tuple(reader.flaws)
    return root, tuple(reader.flaws)


def _control_characters(source: Source) -> Iterator[Flaw]:
    if not _CONTROL.search(source.text):
        return
    for number, line in enumerate(source.lines, start=1):
        for match in _CONTROL.finditer(line):
            column = match.start() + 1
            span = Span(source, number, column, number, column + 1)
            yield Flaw("control-character", span, {"character": f"U+{ord(match[0]):04X}"})


def _syntax_flaw(source: Source, error: yaml.YAMLError) -> Flaw:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    context = str(getattr(error, "context", "") or "")
    message = f"{problem} {context}".strip()
    advice = next((help for part, help in _ADVICE if part in message), "")
    return Flaw(
        "yaml-syntax",
        Span(source, line, column, line, column + 1),
        {"problem": message},
        help=advice,
    )


class _Reader:
    """Turns the events of one source into nodes."""

    def __init__(self, source: Source) -> None:
        self.flaws: list[Flaw] = []
        self._source = source
        self._next: Callable[[], Any]

    def document(self) -> MappingNode | None:
        """Read the whole stream: no document, or one, and it is a mapping."""
        self._next = _LOADER(self._source.text).get_event
        self._next()  # the start of the stream
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        root = self._node(self._next(), depth=0)
        self._next()  # the end of the document
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            self._flaw("second-document", after)
            raise _Stop
        if isinstance(root, ScalarNode) and root.value is None:
            return None
        if not isinstance(root, MappingNode):
            self.flaws.append(Flaw("not-a-mapping", root.span))
            raise _Stop
        return root

    def _node(self, event: Any, depth: int) -> Node:
        if depth > _DEEPEST:
            self._flaw("too-deep", event, levels=str(_DEEPEST))
            raise _Stop
        if isinstance(event, yaml.AliasEvent):
            self._flaw("alias", event, name=f"*{event.anchor}")
            return ScalarNode(None, "", self._span(event))
        if event.anchor is not None or event.tag is not None:
            self._refuse_decoration(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, depth)
        return self._mapping(event, depth)

    def _refuse_decoration(self, event: Any) -> None:
        if event.anchor is not None:
            self._flaw("alias", event, name=f"&{event.anchor}")
        if event.tag is not None:
            self._flaw("tag", event, tag=str(event.tag).replace("tag:yaml.org,2002:", "!!"))

    def _scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        span = self._span(event)
        text: str = event.value
        self._refuse_escaped_control(text, span)
        if event.style:
            exact = event.style in "'\"" and _width(span) == len(text) + 2
            return ScalarNode(text, text, span, 1 if exact else None)
        return ScalarNode(resolve(text), text, span, 0 if _width(span) == len(text) else None)

    def _refuse_escaped_control(self, text: str, span: Span) -> None:
        if match := _CONTROL.search(text):
            values = {"character": f"U+{ord(match[0]):04X}"}
            self.flaws.append(Flaw("control-character", span, values))

    def _sequence(self, start: yaml.Event, depth: int) -> SequenceNode:
        items = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return SequenceNode(tuple(items), self._span(start, event))

    def _mapping(self, start: yaml.Event, depth: int) -> MappingNode:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(self._next(), depth + 1)
            if isinstance(key, ScalarNode):
                self._enter(entries, Entry(key, value))
            else:
                self.flaws.append(Flaw("odd-key", key.span))
        flow = bool(getattr(start, "flow_style", False))
        return MappingNode(tuple(entries.values()), self._span(start, event), flow)

    def _enter(self, entries: dict[str, Entry], entry: Entry) -> None:
        name, span = entry.key.text, entry.key.span
        if name == "<<" and entry.key.offset == 0:
            self.flaws.append(Flaw("merge-key", span))
        elif name in entries:
            first = entries[name].key.span
            self.flaws.append(Flaw("duplicate-key", span, {"name": name}, first))
        else:
            entries[name] = entry

    def _flaw(self, code: FlawCode, event: yaml.Event, **values: str) -> None:
        self.flaws.append(Flaw(code, self._span(event), values))

    def _span(self, first: Any, last: Any = None) -> Span:
        start, end = first.start_mark, (last or first).end_mark
        return Span(self._source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _width(span: Span) -> int:
    """How many characters a span takes, -1 when it is not on one line."""
    return span.end_column - span.column if span.line == span.end_line else -1
