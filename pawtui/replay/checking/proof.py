"""Decide which parts of a gate a replay proves.

A part of a gate is proven if the data has at least one instance, nothing of any instance is lost, and the mapping
states every change.
"""

from typing import NamedTuple

from pawtui.phrases import counted
from pawtui.replay.checking.session_checks import NOT_READ
from pawtui.replay.checking.session_state import SETTLED, UNKNOWN
from pawtui.replay.results.result import Result
from pawtui.replay.results.totals import CHECKS, CheckCounts, Counts


class Proof(NamedTuple):
    """Whether a part of a gate is proven. `reason` is the reason if it is not, otherwise the number of instances."""

    proven: bool
    reason: str


def proofs_of_semantics(result: Result) -> dict[str, Proof]:
    """Return the proof of each semantics by its name."""
    outside = {
        found.semantics
        for found in result.totals.outside.values()
        if (found.kind == "lost" and found.weight == "content") or not found.stated
    }
    common_reason = ""
    if not result.complete:
        common_reason = NOT_READ
    elif result.schema is None:
        common_reason = "the events were not validated: no schema"
    elif invalid := result.invalid_events():
        common_reason = f"{counted(invalid, 'event')} invalid in the schema"
    return {
        name: _proof_of_semantics(counts, lost_message_fields=name in outside, common_reason=common_reason)
        for name, counts in result.by_semantics()
    }


def _proof_of_semantics(counts: Counts, *, lost_message_fields: bool, common_reason: str) -> Proof:
    """Return the proof of a semantics with these counts.

    `lost_message_fields`: fields of messages are lost. `common_reason`: why nothing is proven, or empty.
    """
    if not counts.total:
        return Proof(proven=False, reason="the data has no such part")
    losses = [f"{counts.lost:,} lost"] if counts.lost else []
    if counts.lost_fields:
        losses.append(f"{counted(counts.lost_fields, 'field')} lost")
    if counts.unstated:
        losses.append(f"{counted(counts.unstated, 'difference')} without a reason")
    if lost_message_fields:
        losses.append("fields of messages lost")
    reasons = ", ".join(losses) or common_reason
    if reasons:
        return Proof(proven=False, reason=reasons)
    changed = f", {counts.changed:,} of them changed as stated" if counts.changed else ""
    return Proof(proven=True, reason=f"all arrive: {counted(counts.total, 'part')}{changed}")


def proofs_of_checks(result: Result) -> dict[str, Proof]:
    """Return the proof of each of open, read, resume and export."""
    found = {name: _proof_of_check(result.totals.checks[name], complete=result.complete) for name in CHECKS}
    if found["read"].proven and result.schema is None:
        found["read"] = Proof(proven=False, reason="the sessions were not validated: no schema")
    unfinished = sum(count for state, count in result.totals.stopped_in.items() if state not in SETTLED | {UNKNOWN})
    if found["resume"].proven and not unfinished:
        found["resume"] = Proof(proven=False, reason="the data has no unfinished session")
    return found


def _proof_of_check(check: CheckCounts, *, complete: bool) -> Proof:
    if not check.passed and not check.failed:
        return Proof(proven=False, reason="the data has no session")
    if check.failed:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(check.reasons.items()))
        return Proof(proven=False, reason=reasons)
    if not complete:
        return Proof(proven=False, reason=NOT_READ)
    return Proof(proven=True, reason=f"all pass: {counted(check.passed, 'session')}")
