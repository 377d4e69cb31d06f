"""A refresh through the workspace: it is recorded as a whole, in the right order, or not at all."""

import asyncio
import datetime as dt
from pathlib import Path

import msgspec
import pytest

from pawtui.review.gate_actions import set_gate
from pawtui.review.verdict_actions import give_verdict
from pawtui.store.store import Store
from pawtui.tracker.tracker_types import Gate, Tracker
from pawtui.workspace import Workspace
from tests.probes.measuring import refreshed
from tests.refresh.pair import NOW, TRACKER, Pair
from tests.support.fixtures import OpenSource


def workspace(
    pair: Pair, open_source: OpenSource, home: Path, tracker: Tracker = TRACKER, *, now: dt.datetime = NOW
) -> Workspace:
    return Workspace(
        tracker=tracker,
        store=Store(home / "t"),
        user="ann",
        web="https://github.com",
        open_source=open_source,
        clock=lambda: now,
    )


async def test_a_refresh_that_ends_after_a_later_one_is_not_recorded(
    pair: Pair, open_source: OpenSource, tmp_path: Path
) -> None:
    slow, fast = (workspace(pair, open_source, tmp_path, now=NOW + dt.timedelta(minutes=minutes)) for minutes in (0, 1))
    pause = pair.fake.pause("/issues/7")
    began = asyncio.create_task(slow.refresh(lambda _step: None))
    await asyncio.to_thread(pause.arrived.wait, 10)
    pair.up.git.commit({"src/runner/a": "3"}, at="2026-11-21", message="feat!: break")
    later = (await fast.refresh(lambda _step: None)).refresh
    pause.released.set()
    outcome = await began
    assert outcome.refresh is None
    assert outcome.message == (
        "Not recorded: another refresh began later, at 2026-11-22 09:01 UTC, and is recorded already."
    )
    assert slow.store.load().refreshes == (later,)
    # The clock was set back since: that is not a reason.
    assert (await slow.refresh(lambda _step: None, force=True)).refresh == slow.store.load().last


async def test_a_backfill_measures_a_date_with_missing_facts_again(
    pair: Pair, open_source: OpenSource, tmp_path: Path
) -> None:
    at = workspace(pair, open_source, tmp_path)
    moments = [dt.datetime(2026, 11, day, tzinfo=dt.UTC) for day in (17, 19)]
    pair.fake.fail(f"/git/trees/{pair.up.git.sha('main')}", 502, times=None)
    outcome = await at.backfill(moments, lambda _step: None)
    assert [missing.date for missing in outcome.incomplete] == [moment.date() for moment in moments]
    assert outcome.message == "Recorded 2 past days, 2 of them with missing facts."
    pair.fake.clear()
    outcome = await at.backfill(moments, lambda _step: None)
    assert (outcome.message, len(outcome.measured)) == ("Recorded 2 past days.", 2)
    assert (await at.backfill(moments, lambda _step: None)).skipped == 2


async def test_the_workspace_records_the_decision(pair: Pair, open_source: OpenSource, tmp_path: Path) -> None:
    tracker = msgspec.structs.replace(TRACKER, gates=(Gate(id="value", title="There is value"),))
    at = workspace(pair, open_source, tmp_path, tracker)
    pin = f"down/stream@{pair.down.git.sha('main')}:src/session/a"
    at.record_change(lambda context: set_gate(context, "value", "satisfied", pins=[pin]))
    await at.refresh(lambda _step: None)
    overview = at.overview()
    assert overview.last is not None
    assert (overview.last.decision, overview.decision) == ("go", "go")
    assert overview.last.id == at.store.load().refreshes[-1].id
    pair.up.issue(1, state="open")
    at.record_change(lambda context: give_verdict(context, "claims", "unmet", reason="not yet"))
    await at.refresh(lambda _step: None, force=True)
    assert [found.decision for found in at.store.load().refreshes] == ["go", "hold"]


@pytest.mark.parametrize("match", ["/commits/heads", "/git/matching-refs/", "/git/trees/", "/issues"])
async def test_cancelling_leaves_no_task_and_no_change(
    pair: Pair, open_source: OpenSource, tmp_path: Path, match: str
) -> None:
    at = workspace(pair, open_source, tmp_path)
    await at.refresh(lambda _step: None)
    before = at.store.path.read_bytes()
    pair.up.git.commit({"src/runner/a": "3"}, at="2026-11-21")
    pause = pair.fake.pause(match, times=None)
    work = asyncio.create_task(at.refresh(lambda _step: None, force=True))
    await asyncio.to_thread(pause.arrived.wait, 10)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    pause.released.set()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert at.store.path.read_bytes() == before


async def test_cancelling_leaves_no_task_while_the_source_is_open(pair: Pair, open_source: OpenSource) -> None:
    pause = pair.fake.pause("/commits/heads", times=None)
    async with open_source() as source:
        before = asyncio.all_tasks()
        work = asyncio.create_task(refreshed(TRACKER, source, at=NOW))
        await asyncio.to_thread(pause.arrived.wait, 10)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        # The source ends its own tasks when it is closed.
        assert not [task for task in asyncio.all_tasks() - before if "/pawtui/sources/" not in repr(task)]
        pause.released.set()
