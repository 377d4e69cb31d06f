"""Which parts of a gate a replay proves, and why not the others.

A part is proven only by at least one real instance of which nothing is lost and whose every change the mapping states.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from pawtui.replay.checks import FIRST_MODEL
from pawtui.replay.result import Check, Counts
from pawtui.replay.run import Result
from pawtui.replay.session_state import SETTLED
from pawtui.replay.tally import CHECKS, total_of

Serves = Literal["semantics", "checks"]


class Proof(NamedTuple):
    """Whether something is proven; `reason` says why not, or by how many instances."""

    proven: bool
    reason: str


def proofs(result: Result, serves: Serves) -> dict[str, Proof]:
    """Return what a result proves, by the ids of parts of a gate."""
    return semantics_proofs(result) if serves == "semantics" else check_proofs(result)


def semantics_proofs(result: Result) -> dict[str, Proof]:
    """Return the proof of each of the mapping's semantics."""
    counted = total_of(result.tally.cells, 1)
    outside = {one.semantics for one in result.tally.outside.values() if one.kind == "lost" and one.weight == "content"}
    outside |= {one.semantics for one in result.tally.outside.values() if not one.stated}
    general = _general(result)
    return {
        name: _semantics(counted.get(name, Counts()), outside=name in outside, general=general)
        for name in result.semantics
    }


def _general(result: Result) -> str:
    """Return why nothing is proven at all, or nothing."""
    if not result.complete:
        return "not all could be read"
    if result.schema is None:
        return "the events were not checked against a schema"
    refused = sum(errors.count for errors in result.tally.event_errors.values() if errors.type != FIRST_MODEL)
    return f"the schema refuses {refused:,} events" if refused else ""


def _semantics(counts: Counts, *, outside: bool, general: str) -> Proof:
    if not counts.total:
        return Proof(proven=False, reason="no part of it is there")
    found = [f"{counts.lost:,} lost"] if counts.lost else []
    if counts.fields:
        found.append(f"{counts.fields:,} {'field' if counts.fields == 1 else 'fields'} lost")
    if counts.unstated:
        found.append(f"{counts.unstated:,} {'difference' if counts.unstated == 1 else 'differences'} without a reason")
    if outside:
        found.append("fields of messages lost")
    reasons = ", ".join(found) or general
    if reasons:
        return Proof(proven=False, reason=reasons)
    changed = f", {counts.changed:,} of them changed as stated" if counts.changed else ""
    return Proof(proven=True, reason=f"all {counts.total:,} parts arrive{changed}")


def check_proofs(result: Result) -> dict[str, Proof]:
    """Return the proof of each of open, read, resume and export."""
    found = {name: _check(result.tally.checks[name], complete=result.complete) for name in CHECKS}
    if found["read"].proven and result.schema is None:
        found["read"] = Proof(proven=False, reason="the sessions were not checked against a schema")
    unfinished = sum(count for state, count in result.tally.left.items() if state not in SETTLED)
    if found["resume"].proven and not unfinished:
        found["resume"] = Proof(proven=False, reason="no session is there that was left unfinished")
    return found


def _check(check: Check, *, complete: bool) -> Proof:
    if not check.passed and not check.failed:
        return Proof(proven=False, reason="no session is there")
    if check.failed:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(check.reasons.items()))
        return Proof(proven=False, reason=reasons)
    if not complete:
        return Proof(proven=False, reason="not all could be read")
    return Proof(proven=True, reason=f"all {check.passed:,} sessions")
