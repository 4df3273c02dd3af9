"""The bakery: what its design promises, each method in a few lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bakery_api.bakery import errors
from bakery_api.bakery.events import BakeryEvent, BreadBaked, OrderPlaced, OrderReady
from bakery_api.bakery.models import (
    BakeBread,
    Bread,
    BreadLabel,
    Crust,
    NoBread,
    Order,
    Orders,
    OrderStatus,
    Page,
    PlaceOrder,
)
from bakery_api.bakery.service import BakeryService
from runtime.auth.claims import Caller
from runtime.database.engine import Database
from runtime.database.types import UTCDateTime
from runtime.download import Download
from runtime.events.transaction import Transactions
from runtime.monitor.monitor import Monitor
from runtime.monitor.sight import Selection
from runtime.monitor.watcher import Watcher


class Row(DeclarativeBase):
    """A row of the bakery's database."""


class BreadRow(Row):
    __tablename__ = "bread"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[str]
    crust: Mapped[Crust]
    filling: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    recipe: Mapped[str]
    baked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OrderRow(Row):
    __tablename__ = "bread_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    bread_uuid: Mapped[UUID]
    pieces: Mapped[int]
    note: Mapped[str | None]
    collect_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    status: Mapped[OrderStatus]


@dataclass(frozen=True)
class Bakery(BakeryService):
    """Breads, orders, and a window on both."""

    database: Database
    transactions: Transactions[BakeryEvent]
    monitor: Monitor

    async def hours(self, caller: Caller) -> dict[str, str]:
        return {"Monday to Saturday": "6 to 18", "Sunday": "7 to 11"}

    async def list_breads(self, caller: Caller, *, crust: Crust | None = None) -> list[BreadLabel]:
        query = select(BreadRow).order_by(BreadRow.id)
        if crust is not None:
            query = query.where(BreadRow.crust == crust)
        async with self.database.read() as session:
            return [label(row) for row in await session.scalars(query)]

    async def bake_bread(self, caller: Caller, body: BakeBread) -> Bread:
        async with self.transactions.begin(caller) as transaction:
            row = BreadRow(uuid=uuid4(), baked_at=datetime.now(UTC), **body.model_dump())
            transaction.session.add(row)
            transaction.publish(lambda: BreadBaked(uuid=row.uuid, item=label(row)))
            return bread(row)

    async def show_bread(self, caller: Caller, *, uuid: UUID) -> Bread:
        async with self.database.read() as session:
            return bread(await find_bread(session, uuid))

    async def recipe_request(self, caller: Caller, *, uuid: UUID) -> None:
        async with self.database.read() as session:
            await find_bread(session, uuid)

    async def recipe(self, caller: Caller, *, uuid: UUID) -> Download:
        async with self.database.read() as session:
            row = await find_bread(session, uuid)
        return Download.of(row.recipe.encode(), f"{row.name}.md", "text/markdown")

    async def list_orders(self, caller: Caller, *, limit: int = 20, offset: int = 0) -> Orders:
        query = select(OrderRow).order_by(OrderRow.id).limit(limit).offset(offset)
        async with self.database.read() as session:
            total = await session.scalar(select(func.count()).select_from(OrderRow)) or 0
            items = [order(row) for row in await session.scalars(query)]
        return Orders(items=items, page=Page(limit=limit, offset=offset, total=total))

    async def place_order(self, caller: Caller, body: PlaceOrder) -> Order:
        async with self.transactions.begin(caller) as transaction:
            await find_bread(transaction.session, body.bread_uuid)
            row = OrderRow(uuid=uuid4(), status=OrderStatus.PLACED, **body.model_dump())
            transaction.session.add(row)
            transaction.publish(lambda: OrderPlaced(uuid=row.uuid, item=order(row)))
            return order(row)

    async def window_request(self, caller: Caller) -> None:
        """Let everybody look who is signed in."""

    async def window(self, caller: Caller, selection: Selection) -> Watcher:
        return self.monitor.join(caller.claims, selection)

    async def night_shift(self) -> None:
        """Bake what was ordered."""
        ordered = select(OrderRow).where(OrderRow.status == OrderStatus.PLACED)
        async with self.transactions.begin(Caller.background("night_shift")) as transaction:
            for row in await transaction.session.scalars(ordered.order_by(OrderRow.id)):
                row.status = OrderStatus.READY_TO_COLLECT
                transaction.publish(OrderReady(uuid=row.uuid, item=order(row)))


def label(row: BreadRow) -> BreadLabel:
    return BreadLabel.model_validate(row, from_attributes=True)


def bread(row: BreadRow) -> Bread:
    return Bread.model_validate(row, from_attributes=True)


def order(row: OrderRow) -> Order:
    return Order.model_validate(row, from_attributes=True)


async def find_bread(session: AsyncSession, uuid: UUID) -> BreadRow:
    row = await session.scalar(select(BreadRow).where(BreadRow.uuid == uuid))
    if row is None:
        raise errors.NoBread(NoBread(message="we have no such bread", uuid=uuid))
    return row
