"""What goes over the wire, built once for everybody who gets it."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Final

from runtime.events.event import Event, EventPosition, StoredEvent

BEATS_KEPT: Final = 64
"""How many heartbeat frames are kept: watchers of one stream stand at few positions at a time."""


class Frame:
    """One frame: what it says, and its id.

    The id is the position up to which the connection has been served once it has this frame.
    """

    __slots__ = ("_text", "id", "payload", "tag")

    def __init__(self, tag: str, payload: bytes, id: EventPosition) -> None:
        self.tag = tag
        self.payload = payload
        self.id = id
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The WebSocket message (contract, monitor.md section 4): the envelope and a line end.

        The payload is the bytes of the log, spliced in as they are.
        """
        if self._text is None:
            head = b'{"value":{"type":%b,"value":' % json.dumps(self.tag).encode()
            tail = b'},"id":"%d-%d"}\n' % self.id
            self._text = (head + self.payload + tail).decode()
        return self._text


class EventFrames:
    """Makes the frames of one log's events."""

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch

    def of(self, event: StoredEvent) -> Frame:
        """Make the frame of an event."""
        return Frame(event.tag, event.payload, EventPosition(self._epoch, event.position))


class BeatFrames:
    """Makes and keeps the frames of one heartbeat message, by position."""

    def __init__(self, event: Event, epoch: int) -> None:
        self._tag = event.tag
        self._payload = event.to_json()
        self._epoch = epoch
        self._kept: OrderedDict[int, Frame] = OrderedDict()

    def at(self, position: int) -> Frame:
        """Return the frame for a connection that has been served up to ``position``."""
        frame = self._kept.get(position)
        if frame is None:
            frame = Frame(self._tag, self._payload, EventPosition(self._epoch, position))
            self._kept[position] = frame
            if len(self._kept) > BEATS_KEPT:
                self._kept.popitem(last=False)
        return frame
