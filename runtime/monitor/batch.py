"""Frames that go out together, and what they are on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import Final

from runtime.monitor.compression import deflated, deflated_messages, stored
from runtime.monitor.frames import DEFLATED_TEXT, Frame, frame_head

WORTH: Final = 1024
"""From how many bytes on a piece is compressed: of one or two events hardly anything is saved."""


class Batch(tuple[Frame, ...]):
    """Frames that go out together; what they are on the wire is put together once for everybody.

    A client that takes compressed data gets compressed what its batch has in common with others'
    (:class:`Piece`), and the rest as it is.
    """

    _pieces: Sequence[Batch] = ()
    """Batches which make it up, if it is made of any."""
    _longer: Batch | None = None
    """These frames and the last one that was asked for behind them."""

    @classmethod
    def of(cls, pieces: Sequence[Batch]) -> Batch:
        """Put batches together."""
        batch = cls(chain.from_iterable(pieces))
        batch._pieces = pieces
        return batch

    @cached_property
    def messages(self) -> bytes:
        """The frames as WebSocket messages."""
        return b"".join([frame.message for frame in self])

    @cached_property
    def deflated_messages(self) -> bytes:
        """The same for who takes compressed messages too."""
        if self._pieces:
            return b"".join([piece.deflated_messages for piece in self._pieces])
        return self.messages

    @cached_property
    def blocks(self) -> bytes:
        """The frames as blocks of an event stream."""
        return b"".join([frame.block for frame in self])

    @cached_property
    def deflated_blocks(self) -> bytes:
        """The same as a part of a deflate stream."""
        if self._pieces:
            return b"".join([piece.deflated_blocks for piece in self._pieces])
        return stored(self.blocks)

    @cached_property
    def chunk(self) -> bytes:
        """Those blocks as one chunk of an HTTP answer."""
        return _chunk(self.blocks)

    @cached_property
    def deflated_chunk(self) -> bytes:
        """The same of the deflate stream."""
        return _chunk(self.deflated_blocks)

    def then(self, last: Frame) -> Batch:
        """Return these frames and one more, as the same batch for everybody who gets the same."""
        longer = self._longer
        if longer is None or longer[-1] is not last:
            longer = self._longer = Batch.of((*(self._pieces or (self,)), Batch((last,))))
        return longer


class Piece(Batch):
    """Frames that are part of many batches, and compressed once for all of them."""

    @cached_property
    def size(self) -> int:
        """How large the payloads are, in bytes."""
        return sum(len(frame.payload) for frame in self)

    @cached_property
    def deflated_messages(self) -> bytes:
        """The frames as compressed messages, if that is worth it."""
        if self.size < WORTH:
            return b"".join([frame.message for frame in self])
        data = deflated_messages([frame.line for frame in self])
        return b"".join(
            [part for each in data for part in (frame_head(len(each), DEFLATED_TEXT), each)]
        )

    @cached_property
    def deflated_blocks(self) -> bytes:
        """The frames' blocks as a part of a deflate stream, compressed if that is worth it."""
        blocks = b"".join([frame.block for frame in self])
        return stored(blocks) if self.size < WORTH else deflated(blocks)


NOTHING: Final = Batch()
"""No frames."""


def _chunk(content: bytes) -> bytes:
    """Make a chunk of an HTTP answer (RFC 9112, section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(content), content)
