"""The posting lock: one poster at a time, a limited wait, and a message for each failure."""

import asyncio
import os
from pathlib import Path

import pytest

from pawtui.store.locks import POSTING_LOCK, posting_lock
from pawtui.store.store_errors import HomeUnusable, RecordBusy


async def test_a_second_poster_waits_until_the_first_has_finished(folder: Path) -> None:
    order: list[str] = []

    async def post(name: str) -> None:
        async with posting_lock(folder):
            order.append(f"{name} starts")
            await asyncio.sleep(0)
            order.append(f"{name} ends")

    await asyncio.gather(post("a"), post("b"))
    assert order == ["a starts", "a ends", "b starts", "b ends"]


async def test_a_wait_that_takes_too_long_raises_an_error(folder: Path) -> None:
    async with posting_lock(folder):
        with pytest.raises(RecordBusy, match="another pawtui has been posting for 0 seconds"):
            async with posting_lock(folder, wait_seconds=0):
                pass


@pytest.fixture
def pipe(folder: Path) -> None:
    """A named pipe in place of the lock file."""
    folder.mkdir(parents=True)
    os.mkfifo(folder / POSTING_LOCK)


@pytest.mark.usefixtures("pipe")
async def test_a_lock_file_that_is_a_pipe_is_refused(folder: Path) -> None:
    with pytest.raises(HomeUnusable, match="it is a named pipe, not a file"):
        async with posting_lock(folder):
            pass
