"""The decision that other thresholds would have given on each measured date, and the breaks after it.

Only signals count, because verdicts and gates of a past day are not known. The states follow from the recorded facts
and the thresholds (`probes/rejudge.py`).
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal, get_type_hints

import msgspec
from msgspec.structs import replace

from pawtui.probes.rejudge import rejudge
from pawtui.probes.signal_state import signal_state
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.actions import ActionError
from pawtui.review.timeline import BREAKS, UpstreamEvent, find_events
from pawtui.similar_names import did_you_mean
from pawtui.tracker.probe_types import Probe, SoakProbe, kind_of
from pawtui.tracker.tracker_types import Signal, Tracker

BacktestDecision = Literal["go", "hold"]
# Keys are `KIND.KEY`, such as `churn.met`.
Thresholds = Mapping[str, int | float]


class DatedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """The decision on one date. `missing` maps the id of each needed signal that was not met to its state."""

    date: dt.date
    decision: BacktestDecision
    missing: Mapping[str, State]


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """An event that breaks programs that read stored data, `after` days after a `go`."""

    event: UpstreamEvent
    after: int


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Consecutive dates with the same decision; `dates` is their number.

    `missing` are the ids of the needed signals that were not met on at least one date. Only a `go` has the other keys:
    `waited` is the number of days since `last_break` (both are None if no break is known), and `breaks` are the breaks
    before the next `go`.
    """

    decision: BacktestDecision
    first: dt.date
    last: dt.date
    dates: int
    missing: tuple[str, ...] = ()
    waited: int | None = None
    last_break: UpstreamEvent | None = None
    breaks: tuple[Break, ...] = ()


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """The decisions on all measured dates, with the thresholds that were given.

    `needed` are the ids of the signals that a `go` needs, `never` those of them that were met on no date. `changed` are
    the dates on which the tracker's own rules give another decision.
    """

    needed: tuple[str, ...]
    decisions: tuple[DatedDecision, ...]
    periods: tuple[Period, ...]
    never: tuple[str, ...] = ()
    changed: tuple[dt.date, ...] = ()

    @property
    def go_dates(self) -> int:
        """The number of dates with `go`."""
        return sum(dated.decision == "go" for dated in self.decisions)

    @property
    def first_go(self) -> dt.date | None:
        """The first date with `go`, or None."""
        return next((dated.date for dated in self.decisions if dated.decision == "go"), None)

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Every break after a `go`."""
        return tuple(break_ for period in self.periods for break_ in period.breaks)

    @property
    def shortest_wait(self) -> int | None:
        """The fewest days from a break to the `go` after it."""
        return min((period.waited for period in self.periods if period.waited is not None), default=None)


def with_thresholds(tracker: Tracker, thresholds: Thresholds, soak: Literal["either", "both", ""] = "") -> Tracker:
    """Return the tracker with other thresholds and another soak rule. Raises `ActionError` for an unknown threshold."""
    known = sorted({name for probe in tracker.probes for name in _threshold_names(probe)})
    for name in thresholds:
        if name not in known:
            raise ActionError(f"No probe of the tracker has the threshold {name!r}: {did_you_mean(name, known)}")
    signals = []
    for signal in tracker.signals:
        probes = []
        for probe in signal.probes:
            names = thresholds.keys() & set(_threshold_names(probe))
            changes: dict[str, Any] = {name.partition(".")[2]: thresholds[name] for name in names}
            probes.append(replace(probe, **changes))
        signals.append(replace(signal, probes=tuple(probes)))
    policy = replace(tracker.policy, soak=soak) if soak else tracker.policy
    return replace(tracker, signals=tuple(signals), policy=policy)


def _threshold_names(probe: Probe) -> Iterator[str]:
    """Yield `KIND.KEY` for each key of a probe whose value can be a number and changes how facts are judged."""
    for name, type_ in get_type_hints(type(probe)).items():
        if name == "days" and not isinstance(probe, SoakProbe):
            # The facts were counted in the recorded window.
            continue
        if type_ in (int, float, int | None, float | None):
            yield f"{kind_of(probe)}.{name}"


def backtest_thresholds(
    tracker: Tracker, refreshes: Sequence[Refresh], needed: Sequence[str], original: Tracker
) -> Backtest:
    """Return the decisions by the `needed` signals and thresholds of `tracker`, on the date of each refresh.

    `changed` has the dates on which all signals and thresholds of the `original` tracker give another decision.
    """
    breaks = [event for event in find_events(refreshes) if event.kind in BREAKS]
    by_date = _decisions_by_date(tracker, refreshes, needed)
    decisions = tuple(by_date.values())
    original_by_date = _decisions_by_date(original, refreshes, [signal.id for signal in original.signals])
    return Backtest(
        needed=tuple(needed),
        decisions=decisions,
        periods=tuple(_periods(decisions, breaks)),
        never=tuple(signal for signal in needed if decisions and all(signal in dated.missing for dated in decisions)),
        changed=tuple(date for date, dated in by_date.items() if original_by_date[date].decision != dated.decision),
    )


def sweep(
    tracker: Tracker, refreshes: Sequence[Refresh], needed: Sequence[str], name: str, values: Sequence[int | float]
) -> dict[int | float, Backtest]:
    """Return the backtest of each value of a threshold. Raises `ActionError`."""
    return {
        value: backtest_thresholds(with_thresholds(tracker, {name: value}), refreshes, needed, tracker)
        for value in values
    }


def _decisions_by_date(
    tracker: Tracker, refreshes: Iterable[Refresh], needed: Sequence[str]
) -> dict[dt.date, DatedDecision]:
    """Return the decision on each measured date; the last measurement of a date counts."""
    by_date = {}
    for refresh in refreshes:
        date = refresh.moment.date()
        states = {signal.id: _state(tracker, signal, refresh) for signal in tracker.signals if signal.id in needed}
        missing = {signal_id: state for signal_id, state in states.items() if state != "met"}
        by_date[date] = DatedDecision(date=date, decision="hold" if missing else "go", missing=missing)
    return by_date


def _state(tracker: Tracker, signal: Signal, refresh: Refresh) -> State:
    """Return the state of a signal by the tracker's thresholds, from the facts of a refresh."""
    reading = refresh.signal(signal.id)
    if reading is None:
        return "unknown"
    if len(reading.probes) != len(signal.probes):
        # The tracker had other probes on that date.
        return reading.state
    judged = [
        replace(probe_reading, state=rejudge(probe, probe_reading, tracker.policy, refresh.moment.date()))
        for probe, probe_reading in zip(signal.probes, reading.probes, strict=True)
    ]
    return signal_state(signal, judged)


def _periods(decisions: Sequence[DatedDecision], breaks: Sequence[UpstreamEvent]) -> Iterator[Period]:
    """Yield the runs of equal decisions. A break belongs to the last `go` that began before it."""
    runs = [list(run) for _, run in groupby(decisions, key=lambda dated: dated.decision)]
    starts = [run[0].date for run in runs if run[0].decision == "go"]
    for run in runs:
        first = run[0].date
        missing = tuple(dict.fromkeys(signal for dated in run for signal in dated.missing))
        period = Period(decision=run[0].decision, first=first, last=run[-1].date, dates=len(run), missing=missing)
        if period.decision == "go":
            last_break = next((event for event in reversed(breaks) if event.day <= first), None)
            next_go = next((start for start in starts if start > first), dt.date.max)
            later = [event for event in breaks if first < event.day <= next_go]
            period = replace(
                period,
                waited=(first - last_break.day).days if last_break else None,
                last_break=last_break,
                breaks=tuple(Break(event=event, after=(event.day - first).days) for event in later),
            )
        yield period
