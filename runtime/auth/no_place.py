"""Why somebody may not watch just now."""

from __future__ import annotations

from enum import Enum


class Full(Enum):
    """Why there is no place: words for the caller, and after how many seconds to ask again."""

    OF_ONE = ("you watch from too many places: close one of them, or come back later", 10)
    OF_ALL = ("too many are watching: come back later", 10)
    STOPPING = ("the service stops, or starts again: come back in a moment", 1)

    @property
    def words(self) -> str:
        """One sentence for people."""
        return self.value[0]

    @property
    def seconds(self) -> int:
        """When it is worth asking again."""
        return self.value[1]


class NoPlace(Exception):
    """Nobody more may watch now; ``why`` says for which reason."""

    def __init__(self, why: Full) -> None:
        super().__init__(why.words)
        self.why = why
