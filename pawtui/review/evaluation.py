"""Evaluation steps: small steps that try a part of the migration. A person records how far each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from pawtui.refresh.pins import parse_pin
from pawtui.review.actions import TEXT_LIMIT, ActionError, Actor, NeedsEvidence, document, heads_of, next_id
from pawtui.review.model import STEP_STATES, Change, Edit, Record, StepEntry, StepState
from pawtui.tracker.model import EvaluationStep, Tracker

# The four kinds of verification, by the key in the tracker file, as they are called in text.
VERIFICATIONS: Mapping[str, str] = {
    "old_sessions": "Old sessions",
    "compaction": "Compaction",
    "tools": "Tools",
    "recovery": "Recovery",
}


def verifications(step: EvaluationStep) -> tuple[tuple[str, str], ...]:
    """Return what a step verifies: the kind of verification and how, without the kinds that it leaves out."""
    found = ((title, getattr(step.verify, key)) for key, title in VERIFICATIONS.items())
    return tuple((title, how) for title, how in found if how)


def find_step(tracker: Tracker, step_id: str) -> EvaluationStep:
    """Return the evaluation step of that id. Raises `ActionError`, which names the nearest one."""
    step = tracker.step(step_id)
    if step is None:
        known = [one.id for one in tracker.steps]
        raise ActionError(f"The tracker has no evaluation step {step_id[:80]!r}. {_nearest(step_id, known)}")
    return step


def _nearest(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Give one of {', '.join(known)}." if known else "Add [[steps]] to the tracker file."


def set_step(
    record: Record,
    tracker: Tracker,
    step_id: str,
    state: str,
    actor: Actor,
    *,
    reason: str = "",
    pins: Sequence[str] = (),
) -> Change:
    """Set the state of an evaluation step; new pins are added to those that it has.

    `done` needs a pin (`NeedsEvidence`), `dropped` needs a reason. A state set again without a reason keeps its own.
    """
    step = find_step(tracker, step_id)
    known = _state(state)
    old = record.steps.get(step.id)
    heads = heads_of(record)
    kept = old.pins if old else ()
    now = tuple(dict.fromkeys((*kept, *(str(parse_pin(pin, heads)) for pin in pins))))
    reason = reason.strip() or (old.reason if old and old.state == known else "")
    if len(reason) > TEXT_LIMIT:
        raise ActionError(f"The reason has {len(reason):,} characters; at most {TEXT_LIMIT:,} are kept. Shorten it.")
    if known == "dropped" and not reason:
        raise ActionError(f"Evaluation step {step.id!r} cannot be dropped without a reason. Say why.")
    if known == "done" and not now:
        raise NeedsEvidence(f"Evaluation step {step.id!r} needs evidence to be done. Give a pin.")
    last = record.last
    entry = StepEntry(
        id=step.id,
        state=known,
        reason=reason,
        by=actor.by,
        at=actor.at,
        upstream=last.upstream.sha if last else "",
        downstream=last.downstream.sha if last else "",
        pins=now,
    )
    edit = Edit(table="steps", key=step.id, before=document(old), after=document(entry))
    return Change(
        id=next_id(record, actor.at),
        action="step",
        summary=f"set step {step.id} to {known}",
        by=actor.by,
        at=actor.at,
        edits=(edit,),
    )


def _state(state: str) -> StepState:
    for known in STEP_STATES:
        if state == known:
            return known
    raise ActionError(f"There is no state {state[:80]!r} of an evaluation step. {_nearest(state, STEP_STATES)}")
