"""One of the people at work, and what they do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Final

import httpx2

from tests.integration.crowd.place import Place, content

LIKES: Final[Mapping[str, Mapping[str, int]]] = {
    "": {"create": 300, "move": 5, "show": 3},
    "unspecified": {"move": 40, "show": 5, "ticket": 2},
    "stored": {"move": 30, "request": 25, "ticket": 25, "show": 5, "delete": 1},
    "pending": {
        "approve": 6,
        "disapprove": 15,
        "cancel": 15,
        "check": 5,
        "ticket": 20,
        "move": 15,
        "show": 5,
    },
    "processing": {"show": 3, "ticket": 5, "move": 3, "cancel": 1},
    "deleted": {"show": 3, "ticket": 8, "move": 3, "reject": 3},
    "queued": {"show": 4, "reject": 1},
}
"""What people do with a package, by the status they believe it to be in; everything else, which is
refused or final, they do a little of too."""
STATUSES: Final = (*["stored"] * 6, "pending", "unspecified", "queued")
"""In which packages are registered, some more often than others."""
AIPS: Final = "/storage/aips"
PAUSE_SECONDS: Final = 0.1
"""How long somebody thinks at most: the work that they cause needs its turn, too."""
OWN: Final = 0.3
"""How often somebody goes on with what they asked for last."""
REPLACED: Final = 0.4
"""How often somebody puts a new package in the place of one that they see is deleted."""


class Person:
    """Somebody with a name, who asks one thing after the other."""

    def __init__(self, place: Place, name: str, token: str, random: Random) -> None:
        self.name = name
        self._place = place
        self._token = token
        self._random = random
        self._asked_for = ""
        self._actions: Mapping[str, Callable[[str], Awaitable[None]]] = {
            "create": self._create,
            "show": self._show,
            "move": self._move,
            "reject": self._reject,
            "request": self._request,
            "delete": self._delete,
            "approve": self._approve,
            "disapprove": self._disapprove,
            "cancel": self._cancel,
            "check": self._check,
            "ticket": self._download,
        }

    async def work(self, end: float, latest: float) -> None:
        """Work until one moment, or another if there is something that nobody has tried yet."""
        while time.monotonic() < (latest if self._place.untried else end):
            await asyncio.sleep(self._random.uniform(0, PAUSE_SECONDS))
            uuid = self._choose()
            likes = LIKES[self._place.believed(uuid)]
            weights = [1 + likes.get(name, 0) for name in self._actions]
            [name] = self._random.choices(list(self._actions), weights)
            await self._actions[name](uuid)

    async def download(self, *packages: str) -> None:
        """Try to download these packages."""
        for uuid in packages:
            await self._download(uuid)

    def _choose(self) -> str:
        place = self._place
        if self._asked_for in place.packages and self._random.random() < OWN:
            return self._asked_for
        number = self._look_about()
        if place.believed(place.packages[number]) == "processing":
            # Rather one that lies still; one look, so that not all wait for the same.
            number = self._look_about()
        if place.believed(place.packages[number]) == "deleted" and self._random.random() < REPLACED:
            place.replace(number)
        return place.packages[number]

    def _look_about(self) -> int:
        """Choose a place, the first ones more often than the last, so that people meet there."""
        return int(len(self._place.packages) * self._random.random() ** 1.5)

    async def _create(self, uuid: str) -> None:
        status = self._random.choice(STATUSES)
        body = {"uuid": uuid, "name": uuid, "object_key": uuid, "status": status}
        await self._ask("create", uuid, "POST", AIPS, body)

    async def _show(self, uuid: str) -> None:
        await self._ask("show", uuid, "GET", f"{AIPS}/{uuid}")

    async def _move(self, uuid: str) -> None:
        target = self._random.choice(self._place.targets)
        await self._post("move", uuid, "store", {"location_uuid": target})

    async def _reject(self, uuid: str) -> None:
        await self._post("reject", uuid, "reject")

    async def _request(self, uuid: str) -> None:
        answer = await self._post("request", uuid, "deletion-request", {"reason": "Twice"})
        if answer.status_code == 202:
            self._asked_for = uuid

    async def _delete(self, uuid: str) -> None:
        body = {"reason": "Canceled", "skip_report": self._random.random() < 0.5}
        await self._post("delete", uuid, "deletion-auto", body)

    async def _approve(self, uuid: str) -> None:
        await self._post("approve", uuid, "deletion-review", {"approved": True})

    async def _disapprove(self, uuid: str) -> None:
        await self._post("disapprove", uuid, "deletion-review", {"approved": False})

    async def _cancel(self, uuid: str) -> None:
        await self._post("cancel", uuid, "deletion-cancel", {})

    async def _check(self, uuid: str) -> None:
        await self._post("check", uuid, "deletion-cancel", {"check": True})

    async def _download(self, uuid: str) -> None:
        answer = await self._post("ticket", uuid, "download")
        if answer.status_code == 200:
            cookie = answer.headers["set-cookie"].partition(";")[0]
            since = self._place.history.position
            got = await self._place.dashboard.fetch(f"{AIPS}/{uuid}/download", cookie)
            await self._place.note("download", uuid, self.name, since, got)
            assert got.status_code != 200 or got.content == content(uuid)

    async def _post(
        self, operation: str, uuid: str, path: str, body: object = None
    ) -> httpx2.Response:
        return await self._ask(operation, uuid, "POST", f"{AIPS}/{uuid}/{path}", body)

    async def _ask(
        self, operation: str, uuid: str, method: str, path: str, body: object = None
    ) -> httpx2.Response:
        since = self._place.history.position
        answer = await self._place.dashboard.ask(method, path, body, token=self._token)
        await self._place.note(operation, uuid, self.name, since, answer)
        return answer
