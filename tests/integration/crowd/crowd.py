"""Sixteen people at work on the same packages, somebody who watches, and somebody who looks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from uuid import UUID

from generated.storage.publisher import PUBLISHER
from runtime.database.engine import Database
from runtime.events.log import EventLog
from tests.integration.crowd import rows
from tests.integration.crowd.history import History
from tests.integration.crowd.person import Person
from tests.integration.crowd.place import Place
from tests.integration.dashboard import Dashboard, Watching
from tests.servers.storage_service import StorageServer

PEOPLE: Final = 16
INTERNAL: Final = str(UUID(int=0))
LOCATIONS: Final = ("north", "south")
LAST: Final = "the last"
"""The location that is added when all is done: whoever is told of it has been told everything."""
LOOK_SECONDS: Final = 0.1
LONGER_SECONDS: Final = 120.0
"""How long it may take, on a loaded machine, until everything was tried, and until all that is
under way has come to its end."""


@dataclass
class Crowd:
    """The people, where they work, and what was seen of it."""

    server: StorageServer
    dashboard: Dashboard
    database: Database
    seed: int
    looks: list[tuple[int, int, list[dict[str, Any]]]] = field(default_factory=list)
    """What the list of packages showed, between the positions from before and after it was read."""

    def __post_init__(self) -> None:
        self.place = Place(self.dashboard, EventLog(self.database, PUBLISHER.stream))

    async def work(self, seconds: float) -> None:
        """Work for so long, and let what was begun come to its end."""
        history = self.place.history
        async with self.dashboard.watch("*") as watching, asyncio.TaskGroup() as group:
            history.begin((await watching.frame()).position)
            group.create_task(_told(watching, history))
            added = [await self.dashboard.create_location(name) for name in LOCATIONS]
            self.place.targets = [INTERNAL, *added]
            people = [self._person(f"person-{number}@test") for number in range(PEOPLE)]
            await self._all_work(people, time.monotonic() + seconds)
            await self._settled()
            await self._all_download(people)
            await self.dashboard.create_location(LAST)
        history.turn()

    def _person(self, name: str) -> Person:
        token = self.server.token("*", subject=name, email=name)
        return Person(self.place, name, token, Random(f"{self.seed} {name}"))

    async def _all_work(self, people: list[Person], end: float) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look(end))
            for person in people:
                group.create_task(person.work(end, end + LONGER_SECONDS))

    async def _all_download(self, people: list[Person]) -> None:
        """Try to download every package that there is or was."""
        aips = list(self.place.history.lives["aip"])
        async with asyncio.TaskGroup() as group:
            for number, person in enumerate(people):
                group.create_task(person.download(*aips[number::PEOPLE]))

    async def _look(self, end: float) -> None:
        """List all packages, and write into a location how many have been seen."""
        while time.monotonic() < end:
            answer = await self.dashboard.ask("GET", "/storage/aips?limit=-1")
            since = int(answer.headers["event-position"].partition("-")[2])
            items = answer.json()["items"]
            self.looks.append((since, await self.place.position(), items))
            change = {"description": f"{len(items)} packages"}
            address = f"/storage/locations/{self.place.targets[-1]}"
            answer = await self.dashboard.ask("PATCH", address, change)
            assert answer.status_code == 200, answer.text
            await asyncio.sleep(LOOK_SECONDS)

    async def _settled(self) -> None:
        """Wait until nothing is at work any more."""
        async with asyncio.timeout(LONGER_SECONDS):
            while True:
                if not rows.at_work(await rows.read(self.database)):
                    return
                await asyncio.sleep(LOOK_SECONDS)

    def __str__(self) -> str:
        answers, history = self.place.answers, self.place.history
        asked = Counter((answer.operation, answer.status, answer.says) for answer in answers)
        told = ", ".join(f"{kind} {len(lives)}" for kind, lives in history.lives.items())
        return "\n".join(
            [
                f"{len(answers)} answers, {history.position} events of: {told}",
                *(f"{count:6} {' '.join(map(str, key))}" for key, count in sorted(asked.items())),
            ]
        )


async def _told(watching: Watching, history: History) -> None:
    """Take in all that is told, up to the location that is added last."""
    last = False
    while not last:
        frame = await watching.frame(LONGER_SECONDS)
        history.take(frame)
        last = frame.tag == "location_created_event" and frame.item["name"] == LAST
