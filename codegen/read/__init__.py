"""Files -> declaration tree.

Reading knows YAML and the grammar of the short forms, and nothing of what a design means.  It
never fails: it answers with what could be read and with a flaw for each thing that could not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codegen.read.document import read_document
from codegen.read.files import design_files, read_source
from codegen.read.flaws import SURVIVABLE, Flaw
from codegen.read.merge import merge
from codegen.read.source import Source, Span
from codegen.read.tree import Entry, MappingNode, Node, ScalarNode, SequenceNode

__all__ = [
    "Entry",
    "Flaw",
    "MappingNode",
    "Node",
    "Reading",
    "ScalarNode",
    "SequenceNode",
    "Source",
    "Span",
    "design_files",
    "merge",
    "read_document",
    "read_source",
    "read_sources",
]


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading came to.

    ``tree`` is ``None`` when there is nothing that could be checked: no file says anything, or
    one is so broken that checking the others would blame them for what is missing.
    """

    tree: MappingNode | None
    flaws: tuple[Flaw, ...]


def read_sources(sources: Iterable[Source]) -> Reading:
    """Read the sources of one design and join them."""
    documents = [read_document(source) for source in sources]
    flaws = [flaw for _, found in documents for flaw in found]
    tree, clashes = merge(tree for tree, _ in documents if tree is not None)
    if any(flaw.code not in SURVIVABLE for flaw in flaws):
        tree = None
    return Reading(tree, (*flaws, *clashes))
