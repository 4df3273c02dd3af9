"""Streams: feeds of events, and how a caller gets into one."""

from __future__ import annotations

from typing import Literal, TypeVar

from codegen.check.catalogue.events import MISSING_RESET
from codegen.check.catalogue.shape import UNKNOWN_WORD, WRONG_FORM
from codegen.check.declarations import (
    EndpointForm,
    HeartbeatForm,
    ResultForm,
    StreamForm,
    TicketForm,
)
from codegen.check.declare.basics import key_name, length, requirement
from codegen.check.names import OPERATION, STREAM, check_name
from codegen.check.report import Report
from codegen.check.shape import Taken, found, take, texts
from codegen.check.shapes import HEARTBEAT, TICKET
from codegen.check.shapes import STREAM as STREAM_SHAPE
from codegen.check.suggest import advice
from codegen.read import Entry, ScalarNode, SequenceNode
from codegen.read.forms import Name

_Word = TypeVar("_Word", bound=str)

_TRANSPORTS: tuple[Literal["websocket"], Literal["sse"]] = ("websocket", "sse")
_SELECTORS: tuple[Literal["types"], Literal["subject"]] = ("types", "subject")


def stream(report: Report, entry: Entry) -> StreamForm:
    """Read one of ``streams``."""
    name = key_name(entry)
    check_name(report, name, STREAM)
    taken = take(report, STREAM_SHAPE, name.span, entry.value)
    return StreamForm(
        name=name,
        path=taken.name("get"),
        requires=requirement(report, taken, name),
        security=taken.name("security"),
        over=_words(report, taken, "over", _TRANSPORTS),
        sends=_sends(report, taken),
        heartbeat=_heartbeat(report, taken),
        ticket=_ticket(report, taken),
        reset=_reset(report, taken, name),
        resume=taken.flag("resume"),
        select=_words(report, taken, "select", _SELECTORS),
        errors=taken.names("errors"),
        doc=taken.text("doc"),
    )


def _words(report: Report, taken: Taken, key: str, known: tuple[_Word, ...]) -> tuple[_Word, ...]:
    chosen: list[_Word] = []
    for name in taken.names(key):
        if word := next((word for word in known if word == name.text), None):
            chosen.append(word)
        else:
            report.add(UNKNOWN_WORD, name.span, help=advice(name.text, known), name=name)
    return tuple(chosen)


def _reset(report: Report, taken: Taken, stream: Name) -> Name | None:
    reset = taken.name("reset")
    if reset is None and "reset" not in taken.refused:
        report.add(MISSING_RESET, stream.span, name=stream)
    return reset


def _sends(report: Report, taken: Taken) -> tuple[Name, ...] | None:
    node = taken.node("sends")
    if node is None or (isinstance(node, ScalarNode) and node.text == "all"):
        return None
    if not isinstance(node, SequenceNode):
        wanted = "`all` or a list of events"
        report.add(WRONG_FORM, node.span, what="`sends`", wanted=wanted, found=found(node))
        return None
    return tuple(texts(report, "`sends`", node))


def _heartbeat(report: Report, taken: Taken) -> HeartbeatForm | None:
    node = taken.node("heartbeat")
    if node is None:
        return None
    beat = take(report, HEARTBEAT, taken.keys["heartbeat"], node)
    event, every = beat.name("event"), length(report, beat, "every")
    if event is None or every is None:
        return None
    return HeartbeatForm(event=event, every=every, first=beat.node("first"), then=beat.node("then"))


def _ticket(report: Report, taken: Taken) -> TicketForm | None:
    node = taken.node("ticket")
    if node is None:
        return None
    ticket = take(report, TICKET, taken.keys["ticket"], node)
    name, scheme = ticket.name("name"), ticket.name("with")
    if name is None:
        return None
    check_name(report, name, OPERATION)
    endpoint = EndpointForm(
        name=name,
        method="POST",
        path=ticket.name("post"),
        requires=requirement(report, ticket, name),
        security=taken.name("security"),
        result=ResultForm(status=200, span=name.span),
        errors=ticket.names("errors"),
        issues=scheme,
        doc=ticket.text("doc"),
    )
    return TicketForm(endpoint=endpoint, scheme=scheme)
