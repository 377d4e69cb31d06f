"""Decisions and events on single dates, with refreshes of one signal."""

import datetime as dt

from pawtui.probes.probe_facts import CommitFacts, Facts, NewFilesFacts, ReleaseFacts, SoakFacts, TagFacts
from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Refresh, SignalReading
from pawtui.review.backtest import backtest
from pawtui.review.timeline import events
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
    found = backtest(TRACKER, [measured(0, "unmet"), measured(7, "met", broken(7))], ["calm"], TRACKER)
    (_, go) = found.periods
    assert (go.decision, go.waited, go.breaks) == ("go", 0, ())


def test_a_break_on_the_first_day_of_the_next_go_is_after_both() -> None:
    steps = [measured(0, "met"), measured(7, "unmet"), measured(14, "met", broken(14)), measured(21, "met")]
    first, _, second = backtest(TRACKER, steps, ["calm"], TRACKER).periods
    assert [found.after for found in first.breaks] == [14]
    assert second.breaks == ()


def test_the_last_measurement_of_a_day_counts() -> None:
    found = backtest(TRACKER, [measured(0, "met"), measured(0, "unmet", hours=1)], ["calm"], TRACKER)
    assert [(day.day, day.decision) for day in found.days] == [(NOON.date(), "hold")]


def test_a_break_before_the_earlier_measurement_is_not_an_event() -> None:
    steps = [measured(0, "met"), measured(7, "met", broken(-3))]
    assert events(steps) == ()
    assert [event.text for event in events([*steps, measured(14, "met", broken(10))])] == ["break 10!"]


def test_an_event_is_seen_by_the_first_measurement_that_shows_it() -> None:
    released = ReleaseFacts(newest=TagFacts(tag="v2.0.0", sha=UP, at=NOON))
    steps = [measured(0, "unmet"), *(measured(day, "met", released) for day in (7, 14))]
    (event,) = events(steps)
    assert (event.kind, event.seen) == ("release", steps[1].at)


def test_a_file_that_the_earlier_measurement_lists_is_not_a_new_reset() -> None:
    path = "migration/20261118_drop/up.sql"
    found = NewFilesFacts(discards="drop", new=(path,), matching=(path,))
    assert events([measured(0, "met", found), measured(7, "met", found)]) == ()
    none = NewFilesFacts(discards="drop")
    assert [event.text for event in events([measured(0, "met", none), measured(7, "met", found)])] == ["20261118_drop"]
