"""Clients that send and send, though nothing is expected of them: what they cost everybody else.

The service is a process of its own, and its memory is what the system says.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from tests.integration.conftest import errors
from tests.integration.dashboard import Dashboard
from tests.integration.memory import MIB, memory
from tests.integration.readers import READERS, Reader
from tests.servers.storage_service import StorageServer
from tests.unit.runtime.waiting import until

FLOODING: Final = 4
FLOOD_BYTES: Final = 16 * MIB
"""More than the system keeps between the two."""
CHANGES: Final = 20
DEFLATE: Final = PerMessageDeflate(
    remote_no_context_takeover=False,
    local_no_context_takeover=True,
    remote_max_window_bits=15,
    local_max_window_bits=15,
)
BEGUN: Final = Frame(Opcode.TEXT, b"", fin=False).serialize(mask=True)
SENT: Final = {
    # Twenty bytes, which become 4 KiB.
    "compressed": Frame(Opcode.TEXT, b"x" * 4096).serialize(mask=True, extensions=[DEFLATE]),
    "small": Frame(Opcode.TEXT, b"x").serialize(mask=True),
    "a message without end": Frame(Opcode.CONT, b"", fin=False).serialize(mask=True),
    "pings": Frame(Opcode.PING, b"").serialize(mask=True),
}


async def flood(server: StorageServer, number: int, what: str) -> Reader:
    """Watch, and send much at once."""
    reader = await READERS["websocket"].open(
        server.url,
        server.token("*", subject=f"flooding {number}"),
        headers={"Sec-WebSocket-Extensions": "permessage-deflate"},
    )
    if what == "a message without end":
        reader.transport.write(BEGUN)
    reader.transport.write(SENT[what] * (FLOOD_BYTES // len(SENT[what])))
    return reader


@pytest.mark.parametrize("what", SENT)
async def test_clients_that_flood_the_service_cost_little_and_keep_nobody_waiting(
    tmp_path: Path, what: str
) -> None:
    with StorageServer(tmp_path) as server:
        async with (
            AsyncExitStack() as stack,
            Dashboard(server) as dashboard,
            dashboard.watch("*") as watching,
            memory(server) as sizes,
        ):
            flooding = [await flood(server, number, what) for number in range(FLOODING)]
            for reader in flooding:
                stack.push_async_callback(reader.leave)
            for number in range(CHANGES):
                await dashboard.create_location(f"shelf {number}")
            await watching.until("location_created_event", name=f"shelf {CHANGES - 1}")
            # All of this while they still have something to send.
            assert all(reader.transport.get_write_buffer_size() for reader in flooding)
            assert max(sizes) - sizes[0] < 16 * MIB
            await until(lambda: server.log().count("monitor.flooded") == FLOODING)
        assert errors(server.log()) == []
