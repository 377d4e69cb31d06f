"""The status and its refreshes as JSON: the shape of each object, and the function that makes it.

`pawtui help json` prints the shapes. Changing a key is a breaking change. A struct in a shape, such as `Note` or
`SignalReading`, has its fields as keys. Times and dates are ISO 8601 (UTC), SHAs are full. Text from outside is
unchanged, except for control characters: a program that renders it must escape it.
"""

import datetime as dt
from pathlib import Path
from typing import TypedDict, cast

from pawtui import __version__
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import (
    Decision,
    Drift,
    PartReading,
    PlanStatus,
    Ranges,
    Refresh,
    RepoSnapshot,
    SignalReading,
)
from pawtui.review.decision import Reason
from pawtui.review.overview import Overview
from pawtui.review.record_types import GateState, Note, Record, StepState, Verdict
from pawtui.review.subject_status import EvaluationStepStatus, GateStatus, SignalStatus
from pawtui.sources.facts import RequestUsage
from pawtui.sources.sanitize import visible
from pawtui.tracker.tracker_types import Tracker, Verification


class RefreshJson(TypedDict):
    """One refresh. `duration` is in seconds; `errors` lists the facts that could not be fetched.

    `as_of` is the past time that was measured, or null for a refresh of the present. `source` is where the facts came
    from, such as `live`; `tool` is the version of pawtui.
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


def refresh_json(refresh: Refresh) -> RefreshJson:
    """Return the fields of a refresh that have the names of these keys."""
    return cast(RefreshJson, {key: getattr(refresh, key) for key in RefreshJson.__annotations__})


class HistoryEntryJson(RefreshJson):
    """One refresh. `decision` is the decision at its time; null for a refresh of a past time."""

    decision: Decision | None


def history_json(refreshes: tuple[Refresh, ...]) -> list[HistoryEntryJson]:
    """Return all refreshes, oldest first."""
    return [
        # A past time has no decision: the verdicts and gates of that time are not known.
        {**refresh_json(refresh), "decision": refresh.decision if refresh.as_of is None else None}
        for refresh in refreshes
    ]


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


def _signal(status: SignalStatus) -> SignalJson:
    return {
        "id": status.signal.id,
        "title": status.title,
        "measured": status.measured,
        "verdict": status.verdict,
        "effective": status.effective,
        "summary": status.summary,
        "parts": status.part_readings,
        "overridden": status.overridden,
        "renewal": status.renewal_reason,
        "stale": [drift.pin for drift in status.stale],
        "unchecked": [drift.pin for drift in status.unchecked],
    }


class EntryJson(TypedDict):
    """The last change of a state: its reason, author and time, and its evidence."""

    reason: str
    by: str | None
    at: dt.datetime | None
    pins: tuple[str, ...]
    stale_pins: list[str]
    unchecked_pins: list[str]


def _entry(status: GateStatus | EvaluationStepStatus) -> EntryJson:
    entry = status.entry
    return {
        "reason": entry.reason if entry else "",
        "by": entry.by if entry else None,
        "at": entry.at if entry else None,
        "pins": status.own_pins,
        "stale_pins": [drift.pin for drift in status.stale],
        "unchecked_pins": [drift.pin for drift in status.unchecked],
    }


class GateJson(EntryJson):
    """A gate now, with the reason, author and time of its state, and its pins.

    `holds` is true if the gate is satisfied and its evidence is neither stale nor unchecked, `stale` if one of its pins
    is out of date. `parts` maps the id of each part to true if it is ticked.
    """

    id: str
    title: str
    state: GateState
    stale: bool
    holds: bool
    parts: dict[str, bool]


def _gate(status: GateStatus) -> GateJson:
    ticked = status.ticked_parts
    return {
        "id": status.gate.id,
        "title": status.title,
        "state": status.state,
        "stale": bool(status.stale),
        "holds": status.counts_as_satisfied,
        "parts": {part.id: part.id in ticked for part in status.gate.parts},
        **_entry(status),
    }


class EvaluationStepJson(EntryJson):
    """An evaluation step now, with the reason, author and time of its state, and its pins.

    `upstream` and `downstream` are the commits at which its state was set.
    """

    id: str
    title: str
    gates: tuple[str, ...]
    verify: Verification
    state: StepState
    upstream: str
    downstream: str


def step_json(status: EvaluationStepStatus) -> EvaluationStepJson:
    entry = status.entry
    return {
        "id": status.step.id,
        "title": status.title,
        "gates": status.step.gates,
        "verify": status.step.verify,
        "state": status.state,
        "upstream": entry.upstream if entry else "",
        "downstream": entry.downstream if entry else "",
        **_entry(status),
    }


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


def status_json(overview: Overview, tracker_file: Path | None = None) -> StatusJson:
    """Return the current status. `tracker_file` is None for the built-in tracker."""
    tracker = overview.tracker
    return {
        "tracker": {
            "id": tracker.id,
            "title": tracker.title,
            "issue": tracker.issue,
            "file": visible(str(tracker_file)) if tracker_file else None,
            "upstream": tracker.upstream.repo,
            "downstream": tracker.downstream.repo,
        },
        "decision": {
            "state": overview.decision,
            "reasons": [reason.text for reason in overview.reasons],
            "missing": list(overview.reasons),
            "earliest": overview.earliest,
        },
        "refresh": refresh_json(overview.last) if overview.last else None,
        "signals": [_signal(status) for status in overview.signals],
        "gates": [_gate(status) for status in overview.gates],
        "steps": [step_json(status) for status in overview.steps],
        "notes": list(overview.record.notes.values()),
        "drift": list(overview.drift.values()),
        "plan": overview.plan,
        "due": overview.due,
    }


class ExportJson(StatusJson):
    """The status, with the tracker and the whole record.

    `rules` is the tracker. (In `record`, the `rules` of a refresh are the fingerprint of its tracker.)
    """

    exported_at: dt.datetime
    tool: str
    rules: Tracker
    record: Record


def export_json(overview: Overview, *, now: dt.datetime) -> ExportJson:
    """Return the status, the tracker, and the whole record with its log."""
    return {
        "exported_at": now,
        "tool": f"pawtui {__version__}",
        **status_json(overview),
        "rules": overview.tracker,
        "record": overview.record,
    }


class CheckResultJson(TypedDict):
    """The exit status of the command, and the line that it prints without `--json`."""

    status: int
    summary: str


class CheckJson(StatusJson):
    """The status, with the result of the check."""

    check: CheckResultJson


def check_json(overview: Overview, status: int, summary: str, tracker_file: Path | None = None) -> CheckJson:
    return {"check": {"status": status, "summary": summary}, **status_json(overview, tracker_file)}
