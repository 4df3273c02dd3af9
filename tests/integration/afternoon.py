"""An afternoon in the archive: all kinds of events, watched by people with different rights.

What must be seen is in `afternoon.jsonl`, a frame a line, in order (contract, monitor.md section 4
as the architecture changes it).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Final
from uuid import UUID, uuid4

from generated.storage.events import StorageEvent
from generated.storage.models import DeletionRequestStatus
from runtime.auth.claims import Caller, Claims
from runtime.events.transaction import Transactions
from service.storage.deletion import create_deletion_request, update_deletion_request
from tests.integration.dashboard import Dashboard, Frame
from tests.integration.inside import inside
from tests.servers.storage_service import StorageServer

TEMPLATES: Final = (
    Path(__file__).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
)
TAGS: Final = [Frame(template).tag for template in TEMPLATES]

ARCHIVIST: Final = Claims(issuer="https://id.test", subject="1", email="archivist@archive.test")
CURATOR: Final = Claims(issuer="https://id.test", subject="2", name="Curator")

Rights = tuple[str, ...]


@dataclass(frozen=True)
class Afternoon:
    """What was seen, and what is known from elsewhere."""

    hellos: dict[Rights, Frame]
    seen: dict[Rights, list[Frame]]
    """By what the watcher's token allowed."""
    logged: list[tuple[int, str, bytes]]
    """Position, tag and payload, from the table."""
    facts: dict[str, str]
    shown: dict[str, Any]
    """What REST answers in the end, parsed."""

    def frame(self, number: int) -> str:
        """The text of one frame, as it must be."""
        hello = next(iter(self.hellos.values()))
        id = f"{hello.epoch}-{hello.position + number + 1}"
        return Template(TEMPLATES[number]).substitute(self.facts, id=id)


async def spend_an_afternoon(server: StorageServer, watchers: Iterable[Rights]) -> Afternoon:
    async with AsyncExitStack() as stack:
        dashboard = await stack.enter_async_context(Dashboard(server))
        watching = {
            rights: await stack.enter_async_context(dashboard.watch(*rights)) for rights in watchers
        }
        hellos = {rights: await each.frame() for rights, each in watching.items()}
        location = await _locations(dashboard)
        aip = await _packages(dashboard, location)
        async with inside(server) as transactions:
            request = await _deletions(transactions, UUID(aip))
        seen = {rights: await each.until(TAGS[-1]) for rights, each in watching.items()}
        shown = {
            "location": await _get(dashboard, f"/storage/locations/{location}"),
            "aip": await _get(dashboard, f"/storage/aips/{aip}"),
            "workflows": await _get(dashboard, f"/storage/aips/{aip}/workflows"),
        }
    after = min(hello.position for hello in hellos.values())
    return Afternoon(hellos, seen, _logged(server, after), _facts(shown) | request, shown)


async def _locations(dashboard: Dashboard) -> str:
    location = await dashboard.create_location("shelf")
    change = {"name": "attic", "description": "dry"}
    await dashboard.ask("PATCH", f"/storage/locations/{location}", change)
    return location


async def _packages(dashboard: Dashboard, location: str) -> str:
    aip = await dashboard.create_aip("letters")
    dashboard.put(aip, b"the bytes of the letters")
    async with dashboard.watch("storage:aips:workflows:list") as archivist:
        await dashboard.ask("POST", f"/storage/aips/{aip}/store", {"location_uuid": location})
        await archivist.until("aip_workflow_updated_event")
    await dashboard.ask("POST", f"/storage/aips/{aip}/reject")
    return aip


async def _deletions(transactions: Transactions[StorageEvent], aip: UUID) -> dict[str, str]:
    request = uuid4()
    async with transactions.begin(Caller(ARCHIVIST, "request_aip_deletion")) as transaction:
        await create_deletion_request(
            transaction, uuid=request, aip_uuid=aip, requester=ARCHIVIST, reason="a duplicate"
        )
    async with transactions.begin(Caller(CURATOR, "review_aip_deletion")) as transaction:
        row = await update_deletion_request(
            transaction, request, status=DeletionRequestStatus.REJECTED, reviewer=CURATOR
        )
        # An event that cannot be built is replaced by a reset.
        transaction.publish(_broken)
    assert row.reviewed_at is not None
    return {
        "request": str(request),
        "requested": f"{row.requested_at:%Y-%m-%dT%H:%M:%SZ}",
        "reviewed": f"{row.reviewed_at:%Y-%m-%dT%H:%M:%SZ}",
    }


def _broken() -> StorageEvent:
    raise RuntimeError("a fault of ours, on purpose")


async def _get(dashboard: Dashboard, path: str) -> Any:
    answer = await dashboard.ask("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _facts(shown: dict[str, Any]) -> dict[str, str]:
    location, aip = shown["location"], shown["aip"]
    [workflow] = shown["workflows"]["workflows"]
    copy, delete = workflow["tasks"]
    return {
        "location": location["uuid"],
        "added": location["created_at"],
        "aip": aip["uuid"],
        "key": aip["object_key"],
        "registered": aip["created_at"],
        "workflow": workflow["uuid"],
        "begun": workflow["started_at"],
        "ended": workflow["completed_at"],
        "copy": copy["uuid"],
        "copy_begun": copy["started_at"],
        "copy_ended": copy["completed_at"],
        "delete": delete["uuid"],
        "delete_begun": delete["started_at"],
        "delete_ended": delete["completed_at"],
    }


def _logged(server: StorageServer, after: int) -> list[tuple[int, str, bytes]]:
    query = "SELECT position, tag, payload FROM event WHERE position > ? ORDER BY position"
    with closing(sqlite3.connect(server.folder / "storage.db")) as database:
        return database.execute(query, (after,)).fetchall()
