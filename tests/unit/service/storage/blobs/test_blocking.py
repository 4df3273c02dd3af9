from __future__ import annotations

import asyncio
import threading
import time

import pytest

from service.storage.blobs.blocking import blocking


async def test_the_result_comes_back_from_another_thread() -> None:
    assert await blocking(threading.get_ident) != threading.get_ident()


async def test_an_error_comes_back() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await blocking(int, "x")


async def test_a_cancelled_caller_waits_for_the_thread() -> None:
    done = False

    def work() -> None:
        nonlocal done
        time.sleep(0.1)
        done = True

    task = asyncio.create_task(blocking(work))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert done
