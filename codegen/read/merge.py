"""Several files -> one tree.

A section may be spread over files: its names meet here.  What is not a section of names (the
path of a service, a type) belongs to one file, so that a reader who found it has found all of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from codegen.read.flaws import Flaw
from codegen.read.tree import Entry, MappingNode, Node

_SERVICE = ("services", "*")

# The mappings whose keys are gathered from every file; "*" stands for any name.
_GATHERED = frozenset(
    [
        (),
        ("attributes",),
        ("security",),
        ("errors",),
        ("types",),
        ("services",),
        _SERVICE,
        (*_SERVICE, "endpoints"),
        (*_SERVICE, "events"),
        (*_SERVICE, "streams"),
        (*_SERVICE, "background"),
    ]
)
_MAY_REPEAT = frozenset([("design",)])


def merge(trees: Iterable[MappingNode]) -> tuple[MappingNode | None, tuple[Flaw, ...]]:
    """Join the trees of a design's files; ``None`` if there are none.

    A name declared in two of them is a flaw that points at both; the first declaration stays.
    """
    flaws: list[Flaw] = []
    joined: MappingNode | None = None
    for tree in trees:
        joined = tree if joined is None else _join(joined, tree, (), flaws)
    return joined, tuple(flaws)


def _join(
    left: MappingNode, right: MappingNode, path: tuple[str, ...], flaws: list[Flaw]
) -> MappingNode:
    entries = {entry.key.text: entry for entry in left}
    for entry in right:
        name = entry.key.text
        first = entries.setdefault(name, entry)
        if first is not entry:
            entries[name] = Entry(first.key, _both(first, entry, (*path, name), flaws))
    return MappingNode(tuple(entries.values()), left.span, left.flow)


def _both(first: Entry, second: Entry, path: tuple[str, ...], flaws: list[Flaw]) -> Node:
    pattern = (path[0], "*", *path[2:]) if path[0] == "services" and len(path) > 1 else path
    gathered = pattern in _GATHERED
    if gathered and isinstance(first.value, MappingNode) and isinstance(second.value, MappingNode):
        return _join(first.value, second.value, path, flaws)
    if not (pattern in _MAY_REPEAT and first.value == second.value):
        values = {"name": second.key.text}
        flaws.append(Flaw("declared-twice", second.key.span, values, first.key.span))
    return first.value
