"""Operations beside the same routes as one writes them by hand in plain FastAPI.

Both applications are called in this process, without a socket between, by a few callers at a time;
they have the same driver, pools, isolation and token check, and each a database of its own.  A write
of the plain routes adds a row to a table of events, as ours does, but nobody promises its order.
Rounds alternate.

How to read it: requests a second of ours and of the plain routes, and the median of the rounds'
ratios; above 1 ours are faster.

Run: ``python -m bench.plain_routes --engines sqlite postgresql --rounds 5``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

import structlog
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, SecretStr
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from bench.counter_row import ENGINES, database
from generated.storage.models import AIPStatus, DeletionRequestStatus
from runtime.auth.development import DevelopmentTokens
from runtime.database.engine import Database
from runtime.database.migrate import create_tables, migrate
from service.app import running
from service.migrations.schema import SCHEMA, SCRIPTS
from service.settings import DatabaseSettings, Settings
from service.storage.rows import AIPRow, DeletionRequestRow
from service.tokens import token_keys
from tests.many_packages import fill, uuid_of

SECONDS: Final = 2.0
CALLERS: Final = 8
PACKAGES: Final = 20_000

BEARER: Final = HTTPBearer()

PLAIN: Final = MetaData()
PLAIN_EVENT: Final = Table(
    "plain_event",
    PLAIN,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("type", String(128), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
)


OPEN_REQUEST: Final = select(DeletionRequestRow).where(
    DeletionRequestRow.status == DeletionRequestStatus.PENDING
)


class PlainAIP(BaseModel):
    name: str
    uuid: UUID
    status: AIPStatus
    object_key: UUID
    location_uuid: UUID | None = None
    created_at: datetime

    model_config = {"from_attributes": True}


class PlainPage(BaseModel):
    limit: int
    offset: int
    total: int


class PlainAIPs(BaseModel):
    items: list[PlainAIP]
    page: PlainPage


class PlainCreate(BaseModel):
    uuid: UUID
    name: str
    object_key: UUID
    status: AIPStatus = AIPStatus.UNSPECIFIED


def plain(database: Database, tokens: DevelopmentTokens) -> FastAPI:
    """The routes, written by hand."""
    app = FastAPI()

    def allowed(attribute: str) -> Any:
        async def check(
            credentials: Annotated[HTTPAuthorizationCredentials, Depends(BEARER)],
        ) -> None:
            claims = await tokens.verify(credentials.credentials)
            if not claims.attributes.grant(attribute):
                raise HTTPException(403)

        return Depends(check)

    @app.get(
        "/storage/aips",
        response_model=PlainAIPs,
        response_model_exclude_none=True,
        dependencies=[allowed("storage:aips:list")],
    )
    async def list_aips(
        status: AIPStatus | None = None, limit: int = 20, offset: int = 0
    ) -> PlainAIPs:
        conditions = [] if status is None else [AIPRow.status == status]
        async with database.read() as session:
            query = select(AIPRow).where(*conditions).order_by(AIPRow.id.desc())
            rows = await session.scalars(query.limit(limit).offset(offset))
            items = [PlainAIP.model_validate(row) for row in rows]
            total = await session.scalar(select(func.count(AIPRow.id)).where(*conditions))
        return PlainAIPs(items=items, page=PlainPage(limit=limit, offset=offset, total=total or 0))

    @app.get(
        "/storage/aips/{uuid}",
        response_model=PlainAIP,
        response_model_exclude_none=True,
        dependencies=[allowed("storage:aips:read")],
    )
    async def show_aip(uuid: UUID) -> AIPRow:
        async with database.read() as session:
            row = await session.scalar(select(AIPRow).where(AIPRow.uuid == uuid))
        if row is None:
            raise HTTPException(404)
        return row

    @app.post(
        "/storage/aips",
        response_model=PlainAIP,
        response_model_exclude_none=True,
        dependencies=[allowed("storage:aips:create")],
    )
    async def create_aip(body: PlainCreate) -> PlainAIP:
        writing = await database.begin_write()
        try:
            row = AIPRow(**body.model_dump(), created_at=datetime.now(UTC))
            writing.session.add(row)
            await writing.session.flush()
            item = PlainAIP.model_validate(row)
            await tell(writing.session, "aip_created_event", item)
            await writing.commit()
        except IntegrityError as error:
            raise HTTPException(400) from error
        finally:
            await writing.end()
        return item

    @app.post(
        "/storage/aips/{uuid}/reject",
        status_code=202,
        dependencies=[allowed("storage:aips:review")],
    )
    async def reject_aip(uuid: UUID) -> None:
        writing = await database.begin_write()
        try:
            query = select(AIPRow).where(AIPRow.uuid == uuid).with_for_update()
            row = await writing.session.scalar(query)
            if row is None:
                raise HTTPException(404)
            if await writing.session.scalar(
                OPEN_REQUEST.where(DeletionRequestRow.aip_uuid == uuid)
            ):
                raise HTTPException(409)
            row.status = AIPStatus.DELETED
            await tell(writing.session, "aip_updated_event", PlainAIP.model_validate(row))
            await writing.commit()
        finally:
            await writing.end()

    return app


async def tell(session: Any, type: str, item: PlainAIP) -> None:
    payload = {"uuid": str(item.uuid), "item": item.model_dump(mode="json", exclude_none=True)}
    now = datetime.now(UTC).replace(tzinfo=None)
    await session.execute(insert(PLAIN_EVENT).values(type=type, payload=payload, recorded_at=now))


def requests() -> dict[str, Iterator[tuple[str, str, bytes]]]:
    """Method, path and body of each request, one after the other; no write is repeated."""

    def creations() -> Iterator[tuple[str, str, bytes]]:
        while True:
            names = {"uuid": str(uuid4()), "object_key": str(uuid4()), "name": "Parish registers"}
            yield "POST", "/storage/aips", json.dumps(names | {"status": "stored"}).encode()

    rejected = count(1)
    return {
        "show": (("GET", f"/storage/aips/{uuid_of(1 + n % 1000)}", b"") for n in count()),
        "list": (("GET", "/storage/aips?status=pending", b"") for _ in count()),
        "create": creations(),
        "reject": (("POST", f"/storage/aips/{uuid_of(n)}/reject", b"") for n in rejected),
    }


async def ask(app: Any, token: str, method: str, target: str, body: bytes) -> None:
    """Send one request into an application, and see that it is answered well."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (b"host", b"archive.test"),
            (b"authorization", f"Bearer {token}".encode()),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 9000),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] in (200, 202), message

    await app(scope, receive, send)


async def rate(app: Any, token: str, wanted: Iterator[tuple[str, str, bytes]]) -> float:
    """Return requests a second, by a few callers at a time."""
    done, begun = 0, time.perf_counter()

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() < begun + SECONDS:
            await ask(app, token, *next(wanted))
            done += 1

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return done / (time.perf_counter() - begun)


async def compare(ours_url: str, plain_url: str, folder: Path, rounds: int) -> None:
    settings = Settings(data_dir=folder, database=DatabaseSettings(url=SecretStr(ours_url)))
    tokens = token_keys(settings)
    token = tokens.mint(attributes=["*"], ttl=86_400)
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(running(settings))
        opened = await Database.open(plain_url)
        stack.push_async_callback(opened.close)
        apps: dict[str, Any] = {"ours": service.application, "plain": plain(opened, tokens)}
        wanted = {kind: requests() for kind in apps}
        for name in requests():
            found: dict[str, list[float]] = {kind: [] for kind in apps}
            for _ in range(rounds):
                for kind, app in apps.items():
                    found[kind].append(await rate(app, token, wanted[kind][name]))
            ratio = statistics.median(
                one / other for one, other in zip(found["ours"], found["plain"], strict=True)
            )
            ours, other = (statistics.median(found[kind]) for kind in apps)
            print(f"  {name:8} ours {ours:8.0f}   plain {other:8.0f}   ratio {ratio:6.2f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    # A line a request costs ours what the plain routes do not even do.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    print(f"requests a second, {CALLERS} callers, medians of {options.rounds} rounds")
    for engine in options.engines:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            urls = [stack.enter_context(database(engine)) for _ in range(2)]
            for url in urls:
                asyncio.run(migrate(url, SCRIPTS, SCHEMA))
                asyncio.run(create_tables(url, [PLAIN]))
                asyncio.run(fill(url, PACKAGES))
            print(engine)
            asyncio.run(compare(urls[0], urls[1], folder, options.rounds))


if __name__ == "__main__":
    main()
