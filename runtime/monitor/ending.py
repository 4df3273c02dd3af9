"""How the server ends a connection."""

from __future__ import annotations

from enum import Enum


class Ending(Enum):
    """Why the server ends a connection: the close code, and the words sent with it."""

    SHUTDOWN = (1012, "service restart")
    EXPIRED = (4001, "authenticate again")
    SLOW = (4008, "too slow: come back with your last id")

    @property
    def code(self) -> int:
        """The WebSocket close code."""
        return self.value[0]

    @property
    def reason(self) -> str:
        """One sentence for people."""
        return self.value[1]
