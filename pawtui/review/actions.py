"""Actions on signals, evaluation steps, notes and the review, and what all actions share.

`gate_actions.py` has the actions on gates, `plan_actions.py` those on the plan.

An action is a pure function. It returns the `Change` that the store then commits. It runs under the store's lock, on
the current record, so two processes never overwrite each other's changes.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from pawtui.errors import PawtuiError
from pawtui.ids import new_id, newest_id
from pawtui.probes.state import STATES
from pawtui.refresh.pins import HeadsBySide, parse_pin
from pawtui.refresh.refresh_types import Decision
from pawtui.review.record_types import (
    STEP_STATES,
    Change,
    Edit,
    EvaluationStepEntry,
    Note,
    Record,
    Review,
    Verdict,
    document_of,
)
from pawtui.similar_names import did_you_mean
from pawtui.tracker.tracker_types import EvaluationStep, Gate, Signal, Tracker

MAX_TEXT = 20_000  # characters of a reason, a note or a recommendation

_Choice = TypeVar("_Choice", bound=str)
_Item = TypeVar("_Item", Gate, Signal, EvaluationStep)


class ActionError(PawtuiError):
    """The action is refused; `str()` is a message for the user."""


class AlreadyDone(ActionError):
    """The action would change nothing."""


class NeedsEvidence(ActionError):
    """A gate or an evaluation step cannot get this state without evidence."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The maintainer who acts, and the time (UTC). The record and the export show the name."""

    by: str
    at: dt.datetime


def next_id(record: Record, now: dt.datetime) -> str:
    """Return an id that sorts after every id in the record, even if the clock was set back."""
    return new_id(now, after=newest_id(record.ids))


def heads_of(record: Record) -> HeadsBySide:
    """Return what the last refresh found for `up` and `down`, as in the pin `up:path`; nothing without a refresh."""
    last = record.last
    return {"up": last.upstream, "down": last.downstream} if last is not None else {}


def parse_choice(text: str, choices: Sequence[_Choice], kind: str) -> _Choice:
    """Return the choice that the text names. Raises `ActionError` with the nearest choice."""
    for choice in choices:
        if text == choice:
            return choice
    raise ActionError(f"There is no {kind} {text!r}: {did_you_mean(text, choices)}")


def find_gate(tracker: Tracker, gate_id: str) -> Gate:
    """Return the gate with that id. Raises `ActionError` with the nearest id."""
    return _find("gate", gate_id, tracker.gates)


def find_signal(tracker: Tracker, signal_id: str) -> Signal:
    """Return the signal with that id. Raises `ActionError` with the nearest id."""
    return _find("signal", signal_id, tracker.signals)


def find_step(tracker: Tracker, step_id: str) -> EvaluationStep:
    """Return the evaluation step with that id. Raises `ActionError` with the nearest id."""
    return _find("evaluation step", step_id, tracker.steps)


def _find(kind: str, wanted: str, known: Sequence[_Item]) -> _Item:
    for item in known:
        if item.id == wanted:
            return item
    # Evaluation steps are in `[[steps]]`.
    table = kind.removeprefix("evaluation ")
    hint = did_you_mean(wanted, (item.id for item in known)) if known else f"add [[{table}s]] to the tracker file."
    raise ActionError(f"The tracker has no {kind} {wanted[:80]!r}: {hint}")


def find_subject(tracker: Tracker, subject: str) -> str:
    """Return `signal:ID`, `gate:ID` or `review` for that text or for a bare id.

    Raises `ActionError` if the id names neither a signal nor a gate, or both.
    """
    if subject == "review":
        return subject
    kind, colon, name = subject.partition(":")
    if colon and kind == "signal":
        return f"signal:{find_signal(tracker, name).id}"
    if colon and kind == "gate":
        return f"gate:{find_gate(tracker, name).id}"
    is_signal, is_gate = tracker.signal(subject) is not None, tracker.gate(subject) is not None
    if is_signal and is_gate:
        raise ActionError(f"{subject!r} is a signal and a gate: write signal:{subject} or gate:{subject}.")
    if not (is_signal or is_gate):
        known = ["review", *(signal.id for signal in tracker.signals), *(gate.id for gate in tracker.gates)]
        raise ActionError(f"The tracker has no signal or gate {subject!r}: {did_you_mean(subject, known)}")
    return f"signal:{subject}" if is_signal else f"gate:{subject}"


def checked_pins(record: Record, pins: Sequence[str]) -> tuple[str, ...]:
    """Return the pins in full form, each once. Raises `PinError` for a text that is not a pin."""
    heads = heads_of(record)
    return tuple(dict.fromkeys(str(parse_pin(pin, heads)) for pin in pins))


def checked_text(text: str, name: str) -> str:
    """Return the text without surrounding blanks. Raises `ActionError` if it is empty or too long."""
    text = text.strip()
    if not text:
        raise ActionError(f"The {name} is empty. Write a few words.")
    if len(text) > MAX_TEXT:
        raise ActionError(f"The {name} has {len(text):,} characters; at most {MAX_TEXT:,} are allowed. Shorten it.")
    return text


def last_commits(record: Record) -> tuple[str, str]:
    """Return the upstream and the downstream commit of the last refresh; both are empty without a refresh."""
    last = record.last
    return (last.upstream.sha, last.downstream.sha) if last else ("", "")


def new_change(record: Record, actor: Actor, action: str, summary: str, *edits: Edit) -> Change:
    """Return a change with a new id by that maintainer."""
    change_id = next_id(record, actor.at)
    return Change(id=change_id, action=action, summary=summary, by=actor.by, at=actor.at, edits=edits)


def new_edit(record: Record, table: str, key: str, after: msgspec.Struct | None) -> Edit:
    """Return the edit that replaces one document of the record, or adds it; None removes it."""
    new = document_of(after) if after is not None else None
    return Edit(table=table, key=key, before=record.document(table, key), after=new)


def give_verdict(
    record: Record,
    tracker: Tracker,
    signal_id: str,
    state: str,
    actor: Actor,
    *,
    reason: str,
    until: dt.date | None = None,
) -> Change:
    """Return the change that gives a signal a verdict with a reason, until the date `until` if given.

    Raises `ActionError` for an unknown signal or state, an empty reason, or a date that is not after today.
    """
    signal = find_signal(tracker, signal_id)
    if until is not None and until <= actor.at.date():
        raise ActionError(f"The verdict would expire on {until}, which is not after today. Give a later day, or none.")
    last = record.last
    reading = last.signal(signal.id) if last else None
    verdict = Verdict(
        id=next_id(record, actor.at),
        signal=signal.id,
        state=parse_choice(state, STATES, "state"),
        reason=checked_text(reason, "reason"),
        by=actor.by,
        at=actor.at,
        until=until,
        upstream=last.upstream.sha if last else "",
        measured=reading.state if reading else "unknown",
        fingerprint=reading.fingerprint if reading else "",
    )
    edit = new_edit(record, "verdicts", signal.id, verdict)
    return new_change(record, actor, "verdict", f"gave {signal.id} the verdict {verdict.state}", edit)


def clear_verdict(record: Record, tracker: Tracker, signal_id: str, actor: Actor) -> Change:
    """Return the change that removes a verdict: the measured state applies again. Raises `ActionError` without one."""
    signal = find_signal(tracker, signal_id)
    if signal.id not in record.verdicts:
        raise ActionError(f"Signal {signal.id!r} has no verdict to clear.")
    edit = new_edit(record, "verdicts", signal.id, None)
    return new_change(record, actor, "verdict", f"cleared the verdict on {signal.id}", edit)


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
    """Return the change that sets the state of an evaluation step, and adds new pins to its pins.

    `done` needs a pin and `dropped` needs a reason. If the state does not change and there is no new reason, the reason
    stays. Raises `ActionError`, and `NeedsEvidence` if a pin is missing.
    """
    step = find_step(tracker, step_id)
    new_state = parse_choice(state, STEP_STATES, "step state")
    old = record.steps.get(step.id)
    all_pins = tuple(dict.fromkeys((*(old.pins if old else ()), *checked_pins(record, pins))))
    reason = reason.strip() or (old.reason if old and old.state == new_state else "")
    reason = checked_text(reason, "reason") if reason else ""
    if new_state == "dropped" and not reason:
        raise ActionError(f"Evaluation step {step.id!r} cannot be dropped without a reason. Give a reason.")
    if new_state == "done" and not all_pins:
        raise NeedsEvidence(f"Evaluation step {step.id!r} needs evidence to be done. Give a pin.")
    up, down = last_commits(record)
    entry = EvaluationStepEntry(
        id=step.id,
        state=new_state,
        reason=reason,
        by=actor.by,
        at=actor.at,
        upstream=up,
        downstream=down,
        pins=all_pins,
    )
    edit = new_edit(record, "steps", step.id, entry)
    return new_change(record, actor, "step", f"set step {step.id} to {new_state}", edit)


def no_pin_error(owner: str, pin: str, pins: Sequence[str]) -> ActionError:
    """Return the error that a gate or step does not have a pin. It names the pins that it has."""
    return ActionError(f"{owner} has no pin {pin}. {'Its pins: ' + ', '.join(pins) if pins else 'It has no pins'}.")


def remove_step_pin(record: Record, tracker: Tracker, step_id: str, pin: str, actor: Actor) -> Change:
    """Return the change that removes a pin from an evaluation step.

    Raises `ActionError` if the step does not have the pin, and `NeedsEvidence` if it is the last pin of a `done` step.
    """
    step = find_step(tracker, step_id)
    old = record.steps.get(step.id)
    if old is None or pin not in old.pins:
        raise no_pin_error(f"Evaluation step {step.id!r}", pin, old.pins if old else ())
    pins = tuple(other for other in old.pins if other != pin)
    if old.state == "done" and not pins:
        raise NeedsEvidence(f"Evaluation step {step.id!r} is done and needs evidence. Give another pin first.")
    edit = new_edit(record, "steps", step.id, replace(old, pins=pins))
    return new_change(record, actor, "step", f"removed {pin} from step {step.id}", edit)


def close_review(record: Record, decision: Decision, recommendation: str, actor: Actor) -> Change:
    """Return the change that closes the review of the last refresh; closing it again replaces the recommendation.

    Raises `ActionError` without a refresh or a recommendation.
    """
    last = record.last
    if last is None:
        raise ActionError("There is no refresh. Refresh first, then close the review.")
    review = Review(
        id=last.id,
        refresh=last.id,
        decision=decision,
        recommendation=checked_text(recommendation, "recommendation"),
        by=actor.by,
        at=actor.at,
    )
    edit = new_edit(record, "reviews", last.id, review)
    return new_change(record, actor, "close", f"closed the review: {decision}", edit)


def _subject_in_words(subject: str) -> str:
    """Return the subject of a note for the log: its id, as other changes name signals and gates."""
    return "the review" if subject == "review" else subject.partition(":")[2]


def add_note(
    record: Record, tracker: Tracker, subject: str, text: str, actor: Actor, *, pins: Sequence[str] = ()
) -> Change:
    """Return the change that writes a note on a signal, a gate or the whole review, with pins. Raises `ActionError`."""
    subject = find_subject(tracker, subject)
    up, down = last_commits(record)
    note = Note(
        id=next_id(record, actor.at),
        subject=subject,
        text=checked_text(text, "note"),
        by=actor.by,
        at=actor.at,
        pins=checked_pins(record, pins),
        upstream=up,
        downstream=down,
    )
    edit = new_edit(record, "notes", note.id, note)
    return new_change(record, actor, "note", f"wrote a note on {_subject_in_words(subject)}", edit)


def _find_note(record: Record, note_id: str) -> Note:
    note = record.notes.get(note_id)
    if note is None:
        raise ActionError(f"There is no note {note_id!r}. `pawtui notes` lists all notes.")
    return note


def edit_note(record: Record, note_id: str, text: str, actor: Actor, *, pins: Sequence[str] = ()) -> Change:
    """Return the change that replaces the text and the pins of a note. Raises `ActionError`.

    Its subject, author and date do not change.
    """
    old = _find_note(record, note_id)
    new = replace(old, text=checked_text(text, "note"), pins=checked_pins(record, pins))
    edit = new_edit(record, "notes", old.id, new)
    return new_change(record, actor, "note", f"changed a note on {_subject_in_words(old.subject)}", edit)


def remove_note(record: Record, note_id: str, actor: Actor) -> Change:
    """Return the change that removes a note. Raises `ActionError` for an unknown note."""
    old = _find_note(record, note_id)
    edit = new_edit(record, "notes", old.id, None)
    return new_change(record, actor, "note", f"removed a note on {_subject_in_words(old.subject)}", edit)
