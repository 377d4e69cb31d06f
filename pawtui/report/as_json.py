"""The record and what it adds up to as JSON. The keys are promised: a change of one is a breaking change.

Times are ISO 8601 in UTC, dates ISO 8601, SHAs full. Text in it is as it was read from outside (made safe to show,
never trusted): a reader that renders it must escape it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from pawtui import __version__
from pawtui.probes.reading import ProbeReading
from pawtui.refresh.model import Ranges, Refresh, RepoSnapshot, SignalReading
from pawtui.report.difference import Difference
from pawtui.review.model import Change
from pawtui.review.views import GateView, Overview, SignalView

Json = dict[str, Any]


def _plain(value: object) -> Any:
    return msgspec.to_builtins(value)


def dumps(value: object) -> str:
    """Indented JSON with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _side(snapshot: RepoSnapshot) -> Json:
    return {
        "repo": snapshot.repo,
        "ref": snapshot.ref,
        "sha": snapshot.sha,
        "committed_at": _plain(snapshot.committed_at),
        "renamed_from": snapshot.renamed_from,
        "doubt": snapshot.doubt,
        "missing": list(snapshot.missing),
        "remark": snapshot.remark,
    }


def _ranges(ranges: Ranges) -> Json:
    return {
        name: {
            "from": range_.from_,
            "to": range_.to,
            "ancestor": range_.ancestor,
            "commits": range_.commits,
            "files": range_.files,
            "files_at_least": range_.files_at_least,
            "behind": range_.behind,
            "ref_before": range_.ref_before,
            "undone": list(range_.undone),
        }
        if range_
        else None
        for name, range_ in (("upstream", ranges.upstream), ("downstream", ranges.downstream))
    }


def _probe(probe: ProbeReading) -> Json:
    return {
        "kind": probe.kind,
        "state": probe.state,
        "facts": _plain(probe.facts),
        "evidence": _plain(probe.evidence),
        "cause": probe.cause,
        "part": probe.part,
        "decides": probe.decides,
    }


def _reading(reading: SignalReading) -> Json:
    return {
        "id": reading.id,
        "state": reading.state,
        "parts": _plain(reading.parts),
        "probes": [_probe(probe) for probe in reading.probes],
    }


def refresh_json(refresh: Refresh) -> Json:
    """One refresh, with exactly the promised keys. `duration` is in seconds; `requests.remaining` null if unknown."""
    spent = refresh.requests
    return {
        "id": refresh.id,
        "at": _plain(refresh.at),
        "duration": refresh.duration,
        "source": refresh.source,
        "tool": refresh.tool,
        "upstream": _side(refresh.upstream),
        "downstream": _side(refresh.downstream),
        "range": _ranges(refresh.range),
        "signals": [_reading(reading) for reading in refresh.signals],
        "errors": list(refresh.errors),
        "requests": {"sent": spent.sent, "not_modified": spent.not_modified, "remaining": spent.remaining},
    }


def _signal(view: SignalView) -> Json:
    return {
        "id": view.signal.id,
        "title": view.signal.title,
        "measured": view.measured,
        "verdict": _plain(view.verdict),
        "effective": view.effective,
        "summary": view.summary,
        "parts": _plain(view.reading.parts) if view.reading else [],
        "overridden": view.overridden,
        "renewal": view.renewal,
        "stale": [drift.pin for drift in view.stale],
        "unchecked": [drift.pin for drift in view.unchecked],
    }


def _gate(view: GateView) -> Json:
    entry = view.entry
    return {
        "id": view.gate.id,
        "title": view.gate.title,
        "state": view.state,
        "reason": entry.reason if entry else "",
        "by": entry.by if entry else None,
        "at": _plain(entry.at) if entry else None,
        "stale": bool(view.stale),
        "holds": view.holds,
        "parts": {part.id: bool(entry and part.id in entry.parts) for part in view.gate.parts},
        "pins": list(entry.pins) if entry else [],
        "stale_pins": [drift.pin for drift in view.stale],
        "unchecked_pins": [drift.pin for drift in view.unchecked],
    }


def status_json(overview: Overview) -> Json:
    """What `pawtui status --json` promises, and what else a script may want to know."""
    tracker = overview.tracker
    return {
        "tracker": {
            "id": tracker.id,
            "title": tracker.title,
            "issue": tracker.issue,
            "upstream": tracker.upstream.repo,
            "downstream": tracker.downstream.repo,
        },
        "decision": {
            "state": overview.decision,
            "reasons": list(overview.reasons),
            "earliest": _plain(overview.earliest),
        },
        "refresh": refresh_json(overview.last) if overview.last else None,
        "signals": [_signal(view) for view in overview.signals],
        "gates": [_gate(view) for view in overview.gates],
        "notes": notes_json(overview),
        "drift": [_plain(drift) for drift in overview.drift.values()],
        "plan": _plain(overview.plan),
        "due": _plain(overview.due),
    }


def summary_json(overview: Overview, *, now: dt.datetime) -> Json:
    """Everything: what `status_json` says, the tracker as it is followed, and the whole record with its log."""
    return {
        "exported_at": _plain(now),
        "tool": f"pawtui {__version__}",
        **status_json(overview),
        "rules": _plain(overview.tracker),
        "record": _plain(overview.record),
    }


def notes_json(overview: Overview) -> list[Any]:
    """Every note as it is on record, its id among it, oldest first."""
    return [_plain(note) for note in overview.record.notes.values()]


def log_json(changes: tuple[Change, ...]) -> list[Any]:
    """People's acts, oldest first, each with the documents it changed as they were before and after."""
    return [_plain(change) for change in changes]


def difference_json(change: Difference) -> Json:
    """Two refreshes by id and what differs, warnings first."""
    before, after = change.decision
    return {
        "first": {"id": change.first.id, "at": _plain(change.first.at), "sha": change.first.upstream.sha},
        "second": {"id": change.second.id, "at": _plain(change.second.at), "sha": change.second.upstream.sha},
        "warnings": list(change.warnings),
        "moved": list(change.moved),
        "decision": {"before": before, "after": after},
        "plan": _plain(change.plan),
        "readings": _plain(change.readings),
        "actions": [
            {"at": _plain(act.at), "by": act.by, "action": act.action, "summary": act.summary} for act in change.actions
        ],
    }
