"""A running service on a database of its own, in which the rows of the table are carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx2
import pytest

from generated.storage.models import AIPStatus
from runtime.auth.development import DevelopmentTokens
from service.about import Installation
from service.storage.service import Storage
from tests.unit.service.operations.document import EVENT_STREAM, OPERATIONS, Operation, twin
from tests.unit.service.operations.row import ANYTHING, SHELF, Names, Row, Step

BEGINNING_WORK: Final = frozenset(
    {"move_aip", "aip_deletion_auto", "review_aip_deletion", "cancel_aip_deletion"}
)


class Fault(Exception):
    """Something that nobody thought of."""


async def fail(*_: object, **__: object) -> None:
    raise Fault


async def succeed(*_: object, **__: object) -> None:
    pass


@dataclass(frozen=True)
class Archive:
    """The service, and what it takes to ask it something."""

    http: httpx2.AsyncClient
    tokens: DevelopmentTokens
    folder: Path
    shelf: str = ""
    """A location that any row may move its package to."""

    async def carry_out(self, row: Row, patch: pytest.MonkeyPatch) -> httpx2.Response:
        """Prepare what a row needs, and send its request."""
        operation = OPERATIONS[row.operation]
        names = await self._names(row)
        for step in row.before:
            await self._do(step, names)
        headers = await self._credential(row, operation, names, patch)
        for step in row.meanwhile:
            await self._do(step, names)
        if row.fault:
            patch.setattr(_owner(operation), operation.name, fail)
        answer = await self._ask(
            operation,
            names,
            headers=headers | {"content-type": row.media_type, **row.headers},
            json=row.body(names) if callable(row.body) else row.body,
            content=row.raw,
            params=dict(row.query),
        )
        if answer.is_success:
            await self._settled(operation, names)
        return answer

    async def _names(self, row: Row) -> Names:
        if row.about == SHELF:
            uuid = await self.new_location()
        elif row.about in set(AIPStatus):
            uuid = await self._new_package(row.about)
            if row.content is not None:
                file = self.folder / "internal" / "aips" / uuid
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(row.content)
        else:
            uuid = row.about
        return Names(uuid=uuid, shelf=self.shelf)

    async def new_location(self) -> str:
        """Add a location, and return its UUID."""
        config = {"type": "url", "value": {"url": (self.folder / "locations/shelf").as_uri()}}
        body = {"name": "x", "source": "filesystem", "purpose": "aip_store", "config": config}
        answer = await self._ask(OPERATIONS["create_location"], None, self._token("*"), json=body)
        assert answer.is_success, answer.text
        uuid: str = answer.json()["uuid"]
        return uuid

    async def _new_package(self, status: str) -> str:
        body = {"uuid": str(uuid4()), "object_key": str(uuid4()), "name": "x", "status": status}
        answer = await self._ask(OPERATIONS["create_aip"], None, self._token("*"), json=body)
        assert answer.is_success, answer.text
        uuid: str = answer.json()["uuid"]
        return uuid

    async def _do(self, step: Step, names: Names) -> None:
        body = step.body(names) if callable(step.body) else step.body
        headers = self._token(*ANYTHING, by=step.by)
        answer = await self._ask(OPERATIONS[step.operation], names, headers, json=body)
        assert answer.is_success, f"{step}: {answer.text}"
        await self._settled(OPERATIONS[step.operation], names)

    async def _settled(self, operation: Operation, names: Names) -> None:
        """Wait for the end of the work that was begun: the next row begins in peace."""
        while operation.name in BEGINNING_WORK:
            package = await self._ask(OPERATIONS["show_aip"], names, self._token(*ANYTHING))
            listed = await self._ask(
                OPERATIONS["list_aip_workflows"], names, self._token(*ANYTHING)
            )
            workflows = listed.json().get("workflows", [])
            working = any(each["status"] == "in progress" for each in workflows)
            if package.json()["status"] != "processing" and not working:
                return
            await asyncio.sleep(0.01)

    async def _credential(
        self, row: Row, operation: Operation, names: Names, patch: pytest.MonkeyPatch
    ) -> dict[str, str]:
        if row.may is None:
            return {}
        headers = self._token(*row.may, by=row.by)
        if operation.ticket is None:
            return headers
        issuing = twin(operation)
        with patch.context() as anyway:
            if row.ticket_anyway:
                anyway.setattr(Storage, issuing.name, succeed)
            answer = await self._ask(issuing, names, headers)
        made_up = f"{operation.ticket}=made-up"
        return {"cookie": answer.headers.get("set-cookie", made_up).partition(";")[0]}

    def _token(self, *attributes: str, by: str = "the caller") -> dict[str, str]:
        token = self.tokens.mint(subject=by, attributes=attributes, email=f"{by}@archive.test")
        return {"authorization": f"Bearer {token}"}

    async def _ask(
        self, operation: Operation, names: Names | None, headers: dict[str, str], **request: Any
    ) -> httpx2.Response:
        path = operation.path.format(uuid="" if names is None else names.uuid)
        stream: Callable[..., Any] = self.http.stream
        async with stream(operation.method, path, headers=headers, **request) as answer:
            if not answer.headers.get("content-type", "").startswith(EVENT_STREAM):
                await answer.aread()
        found: httpx2.Response = answer
        return found


def _owner(operation: Operation) -> type:
    return Installation if operation.path == "/about" else Storage
