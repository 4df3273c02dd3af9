"""A stream in pieces: what many get is put together from the same few of them.

Connections that keep up stand where the horizon of their hub stood at some time, each at its own.  What
they are due differs by where it begins and ends; cut at each of those places it is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from runtime.monitor.batch import Batch, Piece
from runtime.monitor.group import BATCH_EVENTS, Due
from runtime.monitor.ring import Ring

if TYPE_CHECKING:
    from runtime.monitor.group import Group

PIECE_EVENTS: Final = 256
"""How many events a piece spans at most."""
PIECE_BYTES: Final = 32 * 1024
"""After how many bytes of events a piece ends."""
KEPT: Final = 128
"""How many pieces are kept, as places and as what a group sees of them."""
KEPT_BYTES: Final = KEPT * PIECE_BYTES
"""How large those that groups see may be all together, if they are more than one."""
MANY: Final = 16
"""From how many connections on a group is served in pieces.  For fewer it is not worth to compress."""


class Pieces:
    """Where a stream is cut, and what each group of many sees between two cuts."""

    def __init__(self, ring: Ring) -> None:
        """Begin where a ring ends."""
        self._ring = ring
        self._begun = ring.newest, ring.added
        """Where the piece begins that has no end yet, and what had been added by then."""
        self._horizon = self._begun
        """The same for how far connections see: there it is cut once somebody stands there."""
        self._ends: dict[int, int] = {}
        """Where a piece ends, by where it begins."""
        self._made: dict[tuple[Group, int], Piece] = {}
        self._bytes = 0
        """How large those are."""

    def show(self) -> None:
        """Note that connections see all of the ring from now on."""
        self._horizon = self._ring.newest, self._ring.added

    def grow(self) -> None:
        """Note that the ring has one more event, and cut if that is enough."""
        begin, before = self._begun
        if self._ring.added - before >= PIECE_BYTES or self._ring.newest - begin >= PIECE_EVENTS:
            self.cut()
            self._cut((self._ring.newest, self._ring.added))

    def cut(self) -> None:
        """Cut at the horizon: somebody stands there, or will."""
        self._cut(self._horizon)

    def after(self, group: Group, served: int, limit: int) -> Due | None:
        """Return what follows a cut for a group, up to the horizon: an event if there is one, and no
        more than ``limit`` bytes of others.

        ``None`` if that is no place of a cut that is still known.
        """
        self.cut()
        pieces: list[Batch] = []
        events = 0
        while served < self._horizon[0] and (end := self._ends.get(served)) is not None:
            piece = self._piece(group, served, end)
            if events and (piece.size > limit or events + len(piece) > BATCH_EVENTS):
                break
            events, limit = events + len(piece), limit - piece.size
            pieces.append(piece)
            served = end
        return Due(Batch.of(pieces), served) if pieces else None

    def forget(self, group: Group) -> None:
        """Keep nothing for a group that is no more."""
        for key in [key for key in self._made if key[0] is group]:
            self._bytes -= self._made.pop(key).size

    def _cut(self, place: tuple[int, int]) -> None:
        begin, end = self._begun[0], place[0]
        if begin < end:
            self._ends[begin] = end
            self._begun = place
            if len(self._ends) > KEPT:
                del self._ends[next(iter(self._ends))]

    def _piece(self, group: Group, begin: int, end: int) -> Piece:
        piece = self._made.get((group, begin))
        if piece is None:
            piece = self._made[group, begin] = Piece(group.frames(begin, end))
            self._bytes += piece.size
            while len(self._made) > KEPT or (self._bytes > KEPT_BYTES and len(self._made) > 1):
                self._bytes -= self._made.pop(next(iter(self._made))).size
        return piece
