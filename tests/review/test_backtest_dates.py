"""Decisions and events on single dates, with refreshes of one signal."""

import datetime as dt

import pytest

from pawtui.probes.probe_facts import CommitFacts, Facts, NamesFacts, NewFilesFacts, ReleaseFacts, SoakFacts, TagFacts
from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Refresh, SignalReading
from pawtui.review.backtest import backtest_thresholds
from pawtui.review.timeline import find_events
from tests.review.review_samples import NOON, TRACKER, UP, refresh


def measured(day: int, state: State, facts: Facts | None = None, *, hours: int = 0) -> Refresh:
    """Return a refresh on a day after `NOON`, in which the tracker had a probe that it does not have now."""
    probe = ProbeReading(kind="soak", state=state, summary="s", rule="r", facts=facts)
    reading = SignalReading(id="calm", state=state, probes=(probe,))
    return refresh(reading, at=NOON + dt.timedelta(days=day, hours=hours))


def broken(day: int) -> SoakFacts:
    """Return facts of a soak probe with a breaking commit on that day."""
    return SoakFacts(last_break=CommitFacts(sha=UP, subject=f"break {day}!", at=NOON + dt.timedelta(days=day)))


def test_a_break_on_the_first_day_of_a_go_is_the_break_before_it() -> None:
    found = backtest_thresholds(TRACKER, [measured(0, "unmet"), measured(7, "met", broken(7))], ["calm"], TRACKER)
    (_, go) = found.periods
    assert (go.decision, go.waited, go.breaks) == ("go", 0, ())


def test_a_break_on_the_first_day_of_the_next_go_is_after_both() -> None:
    steps = [measured(0, "met"), measured(7, "unmet"), measured(14, "met", broken(14)), measured(21, "met")]
    first, _, second = backtest_thresholds(TRACKER, steps, ["calm"], TRACKER).periods
    assert [found.after for found in first.breaks] == [14]
    assert second.breaks == ()


def test_waits_and_breaks_are_those_of_each_go() -> None:
    steps = [measured(0, "unmet"), measured(7, "unmet", broken(3)), measured(14, "unmet", broken(10))]
    steps += [
        measured(21, "met"),
        measured(28, "unmet", broken(24)),
        measured(35, "met"),
        measured(42, "met", broken(40)),
    ]
    found = backtest_thresholds(TRACKER, steps, ["calm"], TRACKER)
    hold, first, between, second = found.periods
    assert (hold.waited, hold.breaks, between.waited, between.breaks) == (None, (), None, ())
    assert hold.missing == ("calm",)
    assert (first.waited, second.waited, found.shortest_wait) == (11, 11, 11)
    assert [(each.event.text, each.after) for each in found.breaks] == [("break 24!", 3), ("break 40!", 5)]
    assert [event.text for event in find_events(steps)] == ["break 3!", "break 10!", "break 24!", "break 40!"]


def test_the_shortest_wait_is_that_of_a_go_after_a_break() -> None:
    steps = [
        measured(0, "met"),
        measured(7, "unmet", broken(3)),
        measured(14, "met"),
        measured(21, "unmet", broken(18)),
    ]
    found = backtest_thresholds(TRACKER, [*steps, measured(22, "met")], ["calm"], TRACKER)
    assert [period.waited for period in found.periods if period.decision == "go"] == [None, 11, 4]
    assert found.shortest_wait == 4


def test_a_signal_without_a_measurement_is_unknown_and_never_met() -> None:
    found = backtest_thresholds(TRACKER, [measured(0, "met"), measured(7, "unmet")], ["calm", "default"], TRACKER)
    missing = [dated.missing for dated in found.decisions]
    assert missing == [{"default": "unknown"}, {"calm": "unmet", "default": "unknown"}]
    assert found.never == ("default",)
    assert backtest_thresholds(TRACKER, [], ["calm"], TRACKER).never == ()


@pytest.mark.parametrize(
    ("before", "after", "breaks"),
    [
        (NewFilesFacts(discards="drop"), NewFilesFacts(discards="drop", matching=("a.sql",)), ["reset"]),
        (NamesFacts(), NamesFacts(removed=("a",)), ["removed"]),
        (NamesFacts(), NamesFacts(removed=("a",), added=("b",)), ["renamed"]),
        (NamesFacts(), NamesFacts(removed=("a@1",), added=("a@2",)), ["version"]),
        (SoakFacts(), broken(3), ["breaking"]),
        (ReleaseFacts(), ReleaseFacts(newest=TagFacts(tag="v2.0.0", sha=UP, at=NOON)), []),
    ],
)
def test_each_event_that_breaks_readers_of_stored_data_is_a_break(
    before: Facts, after: Facts, breaks: list[str]
) -> None:
    found = backtest_thresholds(TRACKER, [measured(0, "met", before), measured(7, "met", after)], ["calm"], TRACKER)
    assert [each.event.kind for each in found.breaks] == breaks


def test_the_last_measurement_of_a_day_counts() -> None:
    found = backtest_thresholds(TRACKER, [measured(0, "met"), measured(0, "unmet", hours=1)], ["calm"], TRACKER)
    assert [(dated.date, dated.decision) for dated in found.decisions] == [(NOON.date(), "hold")]


def test_a_break_before_the_earlier_measurement_is_not_an_event() -> None:
    steps = [measured(0, "met"), measured(7, "met", broken(-3))]
    assert find_events(steps) == ()
    assert [event.text for event in find_events([*steps, measured(14, "met", broken(10))])] == ["break 10!"]


def test_an_event_is_seen_by_the_first_measurement_that_shows_it() -> None:
    first, newest = (TagFacts(tag=tag, sha=UP, at=NOON) for tag in ("v2.0.0", "v2.0.1"))
    released = ReleaseFacts(newest=newest, first=first)
    steps = [measured(0, "unmet"), *(measured(day, "met", released) for day in (7, 14))]
    assert {(event.kind, event.text, event.seen) for event in find_events(steps)} == {
        ("release", tag, steps[1].at) for tag in ("v2.0.0", "v2.0.1")
    }


def test_a_file_that_the_earlier_measurement_lists_is_not_a_new_reset() -> None:
    path = "migration/20261118_drop/up.sql"
    found = NewFilesFacts(discards="drop", new=(path,), matching=(path,))
    assert find_events([measured(0, "met", found), measured(7, "met", found)]) == ()
    none = NewFilesFacts(discards="drop")
    assert [event.text for event in find_events([measured(0, "met", none), measured(7, "met", found)])] == [
        "20261118_drop"
    ]
