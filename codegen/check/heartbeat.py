"""What a heartbeat says."""

from __future__ import annotations

from collections.abc import Mapping

from codegen.check.declarations import EventForm, HeartbeatForm
from codegen.check.shape import plain
from codegen.model.types import JsonValue
from codegen.read import MappingNode, Node
from codegen.read.forms import Named

Payload = Mapping[str, JsonValue]


def payloads(event: EventForm, form: HeartbeatForm) -> tuple[Payload, Payload]:
    """Give the payload of the first beat and of every other.

    One that is not written is like the other.  With neither, an event that needs a single text
    gets ``Hello`` and then ``Ping`` in it, and any other event gets nothing.
    """
    if form.first is None and form.then is None:
        needed = [field for field in event.fields if not field.optional and field.default is None]
        match [(field.name.text, field.type.core) for field in needed]:
            case [(name, Named(kind, None))] if kind.text == "str":
                return {name: "Hello"}, {name: "Ping"}
        return {}, {}
    first, then = form.first or form.then, form.then or form.first
    return _payload(first), _payload(then)


def _payload(node: Node | None) -> Payload:
    value = plain(node) if isinstance(node, MappingNode) else {}
    assert isinstance(value, Mapping)
    return value
