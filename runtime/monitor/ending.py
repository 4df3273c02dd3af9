"""How the server ends a connection."""

from __future__ import annotations

from enum import Enum


class Ending(Enum):
    """Why the server ends a connection: the close code, and the words sent with it."""

    SHUTDOWN = (1012, "service restart")
    EXPIRED = (4001, "authenticate again")
    REVOKED = (4001, "revoked: authenticate again")
    SLOW = (4008, "too slow: come back with your last id")

    @property
    def code(self) -> int:
        """The WebSocket close code."""
        return self.value[0]

    @property
    def right_ended(self) -> bool:
        """Whether the client may see nothing any more, not even what waits to be sent."""
        return self.code == Ending.EXPIRED.code

    @property
    def reason(self) -> str:
        """One sentence for people."""
        return self.value[1]
