"""The shapes of all JSON output, as types that mypy checks and `pawtui help json` prints.

Changing a key is a breaking change. A struct in a shape, such as `Note` or `SignalReading`, has its fields as keys.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Decision, Drift, PartReading, PlanStatus, Ranges, RepoSnapshot, SignalReading
from pawtui.report.refresh_difference import PlanChange, ReadingChange
from pawtui.review.backtest import BacktestDecision, Period
from pawtui.review.record_types import Edit, GateState, Note, Record, StepState, Verdict
from pawtui.review.views import Reason
from pawtui.sources.facts import RequestUsage
from pawtui.sources.git.mirror import MirrorState
from pawtui.tracker.tracker_types import Tracker, Verification


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
    signals: tuple[SignalReading, ...]
    errors: tuple[str, ...]
    requests: RequestUsage


class HistoryEntryJson(RefreshJson):
    """One refresh. `decision` is the decision at its time; null for a refresh of a past time."""

    decision: Decision | None


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


class TrackerJson(TypedDict):
    """The tracker and its two repositories. `file` is null for the built-in tracker."""

    id: str
    title: str
    issue: str
    file: str | None
    upstream: str
    downstream: str


class DecisionJson(TypedDict):
    """The decision. `reasons` has each reason as a line of text, `missing` as an object.

    `earliest` is the first day on which the decision can become `go`, from the signals whose day is known.
    """

    state: Decision
    reasons: list[str]
    missing: list[Reason]
    earliest: dt.date | None


class SignalJson(TypedDict):
    """A signal now. `effective` is the state that applies: that of a valid verdict, otherwise the measured state.

    `overridden` is true if a valid verdict differs from the measured state. `renewal` is the reason why the verdict
    needs renewal. `stale` lists pins that are out of date, `unchecked` pins whose check failed.
    """

    id: str
    title: str
    measured: State
    verdict: Verdict | None
    effective: State
    summary: str
    parts: tuple[PartReading, ...]
    overridden: bool
    renewal: str
    stale: list[str]
    unchecked: list[str]


class EntryJson(TypedDict):
    """The last change of a state: its reason, author and time, and its evidence."""

    reason: str
    by: str | None
    at: dt.datetime | None
    pins: tuple[str, ...]
    stale_pins: list[str]
    unchecked_pins: list[str]


class GateJson(EntryJson):
    """A gate now. `holds` is true if the gate is satisfied and its evidence is neither stale nor unchecked.

    `parts` maps the id of each part to true if it is ticked.
    """

    id: str
    title: str
    state: GateState
    stale: bool
    holds: bool
    parts: dict[str, bool]


class EvaluationStepJson(EntryJson):
    """An evaluation step now. `upstream` and `downstream` are the commits at which its state was set."""

    id: str
    title: str
    gates: tuple[str, ...]
    verify: Verification
    state: StepState
    upstream: str
    downstream: str


class StatusJson(TypedDict):
    """The current status. `due` is the day of the next review."""

    tracker: TrackerJson
    decision: DecisionJson
    refresh: RefreshJson | None
    signals: list[SignalJson]
    gates: list[GateJson]
    steps: list[EvaluationStepJson]
    notes: list[Note]
    drift: list[Drift]
    plan: PlanStatus | None
    due: dt.date | None


class SummaryJson(StatusJson):
    """The status, with the tracker and the whole record.

    `rules` is the tracker. (In `record`, the `rules` of a refresh are the fingerprint of its tracker.)
    """

    exported_at: dt.datetime
    tool: str
    rules: Tracker
    record: Record


class ComparedRefreshJson(TypedDict):
    """One of the two compared refreshes. `sha` is the upstream commit."""

    id: str
    at: dt.datetime
    sha: str


class DecisionChangeJson(TypedDict):
    """The decision at both refreshes."""

    before: Decision
    after: Decision


class ActionJson(TypedDict):
    """A change by a maintainer between two refreshes. `undone` is true if it was undone before the second."""

    at: dt.datetime
    by: str
    action: str
    summary: str
    undone: bool


class LaterChangeJson(TypedDict):
    """An undo or a redo of a change: `action` is `undo` or `redo`."""

    id: str
    action: str
    by: str
    at: dt.datetime


class LoggedChangeJson(ActionJson):
    """A change by a maintainer, with each changed document before and after.

    `undone` is true if the change is undone now. `later` lists its undos and redos, oldest first; `record.log` of
    `pawtui export --json` lists them as separate changes.
    """

    id: str
    edits: tuple[Edit, ...]
    later: list[LaterChangeJson]


class DifferenceJson(TypedDict):
    """Two refreshes and their differences.

    `warnings` are rewritten branches and withdrawn tags. `moved` has a line for each repository.
    """

    first: ComparedRefreshJson
    second: ComparedRefreshJson
    warnings: list[str]
    moved: list[str]
    decision: DecisionChangeJson
    plan: PlanChange
    readings: list[ReadingChange]
    actions: list[ActionJson]


class CheckResultJson(TypedDict):
    """The exit status of the command, and the line that it prints without `--json`."""

    status: int
    summary: str


class CheckJson(StatusJson):
    """The status, with the result of the check."""

    check: CheckResultJson


class WalkItemJson(TypedDict):
    """One item of the walk, most urgent first. `urgency` is from 0 (stale or unchecked evidence) to 6 (nothing to do).

    `subject` is `signal:ID` or `gate:ID`; `decided` is true if someone decided it since the last refresh. `next` is the
    key that settles the item, with its effect and the other keys.
    """

    subject: str
    why: str
    urgency: int
    decided: bool
    next: str


class TrialJson(ProbeReading, frozen=True, kw_only=True):
    """The reading of a probe. `probe` is the signal and the number of the probe, from 1.

    `rule` is the rule in words, `gaps` lists the limits of the measurement, `cause` is the reason for the state
    `unknown`.
    """

    probe: str


class TrackingIssueJson(TypedDict):
    """The tracking issue, in its current repository."""

    repo: str
    number: int
    title: str
    url: str


class CommentJson(TypedDict):
    """A comment on the tracking issue."""

    id: int
    url: str
    author: str


class PostJson(TypedDict):
    """A comment that was posted, or that would be. `action` is its effect; `posted` is true if it was sent.

    `comment` is the comment that was written or would be replaced.
    """

    kind: Literal["summary", "plan"]
    issue: TrackingIssueJson
    action: Literal["add", "update", "none"]
    comment: CommentJson | None
    posted: bool
    body: str
    warnings: list[str]


PRINTED: Mapping[str, Any] = {
    "refresh": RefreshJson | None,
    "mirror": list[MirrorState],
    "backfill": BackfillJson,
    "backtest": list[BacktestJson],
    "status": StatusJson,
    "check": CheckJson,
    "walk": list[WalkItemJson],
    "history": list[HistoryEntryJson],
    "diff": DifferenceJson | None,
    "log": list[LoggedChangeJson],
    "notes": list[Note],
    "step": list[EvaluationStepJson],
    "export": SummaryJson,
    "post": PostJson,
    "probe": list[TrialJson],
    "plan": PlanStatus | None,
}
"""The shape that each command prints with `--json`, except `replay` (`replay_json.py`)."""
