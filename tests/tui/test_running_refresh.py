"""A running refresh: progress, cancel, failures, and changes by a second process."""

import asyncio
import datetime as dt
import threading
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from pawtui.refresh.outcome import RefreshOutcome
from pawtui.refresh.progress import Progress, ProgressCallback
from pawtui.refresh.refresh_types import Drift
from pawtui.review.actions import ActionContext, Actor
from pawtui.review.gate_actions import set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.overview import Overview
from pawtui.review.record_types import Record
from pawtui.review.verdict_actions import give_verdict
from pawtui.sources.source_errors import RateLimited
from pawtui.sources.waiting import HostWait
from pawtui.store.store import Store
from pawtui.tui.app import PawtuiApp
from tests.tui.support import (
    NOW,
    UP,
    TestWorkspace,
    make_workspace,
    reading,
    record,
    refresh,
    running,
    sha,
    shown,
    step,
    tracker,
    until,
)

PIN = f"{UP}@{sha('a')}:src/a.ts"


class DelayedRefresh:
    """A refresh that reports two steps and then waits for an event."""

    def __init__(self, outcome: RefreshOutcome) -> None:
        self.released = asyncio.Event()
        self.outcome = outcome
        self.runs = 0

    async def __call__(self, report: ProgressCallback) -> RefreshOutcome:
        self.runs += 1
        report(step(1, 9, "both heads resolved"))
        report(step(3, 9, "release measured", reading("released", "met", "v2.3.3 is out")))
        report(step(4, 9, "low churn measured", reading("calm", "met", "2 commits in 28 days")))
        await self.released.wait()
        return self.outcome


@pytest.fixture
def workspace(tmp_path: Path) -> TestWorkspace:
    made = record()
    return make_workspace(tmp_path, Record(refreshes=made.refreshes[:-1]))


async def test_readings_are_shown_as_they_arrive(workspace: TestWorkspace) -> None:
    workspace.script = delayed = DelayedRefresh(RefreshOutcome(refresh=refresh(0), message="Recorded: 229 commits."))
    async with running(workspace, notifications=True) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: "4 of 9" in shown(app))
        assert "measured now  v2.3.3 is out" in shown(app)
        assert "state changed  2 commits in 28 days" in shown(app)
        assert "4 requests, Esc cancels" in shown(app)
        await pilot.press("2", "b", *"why", "enter")
        await until(pilot, lambda: "sessions" in workspace.store.load().gates)
        await pilot.press("r")
        await until(pilot, lambda: "A refresh is running." in shown(app))
        delayed.released.set()
        await until(pilot, lambda: "v2 @ bbbbbbbbbb" in shown(app))
        assert "4 of 9" not in shown(app)
        assert "measured now" not in shown(app)
        assert "state changed" not in shown(app)
    assert delayed.runs == 1
    assert len(workspace.store.load().refreshes) == 4


async def test_progress_is_shown_before_the_first_request(workspace: TestWorkspace) -> None:
    workspace.script = DelayedRefresh(RefreshOutcome(refresh=None, message="Nothing moved."))
    async with running(workspace, size=(80, 24)) as (app, pilot):
        app.action_refresh()
        assert app.main.progress_line.display, "in the same frame as the key"
        await until(pilot, lambda: "refreshing" in shown(app) and "Esc cancels" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: not app.main.progress_line.display)


async def test_the_end_shows_what_needs_attention_and_marks_rows(workspace: TestWorkspace) -> None:
    async def moved(_report: ProgressCallback) -> RefreshOutcome:
        drift = (Drift(pin=PIN, state="moved", summary="the same text is now src/b.ts"),)
        found = replace(refresh(0, states=("met", "met", "unknown")), drift=drift)
        return RefreshOutcome(refresh=found, message="Recorded v2 @ bbbbbbbbbb.")

    early = Actor(by="ana", at=NOW - dt.timedelta(days=3))
    workspace.record_change(lambda context: set_gate(replace(context, actor=early), "value", "satisfied", pins=[PIN]))
    workspace.script = moved
    async with running(workspace) as (app, pilot):
        await pilot.press("r")
        needs = "Recorded v2 @ bbbbbbbbbb. 1 signal changed, 1 gate has stale evidence (w: walk)"
        await until(pilot, lambda: needs in " ".join(shown(app).split()))
        await until(pilot, lambda: "*[~] stale" in shown(app))
        assert "0 of 3 satisfied, * 1 changed" in shown(app)
        assert "* 1 changed" in shown(app)
        assert "*= met" in shown(app)
        await pilot.press("j")
        await until(pilot, lambda: "─ calm ─" in shown(app))
        await pilot.press("j")
        await until(pilot, lambda: "─ story ─" in shown(app))
        assert "*= met" not in shown(app), "this row was read"
        assert "*[~] stale" in shown(app), "this row was not read"
        await pilot.press("n", "x", "ctrl+s")
        await until(pilot, lambda: app.screen is app.main and app.overview.record.notes)
        assert "*= met" not in shown(app), "a change does not mark a row again"
        assert "*[~] stale" in shown(app)
        await pilot.press("w")
        await until(pilot, lambda: "Walk  1 of" in shown(app))
        await pilot.press("right", "escape")
        await until(pilot, lambda: app.screen is app.main)
        assert "is stale (w: walk)" not in shown(app), "the walk has begun"
        await until(pilot, lambda: "*[~] stale" not in shown(app) and "[~] stale" in shown(app))


@pytest.mark.parametrize("width", [80, 120])
async def test_the_awaited_host_is_shown(workspace: TestWorkspace, width: int) -> None:
    go, first = asyncio.Event(), asyncio.Event()

    async def waits(report: ProgressCallback) -> RefreshOutcome:
        host = "api.github.com"
        report(Progress(done=0, total=0, message="", sent=5, waiting=HostWait(host=host, seconds=12)))
        await first.wait()
        until_then = NOW.replace(hour=15, second=31)
        report(Progress(done=1, total=9, message="x", waiting=HostWait(host=host, seconds=1, until=until_then)))
        await go.wait()
        return RefreshOutcome(refresh=None, message="Nothing moved.")

    workspace.script = waits
    async with running(workspace, size=(width, 36)) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: "starting  waiting 12 s for api.github.com " in shown(app))
        assert "Esc cancels" in shown(app)
        first.set()
        await until(pilot, lambda: "1 of 9  waiting until 15:02:31 UTC" in shown(app))
        go.set()
        await until(pilot, lambda: "waiting" not in shown(app))


async def test_escape_cancels_without_recording(workspace: TestWorkspace) -> None:
    workspace.script = DelayedRefresh(RefreshOutcome(refresh=refresh(0), message=""))
    before = workspace.store.load()
    async with running(workspace) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: "4 of 9" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Refresh cancelled. Nothing was recorded." in shown(app))
        assert "4 of 9" not in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: "cancelled" not in shown(app))
    assert workspace.store.load() == before


async def test_escape_while_the_new_record_is_read_states_that_it_was_recorded(
    workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def done(_report: ProgressCallback) -> RefreshOutcome:
        return RefreshOutcome(refresh=refresh(0), message="")

    read, released, overview = threading.Event(), threading.Event(), workspace.overview

    def slow_overview() -> Overview:
        if len(workspace.store.load().refreshes) == 4:
            read.set()
            released.wait(30)
        return overview()

    workspace.script = done
    async with running(workspace) as (app, pilot):
        monkeypatch.setattr(workspace, "overview", slow_overview)
        await pilot.press("r")
        await until(pilot, read.is_set)
        await pilot.press("escape")
        released.set()
        await until(pilot, lambda: "Refresh cancelled. It was already recorded." in shown(app))
        assert not app.main.progress_line.display


async def test_a_failure_shows_one_message_until_dismissed(workspace: TestWorkspace) -> None:
    async def fails(report: ProgressCallback) -> RefreshOutcome:
        report(step(1, 9, "both heads resolved"))
        raise RateLimited("GitHub's limit of 60 requests an hour is used up: set GH_TOKEN, or wait until 15:00.")

    workspace.script = fails
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: "requests an hour is used up" in shown(app))
        await pilot.press("j", "2", "tab")
        assert "requests an hour is used up" in shown(app)
        assert "1 of 9" not in shown(app)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "used up" not in shown(app))


async def test_the_next_refresh_removes_the_message_about_a_failure(workspace: TestWorkspace) -> None:
    outcomes = iter((RateLimited("The limit is used up."), RefreshOutcome(refresh=None, message="Nothing moved.")))

    async def second_succeeds(_report: ProgressCallback) -> RefreshOutcome:
        outcome = next(outcomes)
        if isinstance(outcome, RateLimited):
            raise outcome
        return outcome

    workspace.script = second_succeeds
    async with running(workspace, notifications=True) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: "The limit is used up." in shown(app))
        await pilot.press("r")
        await until(pilot, lambda: "Nothing moved." in shown(app))
        assert "The limit is used up." not in shown(app)


async def test_a_refresh_without_news_is_not_recorded(workspace: TestWorkspace) -> None:
    async def nothing(_report: ProgressCallback) -> RefreshOutcome:
        return RefreshOutcome(refresh=None, message="Nothing has moved since the last refresh.")

    workspace.script = nothing
    async with running(workspace, notifications=True) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: "Nothing has moved" in shown(app))
    assert len(workspace.store.load().refreshes) == 3


async def test_changes_by_another_process_are_shown_and_cursors_stay(
    workspace: TestWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PawtuiApp, "CHECK_EVERY", 0.02)
    other, made, ana = Store(tmp_path / "tuft-loom"), tracker(), Actor(by="ana", at=NOW)
    other.record_change(lambda record: add_note(ActionContext(made, record, ana), "review", "an old note"))
    async with running(workspace) as (app, pilot):
        await pilot.press("3", "2", "j", "j")
        note = app.main.body.notes.key
        other.record_change(
            lambda record: set_gate(ActionContext(made, record, ana), "sessions", "blocked", reason="from elsewhere")
        )
        later = Actor(by="ana", at=NOW.replace(year=2027))
        other.record_change(lambda record: add_note(ActionContext(made, record, later), "review", "a newer note"))
        await until(pilot, lambda: "from elsewhere" in shown(app) and "a newer note" in shown(app))
        assert app.main.subject == "gate:value"
        assert app.main.body.notes.key == note
        assert app.main.body.notes.cursor == 1


async def test_a_record_that_takes_longer_to_read_than_the_time_between_two_checks_is_shown(
    workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    overview = workspace.overview

    def slow_overview() -> Overview:
        time.sleep(0.1)
        return overview()

    async with running(workspace) as (app, pilot):
        monkeypatch.setattr(workspace, "overview", slow_overview)
        other = make_workspace(workspace.store.path.parents[1], user="ana")
        other.record_change(lambda context: set_gate(context, "sessions", "blocked", reason="from elsewhere"))
        app.set_interval(0.01, app.check_record)
        await until(pilot, lambda: "from elsewhere" in shown(app))


async def test_a_verdict_that_ended_at_midnight_needs_renewal_on_the_screen(
    workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PawtuiApp, "CHECK_EVERY", 0.02)
    ends = NOW.date() + dt.timedelta(days=1)
    ana = Actor(by="ana", at=NOW)
    workspace.store.record_change(
        lambda record: give_verdict(
            ActionContext(tracker(), record, ana), "released", "unmet", reason="not for us", until=ends
        )
    )
    async with running(workspace) as (app, pilot):
        await until(pilot, lambda: "by verdict" in shown(app))
        assert "renew" not in shown(app)
        workspace.clock = lambda: NOW + dt.timedelta(days=1)
        await until(pilot, lambda: "renew" in shown(app))


async def test_a_damaged_record_is_restored_and_reported(workspace: TestWorkspace) -> None:
    workspace.store.record_change(
        lambda record: set_gate(
            ActionContext(tracker(), record, Actor(by="ana", at=NOW)), "value", "blocked", reason="x"
        )
    )
    workspace.store.path.write_bytes(b"{half")
    async with running(make_workspace(workspace.store.path.parent.parent)) as (app, pilot):
        app.check_record()
        await until(pilot, lambda: "previous version" in shown(app))
        assert len(app.overview.record.refreshes) == 3


async def test_an_unreadable_record_shows_a_message(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    async with running(workspace) as (app, pilot):
        workspace.store.path.mkdir(parents=True)
        app.check_record()
        # The path may be of any length, so the message may break anywhere.
        await until(pilot, lambda: "not a file. Move or rename it." in " ".join(shown(app).split()))
