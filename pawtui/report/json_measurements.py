"""The JSON shapes of measurements: refreshes, mirrors, past dates, and the decisions of a policy."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypedDict

from pawtui.probes.finding import Evidence, State
from pawtui.probes.probe_facts import Facts
from pawtui.refresh.refresh_types import Decision, PartReading
from pawtui.review.timeline import EventKind


class RepositoryJson(TypedDict):
    """One repository as the refresh found it: the followed ref and its commit.

    `doubt` says why the ref may be the wrong one: nothing was read from it. `missing` lists refs of the tracker that do
    not exist, `remark` is anything else that is unusual about the ref.
    `source` says which facts came from a clone; it is empty if all came from the forge.
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
RangeJson.__doc__ = """What lies between the commit of the last refresh and this one.

`ancestor` is false if the branch was rewritten or another ref is followed: `ref_before` is the one before. `behind`
counts the commits of the old head only; `undone` names the newest of them after a reset. `files_at_least` is true if
there may be more files.
"""


class RangesJson(TypedDict):
    """The ranges of both repositories: null without an earlier refresh, or if the comparison could not be fetched."""

    upstream: RangeJson | None
    downstream: RangeJson | None


class ProbeJson(TypedDict):
    """What one probe found. `facts` has the keys of its kind, or is null if it could not be measured.

    `cause` says why the state is `unknown`. `part` is the id of the part that it measures, or empty.
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
    """What the refresh cost. `remaining` is null if GitHub did not say how many requests are left."""

    sent: int
    not_modified: int
    remaining: int | None


class RefreshJson(TypedDict):
    """One refresh. `duration` is in seconds; `errors` says what could not be fetched.

    `as_of` is the past moment that was measured, or null for a measurement of the present.
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
    """One refresh, with the decision at the time; a refresh of a past moment has none."""

    decision: Decision | None


class MirrorJson(TypedDict):
    """One mirror after its update. `size` is in bytes on disk."""

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
    """What a backfill did: the dates that it measured, how many were on record already, and what failed."""

    measured: list[dt.date]
    skipped: int
    failed: list[NotMeasuredJson]


class TestedDateJson(TypedDict):
    """The decision on one date; `missing` has the needed signals that were not met."""

    date: dt.date
    decision: Literal["go", "hold"]
    missing: dict[str, State]


class EventJson(TypedDict):
    """Something that happened upstream on a day; `seen` is the measurement that showed it first."""

    kind: EventKind
    day: dt.date
    text: str
    seen: dt.datetime


class BreakJson(TypedDict):
    """A break that came so many days `after` a go."""

    event: EventJson
    after: int


class SpanJson(TypedDict):
    """Dates in a row with the same decision. `waited` counts the days from `last_break` to a go."""

    decision: Literal["go", "hold"]
    first: dt.date
    last: dt.date
    dates: int
    missing: list[str]
    waited: int | None
    last_break: EventJson | None
    breaks: list[BreakJson]


class BacktestJson(TypedDict):
    """What a policy would have decided over the `needed` signals.

    `value` is that of the threshold in a sweep, otherwise null. `go` counts the dates with a go. `never` has the needed
    signals that were met on no date, `changed` the dates on which the tracker's own rules would decide otherwise.
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
