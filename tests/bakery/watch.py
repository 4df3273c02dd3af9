"""What happens in the bakery, a line at a time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import assert_never

from bakery_api.bakery.events import (
    BakeryEvent,
    BreadBaked,
    OrderPlaced,
    OrderReady,
    OvenBeat,
    WindowReset,
)
from bakery_api.clients.python.bakery import BakeryClient


async def lines(client: BakeryClient) -> AsyncIterator[str]:
    async with client.window() as events:
        async for event in events:
            yield line(event)


def line(event: BakeryEvent) -> str:
    match event:
        case OvenBeat():
            return event.message
        case WindowReset():
            return f"look at everything again: {event.reason}"
        case BreadBaked():
            return f"{event.item.name} is out of the oven, {event.item.crust}"
        case OrderPlaced():
            return f"{event.item.pieces} pieces ordered"
        case OrderReady():
            return f"{event.item.pieces} pieces are {event.item.status}"
        case _:
            assert_never(event)


async def main(token: str) -> None:
    async with BakeryClient("http://127.0.0.1:8000", token=token) as client:
        async for each in lines(client):
            print(each)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
