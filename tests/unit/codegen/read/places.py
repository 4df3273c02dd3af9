"""Reading a text, and reading back what its places point at."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.read import Flaw, MappingNode, Node, ScalarNode, SequenceNode, Source, Span
from codegen.read.document import read_document


def source(text: str) -> Source:
    return Source(name="design.yaml", text=text)


def tree(text: str) -> MappingNode:
    root, flaws = read_document(source(text))
    assert flaws == ()
    assert root is not None
    return root


def flaws(text: str) -> tuple[Flaw, ...]:
    return read_document(source(text))[1]


def pointed_at(span: Span) -> str:
    """The text that a span on one line covers."""
    return span.source.lines[span.line - 1][span.column - 1 : span.end_column - 1]


def scalars(node: Node) -> Iterator[ScalarNode]:
    match node:
        case ScalarNode():
            yield node
        case SequenceNode(items):
            for item in items:
                yield from scalars(item)
        case MappingNode(entries):
            for entry in entries:
                yield entry.key
                yield from scalars(entry.value)
