"""Where a stream begins.  What it carries is told by the AsyncAPI document."""

from __future__ import annotations

from typing import Any

from codegen.emit.openapi.answers import Answers
from codegen.emit.openapi.operations import begun, security
from codegen.emit.rights import requirement_words
from codegen.emit.stream_inputs import StreamInput, stream_inputs
from codegen.model import Design, Service, Stream


def stream_object(
    stream: Stream, service: Service, design: Design, answers: Answers
) -> dict[str, Any]:
    """Return the Operation Object of the request that opens a stream."""
    made = begun(stream.doc, stream.name, service)
    made["externalDocs"] = {
        "url": "asyncapi.json",
        "description": "What the stream carries, event by event.",
    }
    if inputs := stream_inputs(stream, service):
        made["parameters"] = [_parameter(each) for each in inputs]
    made["responses"] = {**_beginnings(stream), **answers.of_stream(stream)}
    ticket = stream.ticket.scheme if stream.ticket else None
    made["security"] = security(stream.requires, *(s for s in (stream.security, ticket) if s))
    made["x-requires"] = requirement_words(stream.requires)
    made["x-sends"] = list(stream.sends)
    return made


def _beginnings(stream: Stream) -> dict[str, Any]:
    beginnings: dict[str, Any] = {}
    if "websocket" in stream.over:
        beginnings["101"] = {"description": "A WebSocket begins; each message is one frame."}
    if "sse" in stream.over:
        beginnings["200"] = {
            "description": "Server-sent events begin; the data of each is one frame.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    return beginnings


def _parameter(given: StreamInput) -> dict[str, Any]:
    made = {"name": given.name, "in": given.where, "required": False, "description": given.doc}
    if given.schema["type"] == "array":
        # One comma-separated value, as a link or an event source is most easily written.
        made |= {"style": "form", "explode": False}
    return made | {"schema": given.schema}
