"""Pins to issues and pull requests: closed, merged or reopened since the pin was made."""

import datetime as dt

import msgspec
import pytest

from pawtui.refresh.progress import Progress
from pawtui.review import undo
from pawtui.review.pin_actions import renew_pins
from pawtui.tracker.probe_types import IssuesProbe
from pawtui.tracker.tracker_types import Signal
from tests.refresh.daily_workspace import TRACKER, DailyWorkspace
from tests.support.fake_github import FakeGitHub


async def test_a_pin_to_an_issue_is_changed_if_its_state_changed(daily: DailyWorkspace) -> None:
    for number, state in ((1, "open"), (2, "open"), (3, "open"), (4, "closed")):
        daily.up.issue(number, f"Issue {number}", state="closed" if state == "closed" else "open", at="2026-11-01")
    daily.up.issue(5, "A pull request", is_pull=True, at="2026-11-01")
    await daily.refresh()
    daily.note(*(f"up/stream#{number}" for number in range(1, 6)))
    daily.up.set_issue_state(2, state="closed", at="2026-11-21T12:00", reason="not_planned")
    await daily.refresh()
    assert [drift.state for drift in daily.drift().values()] == ["fresh", "changed", "fresh", "fresh", "fresh"]
    closed = daily.drift()["up/stream#2"]
    assert closed.summary == "closed as not planned on 2026-11-21, open when it was pinned: Issue 2"
    assert closed.url.endswith("/up/stream/issues/2")
    daily.up.set_issue_state(2, state="open")
    daily.up.set_issue_state(4, state="open")
    daily.up.issue(5, "A pull request", merged=True)
    await daily.refresh()
    assert [drift.state for drift in daily.drift().values()] == ["fresh", "fresh", "fresh", "changed", "changed"]
    assert daily.drift()["up/stream#4"].summary == "reopened, closed when it was pinned: Issue 4"
    assert daily.drift()["up/stream#5"].summary.startswith("merged on 20")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("not_planned", "closed as not planned on 2026-11-21"),
        ("duplicate", "closed as a duplicate on 2026-11-21"),
        ("converted", "converted to a discussion on 2026-11-21"),
    ],
)
async def test_a_pin_to_a_closed_issue_is_changed_if_it_is_no_longer_done(
    daily: DailyWorkspace, reason: str, words: str
) -> None:
    daily.up.issue(1, "Lost messages", state="closed", at="2026-11-01")
    await daily.refresh()
    daily.note("up/stream#1")
    await daily.refresh()
    assert daily.drift()["up/stream#1"].summary == "closed: Lost messages"
    if reason == "converted":
        daily.up.set_issue_state(1, state="closed", at="2026-11-21T12:00")
        daily.up.issues[1].locked, daily.up.issues[1].events = True, ("converted_to_discussion",)
    else:
        daily.up.set_issue_state(1, state="closed", at="2026-11-21T12:00", reason=reason)
    await daily.refresh()
    changed = daily.drift()["up/stream#1"]
    assert (changed.state, changed.summary) == ("changed", f"{words}, closed when it was pinned: Lost messages")


async def test_a_pin_is_compared_with_the_state_that_was_shown(daily: DailyWorkspace) -> None:
    daily.up.issue(1, "Lost messages", state="closed", at="2026-11-01")
    daily.up.issue(2, "A change", is_pull=True, state="closed", at="2026-11-01")
    signal = Signal(id="s", title="S", probes=(IssuesProbe(watch=(1, 2)),))
    daily.workspace.tracker = msgspec.structs.replace(TRACKER, signals=(signal,))
    await daily.refresh()
    # Reopened after that refresh, pinned later.
    daily.up.set_issue_state(1, state="open")
    daily.note("up/stream#1", "up/stream#2")
    await daily.refresh()
    changed, fresh = daily.drift()["up/stream#1"], daily.drift()["up/stream#2"]
    assert (changed.state, changed.summary) == ("changed", "reopened, closed when it was pinned: Lost messages")
    assert (fresh.state, fresh.summary) == ("fresh", "closed: A change")


async def test_a_pull_request_that_was_reopened_and_closed_again_has_the_same_state(daily: DailyWorkspace) -> None:
    daily.up.issue(1, "A change", is_pull=True, state="closed", at="2026-11-01")
    await daily.refresh()
    daily.note("up/stream#1")
    await daily.refresh()
    daily.up.set_issue_state(1, state="closed", at="2026-11-22")
    await daily.refresh()
    assert daily.drift()["up/stream#1"].state == "fresh"


async def test_a_closed_issue_makes_its_gate_stale_until_the_pin_is_renewed(daily: DailyWorkspace) -> None:
    daily.up.issue(1, "Lost messages", at="2026-11-01")
    await daily.refresh()
    daily.satisfy("plan", "up/stream#1")
    await daily.refresh()
    assert daily.workspace.overview().gate("plan").counts_as_satisfied
    daily.up.set_issue_state(1, state="closed", at="2026-11-22T12:00")
    await daily.refresh()
    assert daily.workspace.overview().gate("plan").stale[0].state == "changed"
    daily.now += dt.timedelta(minutes=1)
    daily.workspace.record_change(lambda context: renew_pins(context, "gate:plan"))
    status = daily.workspace.overview().gate("plan")
    assert status.counts_as_satisfied
    assert status.entry is not None
    assert status.entry.pins == ("up/stream#1",)
    await daily.refresh()
    assert daily.drift()["up/stream#1"].state == "fresh"
    daily.workspace.record_change(undo.undo)
    await daily.refresh()
    assert daily.drift()["up/stream#1"].state == "changed", "compared with the time of the first pin again"


async def test_a_pin_that_was_renewed_during_a_refresh_is_not_stale_after_it(daily: DailyWorkspace) -> None:
    daily.up.issue(1, "Lost messages", at="2026-11-01")
    await daily.refresh()
    daily.satisfy("plan", "up/stream#1")
    daily.up.set_issue_state(1, state="closed", at="2026-11-21T12:00")
    await daily.refresh()
    assert daily.workspace.overview().gate("plan").stale

    def renew(step: Progress) -> None:
        if step.message == "checked 1 of 1 pin":
            daily.now += dt.timedelta(minutes=1)
            daily.workspace.record_change(lambda context: renew_pins(context, "gate:plan"))

    daily.now += dt.timedelta(days=1)
    await daily.workspace.refresh(renew)
    overview = daily.workspace.overview()
    assert not overview.gate("plan").stale
    assert overview.drift["up/stream#1"].summary == "pinned after the last refresh: refresh to check it"
    await daily.refresh()
    assert daily.drift()["up/stream#1"].state == "fresh"


async def test_an_unreadable_issue_supports_no_gate(daily: DailyWorkspace, fake: FakeGitHub) -> None:
    await daily.refresh()
    daily.satisfy("plan", "up/stream#7")
    await daily.refresh()
    (drift,) = daily.drift().values()
    assert (drift.state, drift.failed) == ("unchecked", True)
    assert not daily.workspace.overview().gate("plan").counts_as_satisfied
    last = daily.workspace.store.load().last
    assert last is not None
    assert any("#7" in error for error in last.errors)


async def test_many_new_issues_are_read_over_several_refreshes(daily: DailyWorkspace, fake: FakeGitHub) -> None:
    for number in range(1, 31):
        daily.up.issue(number, at="2026-11-01")
    await daily.refresh()
    daily.note(*(f"up/stream#{number}" for number in range(1, 31)))
    await daily.refresh()
    assert [drift.state for drift in daily.drift().values()].count("fresh") == 20
    await daily.refresh()
    assert [drift.state for drift in daily.drift().values()].count("fresh") == 30
    await daily.refresh()
    assert len(fake.requests("/issues")) <= 2, "known issues cost one request"
