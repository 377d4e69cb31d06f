"""The JSON shapes of measurements: refreshes, mirrors, past dates, and the decisions of a policy."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypedDict

from pawtui.probes.finding import Evidence, State
from pawtui.probes.probe_facts import Facts
from pawtui.refresh.refresh_types import Decision, PartReading
from pawtui.review.timeline import EventKind


class RepositoryJson(TypedDict):
    """One repository at the refresh: the followed ref and its commit.

    `doubt` is the reason why the ref may be wrong: then nothing was read from it. `missing` lists refs of the tracker
    that do not exist, `remark` is anything else that is unusual about the ref. `source` names the facts that came from
    a clone; it is empty if all came from GitHub.
    """

    repo: str
    ref: str
    sha: str
    committed_at: dt.datetime
    renamed_from: str
    doubt: str
    missing: list[str]
    remark: str
    source: str


RangeJson = TypedDict(
    "RangeJson",
    {
        "from": str,
        "to": str,
        "ancestor": bool,
        "commits": int,
        "files": int,
        "files_at_least": bool,
        "behind": int,
        "ref_before": str,
        "undone": list[str],
    },
)
RangeJson.__doc__ = """The range from the commit of the last refresh to the commit of this refresh.

`ancestor` is false if the branch was rewritten or the followed ref changed: `ref_before` is the earlier ref. `behind`
counts the commits that only the old head has; `undone` names the newest of them after a reset. `files_at_least` is true
if there may be more files.
"""


class RangesJson(TypedDict):
    """The ranges of both repositories: null without an earlier refresh, or if the comparison could not be fetched."""

    upstream: RangeJson | None
    downstream: RangeJson | None


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
    upstream: RepositoryJson
    downstream: RepositoryJson
    range: RangesJson
    signals: list[SignalReadingJson]
    errors: list[str]
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
    decision: Literal["go", "hold"]
    missing: dict[str, State]


class EventJson(TypedDict):
    """An upstream event on a day; `seen` is the time of the first measurement that showed it."""

    kind: EventKind
    day: dt.date
    text: str
    seen: dt.datetime


class BreakJson(TypedDict):
    """A break that came `after` a go, in days."""

    event: EventJson
    after: int


class SpanJson(TypedDict):
    """Consecutive dates with the same decision. `waited` is the number of days from `last_break` to a go."""

    decision: Literal["go", "hold"]
    first: dt.date
    last: dt.date
    dates: int
    missing: list[str]
    waited: int | None
    last_break: EventJson | None
    breaks: list[BreakJson]


class BacktestJson(TypedDict):
    """The decisions of a policy over the `needed` signals.

    `value` is the threshold in a sweep, otherwise null. `go` is the number of dates with a go. `never` lists the needed
    signals that were met on no date, `changed` the dates on which the tracker's own policy decides otherwise.
    """

    value: float | None
    needed: list[str]
    go: int
    first_go: dt.date | None
    shortest_wait: int | None
    never: list[str]
    changed: list[dt.date]
    dates: list[TestedDateJson]
    spans: list[SpanJson]
