"""Where the people of a crowd work: the packages, what was asked and answered, what was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Final
from uuid import UUID

import httpx2

from runtime.events.log import EventLog
from tests.integration.crowd.answers import ANSWERS, Answer, sentence, usual
from tests.integration.crowd.history import History
from tests.integration.dashboard import Dashboard

PACKAGES: Final = 50
LOST: Final = 5
"""So many of the packages have no bytes anywhere: every move of one fails."""


@dataclass
class Place:
    """What everybody works on."""

    dashboard: Dashboard
    log: EventLog
    history: History = field(default_factory=History)
    packages: list[str] = field(default_factory=lambda: [""] * PACKAGES)
    """Those that are worked on: one that is gone gives its place to a new one."""
    whole: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    """Packages, registered or not, whose bytes are there, and nowhere."""
    targets: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    untried: set[tuple[str, int, str]] = field(default_factory=usual)
    """What nobody has been answered yet."""

    def __post_init__(self) -> None:
        self._numbers = count(1)
        for number in range(PACKAGES):
            self.replace(number)

    def replace(self, number: int) -> None:
        """Put a package that nobody has registered yet in the place of one."""
        uuid = self.packages[number] = str(UUID(int=next(self._numbers), version=4))
        if number % (PACKAGES // LOST) == 1:
            self.lost.add(uuid)
        else:
            self.whole.add(uuid)
            self.dashboard.put(uuid, content(uuid))

    def believed(self, uuid: str) -> str:
        """Return the status of a package that a watcher was told last; none if it is unknown."""
        aip = self.history.lives["aip"].get(uuid)
        return str(aip.items[-1]["status"]) if aip else ""

    async def position(self) -> int:
        """Read the position of the newest event."""
        return (await self.log.head()).position

    async def note(
        self, operation: str, uuid: str, who: str, since: int, came: httpx2.Response
    ) -> None:
        """Record an answer, which must be one that the operation has."""
        says = sentence(came)
        assert (came.status_code, says) in ANSWERS[operation], (operation, came.text)
        self.untried.discard((operation, came.status_code, says))
        self.answers.append(
            Answer(
                operation,
                uuid,
                who,
                came.status_code,
                says,
                shown=came.json() if operation == "show" and not says else None,
                lost=uuid in self.lost,
                since=since,
                until=await self.position(),
            )
        )


def content(uuid: str) -> bytes:
    """Return the bytes of a package: 74 kB that no other has."""
    return f"{uuid}\n".encode() * 2000
