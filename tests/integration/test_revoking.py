"""An operator takes somebody's right back, while the service serves."""

from __future__ import annotations

import asyncio
import subprocess
import time
from contextlib import aclosing
from pathlib import Path

from tests.integration.conftest import errors
from tests.integration.dashboard import Dashboard
from tests.integration.test_resuming import by_sse, next_frames
from tests.servers.storage_service import StorageServer, command, environment

KNOWN_SECONDS = 5.0
"""A promise: after so long no process serves a token that was revoked."""


async def run(server: StorageServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        command(*arguments),
        env=environment(server.folder),
        cwd=server.folder,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_what_is_revoked_is_good_nowhere_within_five_seconds_and_undone_is_good_again(
    tmp_path: Path,
) -> None:
    with StorageServer(tmp_path) as server:
        theirs, mine = server.token("*"), server.token("*", subject="somebody else")
        async with Dashboard(server) as dashboard, dashboard.watch("*") as watching:
            async with aclosing(by_sse(server)) as stream:
                await next_frames(stream, 1)
                await watching.frame()
                told = await run(server, "revoke", "--subject", "tester")
                began = time.monotonic()
                assert told.returncode == 0, told.stderr
                assert told.stdout.startswith("tokens of tester of the issuer development issued")
                assert await watching.closed() == (4001, "revoked: authenticate again")
                # A heartbeat may come before the end, and nothing after it.
                rest = [frame.tag async for frame in stream]
                assert set(rest) <= {"storage_ping_event"}
                assert time.monotonic() - began < KNOWN_SECONDS

            for method, path in (("GET", "/storage/aips"), ("POST", "/storage/monitor")):
                assert (await dashboard.ask(method, path, token=theirs)).status_code == 401
                assert (await dashboard.ask(method, path, token=mine)).status_code == 200
            assert (await run(server, "revocations")).stdout.count("tester") == 1
            # A new token, of a later second, is good.
            await asyncio.sleep(1)
            assert (await dashboard.ask("GET", "/storage/aips")).status_code == 200

            assert (await run(server, "revoke", "--subject", "tester", "--undo")).returncode == 0
            await asyncio.sleep(KNOWN_SECONDS)
            assert (await dashboard.ask("GET", "/storage/aips", token=theirs)).status_code == 200
            assert (await run(server, "revocations")).stdout == ""
            again = await run(server, "revoke", "--subject", "tester", "--undo")
            assert again.returncode == 1
            assert "nothing of 'tester' of the issuer development was revoked" in again.stderr
        assert errors(server.log()) == []
