"""What goes over the wire, built once for everybody who gets it."""

from __future__ import annotations

import json
import struct
from collections import OrderedDict
from enum import Enum
from functools import cache
from typing import Final

from runtime.events.event import Event, EventPosition, StoredEvent

BEATS_KEPT: Final = 64
"""How many heartbeat frames are kept: watchers of one stream stand at few positions at a time."""

WHOLE_TEXT: Final = 0x81
"""A text message in one frame (RFC 6455, section 5.2): FIN, and opcode 1."""
DEFLATED_TEXT: Final = 0xC1
"""The same compressed (RFC 7692, section 6): RSV1 too."""


class Reset(Enum):
    """Why the position that a watcher comes back with cannot be honoured."""

    EXPIRED = "expired"
    OTHER_EPOCH = "other_epoch"
    FUTURE = "future"
    MALFORMED = "malformed"


class Frame:
    """One frame: what it says, and its id.

    The id is the position up to which the connection has been served once it has this frame.
    """

    __slots__ = ("_block", "_message", "_text", "id", "payload", "subject", "tag")

    def __init__(
        self, tag: str, payload: bytes, id: EventPosition, subject: str | None = None
    ) -> None:
        self.tag = tag
        self.payload = payload
        self.id = id
        self.subject = subject
        self._text: str | None = None
        self._message: bytes | None = None
        self._block: bytes | None = None

    @property
    def text(self) -> str:
        """The WebSocket message (contract, monitor.md section 4): the envelope and a line end.

        The payload is the bytes of the log, spliced in as they are.
        """
        if self._text is None:
            self._text = self.line.decode()
        return self._text

    @property
    def message(self) -> bytes:
        """That message as it stands on the wire (RFC 6455, section 5.2), the same for everybody."""
        if self._message is None:
            line = self.line
            self._message = frame_head(len(line)) + line
        return self._message

    @property
    def block(self) -> bytes:
        """The block of an event stream: the same document, with the id where the format has it.

        A document holds no line end, so one ``data`` line carries it.
        """
        if self._block is None:
            self._block = b"id: %d-%d\ndata: %b\n\n" % (*self.id, self._document())
        return self._block

    @property
    def line(self) -> bytes:
        """That message in bytes."""
        return self._document() + b"\n"

    def _document(self) -> bytes:
        return _opening(self.tag) + self.payload + b'},"id":"%d-%d"}' % self.id


@cache
def _opening(tag: str) -> bytes:
    """Begin a document; tags are the design's, and few."""
    return b'{"value":{"type":%b,"value":' % json.dumps(tag).encode()


def frame_head(length: int, kind: int = WHOLE_TEXT) -> bytes:
    """Begin a whole text message of so many bytes, without a mask since a server sends it."""
    if length < 126:
        return struct.pack("!BB", kind, length)
    if length < 1 << 16:
        return struct.pack("!BBH", kind, 126, length)
    return struct.pack("!BBQ", kind, 127, length)


class EventFrames:
    """Makes the frames of one log's events."""

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch

    def of(self, event: StoredEvent) -> Frame:
        """Make the frame of an event."""
        id = EventPosition(self._epoch, event.position)
        return Frame(event.tag, event.payload, id, event.subject)


class BeatFrames:
    """Makes and keeps the frames of one heartbeat message, by position."""

    def __init__(self, event: Event, epoch: int) -> None:
        self._tag = event.tag
        self._payload = event.to_json()
        self._epoch = epoch
        self._kept: OrderedDict[int, Frame] = OrderedDict()

    def of(self, id: EventPosition) -> Frame:
        """Make the frame for a connection that comes from elsewhere."""
        return Frame(self._tag, self._payload, id)

    def at(self, position: int) -> Frame:
        """Return the frame for a connection that has been served up to ``position``."""
        frame = self._kept.get(position)
        if frame is None:
            frame = self.of(EventPosition(self._epoch, position))
            self._kept[position] = frame
            if len(self._kept) > BEATS_KEPT:
                self._kept.popitem(last=False)
        return frame


class ResetFrames:
    """Makes the frames that tell a watcher to load everything again."""

    def __init__(self, event: type[Event], epoch: int) -> None:
        self._tag = event.tag
        self._epoch = epoch
        # Now rather than when the first is due: a design without one of the reasons must not run.
        self._payloads = {
            reason: event.model_validate({"reason": reason.value}).to_json() for reason in Reset
        }

    def at(self, reason: Reset, position: int) -> Frame:
        """Make the frame for a connection that goes on from ``position``."""
        return Frame(self._tag, self._payloads[reason], EventPosition(self._epoch, position))
