"""What a client may say when it opens a stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from codegen.emit.json_schema import Schema
from codegen.model import Event, Service, Stream


@dataclass(frozen=True, slots=True)
class StreamInput:
    """One optional query parameter or header of the request that opens a stream."""

    name: str
    where: Literal["query", "header"]
    doc: str
    schema: Schema


def stream_inputs(stream: Stream, service: Service) -> tuple[StreamInput, ...]:
    """Return everything that a client may say when it opens the stream."""
    inputs: list[StreamInput] = []
    if "types" in stream.select:
        tags = [event.tag for event in sent_events(stream, service)]
        items: Schema = {"type": "string", "enum": tags}
        doc = "The tags of the events wanted, with commas between; all when absent."
        inputs.append(StreamInput("types", "query", doc, {"type": "array", "items": items}))
    if "subject" in stream.select:
        doc = "Whose events are wanted; everybody's when absent."
        inputs.append(StreamInput("subject", "query", doc, {"type": "string"}))
    if stream.resume:
        doc = "The `id` of the last frame received: what was missed since is sent first."
        inputs.append(StreamInput("last_event_id", "query", doc, {"type": "string"}))
        inputs.append(StreamInput("Last-Event-ID", "header", doc, {"type": "string"}))
    return tuple(inputs)


def sent_events(stream: Stream, service: Service) -> Iterable[Event]:
    """Return the events that a stream may carry, in the order of the design."""
    return [event for event in service.events if event.name in stream.sends]
