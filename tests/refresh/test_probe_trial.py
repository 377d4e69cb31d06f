"""Probes that are tried without a recorded refresh."""

import asyncio

import pytest

from pawtui.refresh.refresh_run import try_probes
from pawtui.tracker.probe_types import PathsProbe
from tests.refresh.pair import NOW, TRACKER, Pair
from tests.support.fixtures import OpenSource


async def test_cancelling_a_trial_leaves_no_task(pair: Pair, open_source: OpenSource) -> None:
    pause = pair.fake.pause("/commits/heads", times=None)
    probes = [PathsProbe(exist=("src/runner",))]
    async with open_source() as source:
        before = asyncio.all_tasks()
        work = asyncio.create_task(try_probes(TRACKER, source, probes, now=NOW, web="https://github.com"))
        await asyncio.to_thread(pause.arrived.wait, 10)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        # The source ends its own tasks when it is closed.
        assert not [task for task in asyncio.all_tasks() - before if "/pawtui/sources/" not in repr(task)]
        pause.released.set()
    assert asyncio.all_tasks() <= before
