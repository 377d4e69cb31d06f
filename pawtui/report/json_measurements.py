"""The JSON shapes of measurements: refreshes, mirrors, past dates, and the decisions of a policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TypedDict

from pawtui.probes.finding import Evidence, State
from pawtui.probes.probe_facts import Facts
from pawtui.refresh.refresh_types import Decision, PartReading, Ranges, RepoSnapshot
from pawtui.review.backtest import BacktestDecision, Period


class ProbeJson(TypedDict):
    """The reading of a probe. `facts` has the keys of its kind, or is null if the probe could not be measured.

    `cause` is the reason for the state `unknown`. `part` is the id of the part that the probe measures, or empty.
    """

    kind: str
    state: State
    facts: Facts | None
    evidence: tuple[Evidence, ...]
    cause: str
    part: str
    decides: bool


class SignalReadingJson(TypedDict):
    """A signal as a refresh measured it, with the state of each part if it has parts."""

    id: str
    state: State
    parts: tuple[PartReading, ...]
    probes: list[ProbeJson]


class RequestsJson(TypedDict):
    """The requests of a refresh. `remaining` is null if GitHub did not report the remaining requests."""

    sent: int
    not_modified: int
    remaining: int | None


class RefreshJson(TypedDict):
    """One refresh. `duration` is in seconds; `errors` lists the facts that could not be fetched.

    `as_of` is the past time that was measured, or null for a refresh of the present.
    """

    id: str
    at: dt.datetime
    as_of: dt.datetime | None
    duration: float
    source: str
    tool: str
    upstream: RepoSnapshot
    downstream: RepoSnapshot
    range: Ranges
    signals: list[SignalReadingJson]
    errors: tuple[str, ...]
    requests: RequestsJson


class HistoryEntryJson(RefreshJson):
    """One refresh, with the decision at its time; null for a refresh of a past time."""

    decision: Decision | None


class MirrorJson(TypedDict):
    """One mirror after its update. `size` is the size on disk in bytes."""

    repo: str
    updated_at: dt.datetime
    branches: int
    tags: int
    size: int


class NotMeasuredJson(TypedDict):
    """A past date that could not be measured, and why."""

    date: dt.date
    cause: str


class BackfillJson(TypedDict):
    """The result of a backfill: the measured dates, the number of skipped recorded dates, and the failures."""

    measured: list[dt.date]
    skipped: int
    failed: list[NotMeasuredJson]


class TestedDateJson(TypedDict):
    """The decision on one date; `missing` has the needed signals that were not met."""

    date: dt.date
    decision: BacktestDecision
    missing: Mapping[str, State]


class BacktestJson(TypedDict):
    """The decisions of a policy over the `needed` signals.

    `value` is the threshold in a sweep, otherwise null. `go` is the number of dates with a go. `never` lists the needed
    signals that were met on no date, `changed` the dates on which the tracker's own policy decides otherwise.
    """

    value: float | None
    needed: tuple[str, ...]
    go: int
    first_go: dt.date | None
    shortest_wait: int | None
    never: tuple[str, ...]
    changed: tuple[dt.date, ...]
    dates: list[TestedDateJson]
    spans: tuple[Period, ...]
