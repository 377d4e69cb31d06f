"""git commands that are cancelled leave no running process."""

import asyncio
import os

import pytest

from pawtui.sources.git.process import open_git, stop
from tests.support.git_repo import GitRepo


async def test_a_cancelled_start_leaves_no_process(up: GitRepo, caplog: pytest.LogCaptureFixture) -> None:
    git = await open_git(up.path, os.environ, "the clone")
    for turns in range(12):
        reading = asyncio.create_task(git.read("cat-file", "--batch-all-objects", "--batch-check", what="objects"))
        for _ in range(turns):
            await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert not caplog.records


async def test_a_cancelled_stop_waits_for_the_end_of_the_process(up: GitRepo) -> None:
    git = await open_git(up.path, os.environ, "the clone")
    process = await git.start(["cat-file", "--batch"])
    stopping = asyncio.create_task(stop(process))
    await asyncio.sleep(0)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert process.returncode is not None
