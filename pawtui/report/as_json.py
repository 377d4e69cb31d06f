"""The record and the overview as JSON (`json_types.py` has the shapes).

Times and dates are ISO 8601 (UTC), SHAs are full. Control characters are escaped, so printing the JSON is safe. Other
text from outside is unchanged: a program that renders it must escape it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pawtui import __version__
from pawtui.review.undo import LogEntry, fold_log
from pawtui.sources.sanitize import json_escaped, visible

if TYPE_CHECKING:
    from pawtui.probes.reading import ProbeReading
    from pawtui.refresh.backfill import BackfillOutcome
    from pawtui.refresh.refresh_types import Refresh
    from pawtui.report.json_types import (
        ActionJson,
        BackfillJson,
        BacktestJson,
        CheckJson,
        ComparedRefreshJson,
        DifferenceJson,
        EntryJson,
        EvaluationStepJson,
        GateJson,
        HistoryEntryJson,
        LoggedChangeJson,
        RefreshJson,
        SignalJson,
        StatusJson,
        SummaryJson,
        TrialJson,
        WalkItemJson,
    )
    from pawtui.report.refresh_difference import RefreshDifference
    from pawtui.review.backtest import Backtest
    from pawtui.review.record_types import Change, Note
    from pawtui.review.views import EvaluationStepView, GateView, Overview, SignalView
    from pawtui.review.walk import WalkItem


def dumps(value: object) -> str:
    """Return a value as indented JSON with a final newline. Control and invisible characters become `\\uXXXX`."""
    return json_escaped(msgspec.json.format(msgspec.json.encode(value), indent=2).decode()) + "\n"


def refresh_json(refresh: Refresh) -> RefreshJson:
    """Return one refresh."""
    return {
        "id": refresh.id,
        "at": refresh.at,
        "as_of": refresh.as_of,
        "duration": refresh.duration,
        "source": refresh.source,
        "tool": refresh.tool,
        "upstream": refresh.upstream,
        "downstream": refresh.downstream,
        "range": refresh.range,
        "signals": refresh.signals,
        "errors": refresh.errors,
        "requests": refresh.requests,
    }


def history_json(refreshes: tuple[Refresh, ...]) -> list[HistoryEntryJson]:
    """Return all refreshes, oldest first."""
    return [
        # A past time has no decision: the verdicts and gates of that time are not known.
        {**refresh_json(refresh), "decision": refresh.decision if refresh.as_of is None else None}
        for refresh in refreshes
    ]


def _signal(view: SignalView) -> SignalJson:
    return {
        "id": view.signal.id,
        "title": view.signal.title,
        "measured": view.measured,
        "verdict": view.verdict,
        "effective": view.effective,
        "summary": view.summary,
        "parts": view.reading.parts if view.reading else (),
        "overridden": view.overridden,
        "renewal": view.renewal,
        "stale": [drift.pin for drift in view.stale],
        "unchecked": [drift.pin for drift in view.unchecked],
    }


def _entry(view: GateView | EvaluationStepView) -> EntryJson:
    entry = view.entry
    return {
        "reason": entry.reason if entry else "",
        "by": entry.by if entry else None,
        "at": entry.at if entry else None,
        "pins": entry.pins if entry else (),
        "stale_pins": [drift.pin for drift in view.stale],
        "unchecked_pins": [drift.pin for drift in view.unchecked],
    }


def _gate(view: GateView) -> GateJson:
    ticked = view.ticked
    return {
        "id": view.gate.id,
        "title": view.gate.title,
        "state": view.state,
        "stale": bool(view.stale),
        "holds": view.counts_as_satisfied,
        "parts": {part.id: part.id in ticked for part in view.gate.parts},
        **_entry(view),
    }


def evaluation_json(view: EvaluationStepView) -> EvaluationStepJson:
    """Return one evaluation step."""
    entry = view.entry
    return {
        "id": view.step.id,
        "title": view.step.title,
        "gates": view.step.gates,
        "verify": view.step.verify,
        "state": view.state,
        "upstream": entry.upstream if entry else "",
        "downstream": entry.downstream if entry else "",
        **_entry(view),
    }


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
        "signals": [_signal(view) for view in overview.signals],
        "gates": [_gate(view) for view in overview.gates],
        "steps": [evaluation_json(view) for view in overview.steps],
        "notes": notes_json(overview),
        "drift": list(overview.drift.values()),
        "plan": overview.plan,
        "due": overview.due,
    }


def check_json(overview: Overview, status: int, summary: str, tracker_file: Path | None = None) -> CheckJson:
    """Return the result of `pawtui check`, with the status."""
    return {"check": {"status": status, "summary": summary}, **status_json(overview, tracker_file)}


def walk_items_json(overview: Overview, items: tuple[WalkItem, ...], decided: Collection[str]) -> list[WalkItemJson]:
    """Return the items of a review; `decided` are the subjects that were decided since the last refresh."""
    from pawtui.report.walk_keys import settling_keys

    return [
        {
            "subject": item.subject,
            "why": item.why,
            "urgency": item.urgency,
            "decided": item.subject in decided,
            "next": settling_keys(overview, item.subject).text,
        }
        for item in items
    ]


def trial_json(probe: str, reading: ProbeReading) -> TrialJson:
    """Return the result of a probe. `probe` is its name, such as `low-churn.1`."""
    from pawtui.report.json_types import TrialJson

    return TrialJson(**msgspec.structs.asdict(reading), probe=probe)


def summary_json(overview: Overview, *, now: dt.datetime) -> SummaryJson:
    """Return the status, the tracker, and the whole record with its log."""
    return {
        "exported_at": now,
        "tool": f"pawtui {__version__}",
        **status_json(overview),
        "rules": overview.tracker,
        "record": overview.record,
    }


def notes_json(overview: Overview) -> list[Note]:
    """Return all notes, oldest first."""
    return list(overview.record.notes.values())


def log_json(changes: tuple[Change, ...]) -> list[LoggedChangeJson]:
    """Return all changes by maintainers, oldest first, with undone changes folded."""
    return [
        {
            "id": entry.change.id,
            **_action(entry),
            "edits": entry.change.edits,
            "later": [
                {"id": later.id, "action": "undo" if later.undoes else "redo", "by": later.by, "at": later.at}
                for later in entry.later
            ],
        }
        for entry in fold_log(changes)
    ]


def difference_json(difference: RefreshDifference) -> DifferenceJson:
    """Return two refreshes by id, and their differences. Undone changes are folded."""
    before, after = difference.decision
    return {
        "first": _compared(difference.first),
        "second": _compared(difference.second),
        "warnings": list(difference.warnings),
        "moved": [side.text for side in difference.sides],
        "decision": {"before": before, "after": after},
        "plan": difference.plan,
        "readings": list(difference.readings),
        "actions": [_action(entry) for entry in difference.entries],
    }


def _action(entry: LogEntry) -> ActionJson:
    change = entry.change
    return {
        "at": change.at,
        "by": change.by,
        "action": change.action,
        "summary": change.summary,
        "undone": entry.is_undone,
    }


def _compared(refresh: Refresh) -> ComparedRefreshJson:
    return {"id": refresh.id, "at": refresh.at, "sha": refresh.upstream.sha}


def backfill_json(outcome: BackfillOutcome) -> BackfillJson:
    """Return the result of a backfill."""
    return {
        "measured": [refresh.moment.date() for refresh in outcome.refreshes],
        "skipped": outcome.skipped,
        "failed": [{"date": failure.moment.date(), "cause": failure.cause} for failure in outcome.failed],
    }


def backtest_json(test: Backtest, value: float | None = None) -> BacktestJson:
    """Return the decisions of a policy. `value` is that of the threshold in a sweep."""
    return {
        "value": value,
        "needed": test.needed,
        "go": test.go_dates,
        "first_go": test.first_go,
        "shortest_wait": test.shortest_wait,
        "never": test.never,
        "changed": test.changed,
        "dates": [{"date": day.day, "decision": day.decision, "missing": day.missing} for day in test.days],
        "spans": test.periods,
    }
