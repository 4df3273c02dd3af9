"""Taking a mapping apart by the list of keys it may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from codegen.check.catalogue.shape import (
    EMPTY_LIST,
    MISSING_KEY,
    REPEATED_ITEM,
    UNKNOWN_KEY,
    WRONG_FORM,
)
from codegen.check.report import Report
from codegen.check.suggest import closest, listing
from codegen.model.types import JsonValue
from codegen.read import Entry, MappingNode, Node, ScalarNode, SequenceNode, Span
from codegen.read.forms import Name


class Form(Enum):
    """What a key holds.  The value is how people are told."""

    TEXT = "a text"
    FLAG = "`true` or `false`"
    INTEGER = "a whole number"
    MAPPING = "a mapping"
    LIST = "a list"
    TEXT_OR_MAPPING = "a text or a mapping"
    ANY = "a value"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a shape: its name, what it holds, and what it says."""

    name: str
    form: Form
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys that one kind of mapping may have.

    ``what`` names the kind for people.  ``extensible`` allows keys that begin with ``x-``.
    """

    what: str
    keys: tuple[Key, ...]
    extensible: bool = False


class Taken:
    """A mapping whose keys have been looked at.

    What was wrong is in neither ``nodes`` nor ``keys``.  ``refused`` has the keys that were meant:
    whoever misses one of them there need not be told again.
    """

    def __init__(self, report: Report, shape: Shape, span: Span) -> None:
        self.shape = shape
        self.span = span
        self.nodes: dict[str, Node] = {}
        self.keys: dict[str, Span] = {}
        self.refused: set[str] = set()
        self._report = report

    def node(self, key: str) -> Node | None:
        """The value of a key, in whatever form."""
        return self.nodes.get(key)

    def scalar(self, key: str) -> ScalarNode | None:
        """The value of a key that holds one."""
        node = self.nodes.get(key)
        return node if isinstance(node, ScalarNode) else None

    def name(self, key: str) -> Name | None:
        """The text of a key, with its place."""
        node = self.scalar(key)
        return Name(node.text, node.part(0, len(node.text))) if node else None

    def text(self, key: str) -> str:
        """The text of a key, empty if it is not there."""
        node = self.scalar(key)
        return node.text.strip() if node else ""

    def flag(self, key: str, default: bool = False) -> bool:
        """The truth of a key."""
        node = self.scalar(key)
        return default if node is None else node.value is True

    def entries(self, key: str) -> tuple[Entry, ...]:
        """What is in the mapping of a key."""
        node = self.nodes.get(key)
        return node.entries if isinstance(node, MappingNode) else ()

    def names(self, key: str) -> tuple[Name, ...]:
        """The texts in the list of a key, each once."""
        node = self.nodes.get(key)
        return tuple(texts(self._report, f"`{key}`", node)) if node is not None else ()

    def extensions(self) -> Mapping[str, JsonValue]:
        """The keys that begin with ``x-``."""
        return {name: plain(node) for name, node in self.nodes.items() if name.startswith("x-")}


def take(report: Report, shape: Shape, owner: Span, node: Node) -> Taken:
    """Look at the keys of a mapping and report those that are wrong.

    Args:
        report: Where to say so.
        shape: What the mapping may hold.
        owner: What to underline when a key is missing: the name that the mapping belongs to.
        node: The mapping, or what stands in its place.
    """
    taken = Taken(report, shape, owner)
    if isinstance(node, MappingNode):
        known = {key.name: key for key in shape.keys}
        for entry in node:
            name = entry.key.text
            if name in known:
                form = known[name].form
                if not check_form(report, f"`{name}`", form, entry.value):
                    taken.refused.add(name)
                    continue
            elif not (shape.extensible and name.startswith("x-")):
                taken.refused.add(_unknown(report, shape, entry))
                continue
            taken.nodes[name], taken.keys[name] = entry.value, entry.key.span
    elif not _is_nothing(node):
        report.add(WRONG_FORM, node.span, what=shape.what, wanted="a mapping", found=found(node))
        return taken
    _missing(report, taken)
    return taken


def check_form(report: Report, what: str, form: Form, node: Node) -> bool:
    """Report a value of another form than is wanted; whether it was right."""
    if form is Form.MAPPING and _is_nothing(node):
        return True
    if _fits(form, node):
        return True
    help = ""
    if form in (Form.TEXT, Form.TEXT_OR_MAPPING) and isinstance(node, ScalarNode) and node.text:
        help = f'put it in quotes: "{node.text}"'
    report.add(WRONG_FORM, node.span, help=help, what=what, wanted=form.value, found=found(node))
    return False


def texts(report: Report, what: str, node: Node) -> Iterator[Name]:
    """The texts of a list, each once; anything else in it is reported."""
    if not isinstance(node, SequenceNode):
        check_form(report, what, Form.LIST, node)
        return
    if not node.items:
        report.add(EMPTY_LIST, node.span, what=what)
    seen = set()
    for item in node.items:
        if not check_form(report, f"an item of {what}", Form.TEXT, item):
            continue
        assert isinstance(item, ScalarNode)
        if item.text in seen:
            report.add(REPEATED_ITEM, item.span, name=item.text)
            continue
        seen.add(item.text)
        yield Name(item.text, item.part(0, len(item.text)))


def plain(node: Node) -> JsonValue:
    """The value of a node, without places."""
    match node:
        case ScalarNode(value):
            return value
        case SequenceNode(items):
            return tuple(plain(item) for item in items)
        case MappingNode(entries):
            return {entry.key.text: plain(entry.value) for entry in entries}


def found(node: Node) -> str:
    """Name the form of a value for people."""
    match node:
        case MappingNode():
            return "a mapping"
        case SequenceNode():
            return "a list"
        case ScalarNode(value):
            return _FOUND[type(value)]


_FOUND = {
    str: "a text",
    bool: "`true` or `false`",
    int: "a number",
    float: "a number",
    type(None): "nothing",
}


_SCALARS: dict[Form, type] = {
    Form.TEXT: str,
    Form.FLAG: bool,
    Form.INTEGER: int,
    Form.TEXT_OR_MAPPING: str,
}


def _fits(form: Form, node: Node) -> bool:
    match node:
        case MappingNode():
            return form in (Form.MAPPING, Form.TEXT_OR_MAPPING, Form.ANY)
        case SequenceNode():
            return form in (Form.LIST, Form.ANY)
        case ScalarNode(value):
            return form is Form.ANY or type(value) is _SCALARS.get(form)


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None


def _unknown(report: Report, shape: Shape, entry: Entry) -> str:
    """Report an unknown key; which one was probably meant, if any."""
    name = entry.key.text
    names = [key.name for key in shape.keys]
    meant = closest(name, names)
    help = f"did you mean `{meant}`?" if meant else f"its keys are {listing(names)}"
    report.add(UNKNOWN_KEY, entry.key.span, help=help, what=shape.what, name=name)
    return meant or ""


def _missing(report: Report, taken: Taken) -> None:
    for key in taken.shape.keys:
        if key.required and key.name not in taken.nodes and key.name not in taken.refused:
            what = taken.shape.what
            report.add(MISSING_KEY, taken.span, what=what, name=key.name, doc=key.doc)
