"""The timeline and the backtest of the demo's made-up year find the events that the year contains."""

import asyncio
import datetime as dt
import itertools

import pytest
from msgspec.structs import replace

from pawtui.demo.demo_workspace import DemoWorkspace, demo_workspace, seed
from pawtui.probes.probe_facts import ChurnFacts
from pawtui.probes.rejudge import rejudge
from pawtui.refresh.backfill import day_ends
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.actions import ActionError
from pawtui.review.backtest import Backtest, backtest_thresholds, sweep, with_thresholds
from pawtui.review.timeline import find_events, group_by_week
from pawtui.tracker.probe_types import SoakProbe

# The made-up year counts its days back from the midnight of this day.
TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime.combine(TODAY, dt.time(9, 30), dt.UTC)


def day(ago: float) -> dt.date:
    """Return the day that many days before `TODAY`."""
    return (dt.datetime.combine(TODAY, dt.time(), dt.UTC) - dt.timedelta(days=ago)).date()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> DemoWorkspace:
    made = demo_workspace(tmp_path_factory.mktemp("demo"), clock=lambda: NOW, latency=0.0)
    wanted = day_ends(day(176), day(1), 7)
    asyncio.run(made.backfill(wanted, lambda _progress: None))
    return made


@pytest.fixture(scope="module")
def past(workspace: DemoWorkspace) -> tuple[Refresh, ...]:
    return workspace.store.load().all_refreshes


def test_recorded_facts_have_the_same_states_by_the_trackers_own_rules(
    workspace: DemoWorkspace, past: tuple[Refresh, ...]
) -> None:
    judged = 0
    for refresh in past:
        for signal in workspace.tracker.signals:
            reading = refresh.signal(signal.id)
            assert reading is not None
            for probe, found in zip(signal.probes, reading.probes, strict=True):
                assert rejudge(probe, found, workspace.tracker.policy, refresh.moment.date()) == found.state
                judged += 1
    assert judged > 400


def test_resets_names_and_releases_are_on_their_days(past: tuple[Refresh, ...]) -> None:
    found = [(event.kind, event.day) for event in find_events(past)]
    # Migrations carry the day before their commit.
    assert [at for kind, at in found if kind == "reset"] == [day(152), day(102)]
    assert ("release", day(35.4)) in found
    # The next measurement finds a removed name.
    (gone,) = (event for event in find_events(past) if event.kind == "renamed" and event.day > day(40))
    assert "session.input.promoted" in gone.text
    assert day(24.4) <= gone.day <= day(24.4) + dt.timedelta(days=7)
    breaking = [event for event in find_events(past) if event.kind == "breaking"]
    assert [event.day for event in breaking] == [day(31.5), day(24.4)]


def test_weeks_are_consecutive_and_contain_their_events(workspace: DemoWorkspace) -> None:
    found = group_by_week(workspace.store.load())
    assert [week.start.weekday() for week in found] == [0] * len(found)
    assert {(b.start - a.start).days for a, b in itertools.pairwise(found)} == {7}
    for week in found:
        for event in week.events:
            assert week.start <= event.day < week.start + dt.timedelta(days=7) or week is found[0]
    assert sum(len(week.events) for week in found) == len(find_events(workspace.store.load().all_refreshes))


def run(workspace: DemoWorkspace, past: tuple[Refresh, ...], needed: tuple[str, ...], **values: float) -> Backtest:
    tracker = workspace.tracker
    thresholds = {name.replace("_", ".", 1): value for name, value in values.items()}
    return backtest_thresholds(with_thresholds(tracker, thresholds), past, needed, tracker)


def test_a_release_signal_is_go_from_its_release_and_breaks_follow(
    workspace: DemoWorkspace, past: tuple[Refresh, ...]
) -> None:
    backtest = run(workspace, past, ("default-path",))
    assert [period.decision for period in backtest.periods] == ["hold", "go"]
    go = backtest.periods[1]
    assert day(35.4) <= go.first < day(35.4) + dt.timedelta(days=7)
    assert backtest.first_go == go.first
    assert [found.event.kind for found in go.breaks] == ["breaking", "breaking", "renamed"]
    assert go.breaks[0].after == (day(31.5) - go.first).days
    assert go.last_break is not None
    assert go.waited == (go.first - go.last_break.day).days
    # By the tracker's own rules there is no go, so each of these dates differs.
    assert backtest.changed == tuple(found.date for found in backtest.decisions if found.decision == "go")
    assert backtest.go_dates == len(backtest.changed)


def test_unknown_is_never_go(workspace: DemoWorkspace, past: tuple[Refresh, ...]) -> None:
    backtest = run(workspace, past, tuple(signal.id for signal in workspace.tracker.signals))
    assert backtest.go_dates == 0
    assert backtest.shortest_wait is None
    # Only a maintainer can judge it.
    assert "no-resets" in backtest.never
    assert {found.missing["no-resets"] for found in backtest.decisions} <= {"unknown", "unmet"}


def test_a_higher_threshold_gives_more_go_dates(workspace: DemoWorkspace, past: tuple[Refresh, ...]) -> None:
    tracker = with_thresholds(workspace.tracker, {"subjects.met": 40, "names.met": 20, "churn.met_share": 0})
    results = sweep(tracker, past, ("low-churn",), "churn.met", [0, 20, 60, 140, 1000])
    goes = [backtest.go_dates for backtest in results.values()]
    assert goes[0] == 0
    assert goes == sorted(goes)
    assert goes[-1] > goes[1]
    totals = {
        refresh.moment.date(): probe.facts
        for refresh in past
        for signal in refresh.signals
        for probe in signal.probes
        if isinstance(probe.facts, ChurnFacts)
    }
    for found in results[60].decisions:
        facts = totals[found.date]
        if found.decision == "go":
            assert facts.total <= 60
            assert not facts.young


def test_the_soak_rule_of_the_policy_is_tested_too(workspace: DemoWorkspace, past: tuple[Refresh, ...]) -> None:
    both = backtest_thresholds(workspace.tracker, past, ("stability-window",), workspace.tracker)
    either = backtest_thresholds(
        with_thresholds(workspace.tracker, {}, "either"), past, ("stability-window",), workspace.tracker
    )
    assert both.go_dates == 0
    # Three releases with a minor: the first minor came 20 days ago.
    assert either.first_go is not None
    assert either.first_go >= day(20.5)


def test_the_window_of_a_soak_can_be_changed(workspace: DemoWorkspace) -> None:
    changed = with_thresholds(workspace.tracker, {"soak.days": 7})
    assert {probe.days for probe in changed.probes if isinstance(probe, SoakProbe)} == {7}
    assert changed.policy == workspace.tracker.policy


@pytest.mark.parametrize(
    "name", ["churn.most", "nothing.met", "churn.surfaces", "churn.days", "churn", "attested.ask", "issues.watch"]
)
def test_an_unknown_threshold_is_refused(workspace: DemoWorkspace, name: str) -> None:
    with pytest.raises(ActionError, match=f"No probe of the tracker has the threshold '{name}': "):
        with_thresholds(workspace.tracker, {name: 1})
    with pytest.raises(ActionError, match="none is defined"):
        with_thresholds(replace(workspace.tracker, signals=()), {name: 1})


def test_ordinary_refreshes_and_past_days_have_one_order(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = demo_workspace(tmp_path_factory.mktemp("seeded"), clock=lambda: NOW, latency=0.0)
    seed(made)
    before = made.overview()
    asyncio.run(made.backfill(day_ends(day(80), day(59), 7), lambda _progress: None))
    after = made.overview()
    found = after.record.all_refreshes
    assert [refresh.moment for refresh in found] == sorted(refresh.moment for refresh in found)
    assert len(found) == len(before.record.refreshes) + 4
    assert (after.decision, after.reasons, after.last) == (before.decision, before.reasons, before.last)
