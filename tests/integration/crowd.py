"""Sixteen people at work on the same packages, somebody who watches, and somebody who looks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from uuid import UUID

import httpx2

from tests.integration.dashboard import Dashboard, Watching
from tests.integration.history import History
from tests.servers.storage_service import StorageServer

PEOPLE: Final = 16
PACKAGES: Final = [str(UUID(int=number + 1, version=4)) for number in range(50)]
LOST: Final = PACKAGES[-5:]
"""Packages whose bytes are nowhere: every move of one fails."""
INTERNAL: Final = str(UUID(int=0))
SETTLED_SECONDS: Final = 60.0
"""How long the moves that are under way may take in the end, on a loaded machine."""

EXPECTED: Final[Mapping[str, frozenset[int]]] = {
    "create": frozenset({200, 400}),
    "move": frozenset({202, 404, 409}),
    "reject": frozenset({202, 404, 409}),
    "show": frozenset({200, 404}),
}
"""How each request may be answered: nobody meets a fault, whoever else is at work."""


@dataclass
class Crowd:
    """The people, what they did, and what was seen of it."""

    server: StorageServer
    dashboard: Dashboard
    seed: int
    token: str
    targets: list[str] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    looks: list[tuple[int, list[dict[str, Any]]]] = field(default_factory=list)
    """What the list of packages showed, and the position from before it was read."""
    _created: set[str] = field(default_factory=set)

    async def work(self, seconds: float) -> History:
        """Work for so long, let what was begun come to its end, and return what a watcher saw."""
        for uuid in PACKAGES[: -len(LOST)]:
            self.dashboard.put(uuid, uuid.encode())
        self.targets = [INTERNAL, *[await self.dashboard.create_location() for _ in range(2)]]
        history = History()
        async with self.dashboard.watch("*") as watching:
            history.begin((await watching.frame()).position)
            told = asyncio.create_task(_told(watching, history))
            end = time.monotonic() + seconds
            people = [self._person(Random(f"{self.seed} {n}"), end) for n in range(PEOPLE)]
            await asyncio.gather(*people, self._look(end))
            await self._settled()
            # Something to know the end by: everything before it has been told then.
            await self.dashboard.create_location()
            await asyncio.wait_for(told, SETTLED_SECONDS)
        return history

    async def _person(self, random: Random, end: float) -> None:
        while time.monotonic() < end:
            uuid = random.choice(PACKAGES)
            # Several may find a package missing at once, and some go on as if it were there.
            weights = (5, 75, 2, 18) if uuid in self._created else (90, 5, 2, 3)
            [action] = random.choices(self._actions, weights)
            answer = await action(random, uuid)
            name = action.__name__.removeprefix("_")
            self.answers[name, answer.status_code] += 1
            assert answer.status_code in EXPECTED[name], f"{name}: {answer.text}"

    @property
    def _actions(self) -> Sequence[Callable[[Random, str], Awaitable[httpx2.Response]]]:
        return (self._create, self._move, self._reject, self._show)

    async def _create(self, random: Random, uuid: str) -> httpx2.Response:
        status = random.choice(("stored", "pending", "unspecified", "queued"))
        body = {"uuid": uuid, "name": uuid, "object_key": uuid, "status": status}
        answer = await self._ask("POST", "", body)
        self._created.add(uuid)
        return answer

    async def _move(self, random: Random, uuid: str) -> httpx2.Response:
        body = {"location_uuid": random.choice(self.targets)}
        return await self._ask("POST", f"/{uuid}/store", body)

    async def _reject(self, _random: Random, uuid: str) -> httpx2.Response:
        return await self._ask("POST", f"/{uuid}/reject")

    async def _show(self, _random: Random, uuid: str) -> httpx2.Response:
        return await self._ask("GET", f"/{uuid}")

    async def _ask(self, method: str, path: str, body: object = None) -> httpx2.Response:
        return await self.dashboard.ask(method, f"/storage/aips{path}", body, token=self.token)

    async def _look(self, end: float) -> None:
        while time.monotonic() < end:
            await self._look_once()

    async def _look_once(self) -> list[dict[str, Any]]:
        answer = await self._ask("GET", "?limit=-1")
        position = int(answer.headers["event-position"].partition("-")[2])
        items: list[dict[str, Any]] = answer.json()["items"]
        self.looks.append((position, items))
        return items

    async def _settled(self) -> None:
        """Wait until nothing is moved any more."""
        async with asyncio.timeout(SETTLED_SECONDS):
            while True:
                statuses = {item["status"] for item in await self._look_once()}
                if "processing" not in statuses:
                    return
                await asyncio.sleep(0.05)


async def _told(watching: Watching, history: History) -> None:
    """Take in all that is told, up to the location that is added last."""
    while (frame := await watching.frame(SETTLED_SECONDS)).tag != "location_created_event":
        history.take(frame)
