"""The shapes of all JSON output, as typed dictionaries: mypy holds the code to them, `pawtui help json` prints them.

The keys are promised: a change of one is a breaking change. Where a shape holds a struct of the record (`Note`,
`Verdict`, `Evidence`), its fields are the keys.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from pawtui.probes.finding import Evidence, State
from pawtui.probes.probe_facts import Facts
from pawtui.refresh.refresh_types import Decision, Drift, PartReading, PlanStatus
from pawtui.report.difference import PlanChange, ReadingChange
from pawtui.report.json_measurements import BackfillJson, BacktestJson, HistoryEntryJson, MirrorJson, RefreshJson
from pawtui.review.record_types import Edit, GateState, Note, Record, StepState, Verdict
from pawtui.review.views import Reason
from pawtui.tracker.tracker_types import Tracker, Verification


class TrackerJson(TypedDict):
    """Which tracker it is, and its two repositories. `file` is null for the built-in tracker."""

    id: str
    title: str
    issue: str
    file: str | None
    upstream: str
    downstream: str


class DecisionJson(TypedDict):
    """The decision and its reasons, each as one line and as what is missing.

    `earliest` is the first date on which it could become `go`, if that is known.
    """

    state: Decision
    reasons: list[str]
    missing: list[Reason]
    earliest: dt.date | None


class SignalJson(TypedDict):
    """A signal now. `effective` is the state that counts: that of a valid verdict, otherwise the measured one.

    `overridden` says whether a valid verdict differs from the measurement. `renewal` says why the verdict must be
    renewed. `stale` are pins that changed, `unchecked` pins that a failure kept from being checked.
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


class GateJson(TypedDict):
    """A gate now. `holds` says whether it counts as satisfied: stale or unchecked evidence prevents that.

    `parts` maps the id of each part to whether it is ticked.
    """

    id: str
    title: str
    state: GateState
    reason: str
    by: str | None
    at: dt.datetime | None
    stale: bool
    holds: bool
    parts: dict[str, bool]
    pins: list[str]
    stale_pins: list[str]
    unchecked_pins: list[str]


class EvaluationStepJson(TypedDict):
    """An evaluation step now. `upstream` and `downstream` are the commits at which its state was set."""

    id: str
    title: str
    gates: list[str]
    verify: Verification
    state: StepState
    reason: str
    by: str | None
    at: dt.datetime | None
    upstream: str
    downstream: str
    pins: list[str]
    stale_pins: list[str]
    unchecked_pins: list[str]


class StatusJson(TypedDict):
    """Everything that counts now. `due` is the date of the next review."""

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
    """The status, with the tracker (`rules`) and the whole record besides."""

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
    """What a person did between the two refreshes. `undone` says whether it was undone by the second one."""

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


class LoggedChangeJson(TypedDict):
    """What a person did, with each document that it changed before and after.

    `undone` says whether it is undone now; `later` are its undos and redos, oldest first. `record.log` of
    `pawtui export --json` lists them as changes of their own.
    """

    id: str
    action: str
    by: str
    at: dt.datetime
    summary: str
    edits: tuple[Edit, ...]
    undone: bool
    later: list[LaterChangeJson]


class DifferenceJson(TypedDict):
    """Two refreshes and what differs between them."""

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
    """The status, with the result of the check besides."""

    check: CheckResultJson


class StepJson(TypedDict):
    """One step of the review, most urgent first. `urgency` counts from 0 (stale evidence) to 6 (nothing to do).

    `subject` is `signal:ID` or `gate:ID`; `decided` says whether someone decided it since the last refresh. `next` is
    the key of the walk that settles it, and what it does.
    """

    subject: str
    why: str
    urgency: int
    decided: bool
    next: str


class TrialJson(TypedDict):
    """What one probe found, with its rule in words. `probe` is the signal and the number of the probe, from 1.

    `gaps` says what the measurement does not cover.
    """

    probe: str
    kind: str
    state: State
    summary: str
    rule: str
    facts: Facts | None
    evidence: tuple[Evidence, ...]
    cause: str
    gaps: tuple[str, ...]
    part: str
    decides: bool


class IssueJson(TypedDict):
    """The tracking issue, where it is now."""

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
    """What is posted, or would be. `action` says what that changes; `posted` whether it was done.

    `comment` is the comment that was written, or the one that would be replaced.
    """

    kind: Literal["summary", "plan"]
    issue: IssueJson
    action: Literal["add", "update", "none"]
    comment: CommentJson | None
    posted: bool
    body: str
    warnings: list[str]


PRINTED: Mapping[str, Any] = {
    "refresh": RefreshJson | None,
    "mirror": list[MirrorJson],
    "backfill": BackfillJson,
    "backtest": list[BacktestJson],
    "status": StatusJson,
    "check": CheckJson,
    "walk": list[StepJson],
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
"""What each command prints with `--json`."""
