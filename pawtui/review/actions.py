"""What a person can do to the record, as pure functions: each returns the `Change` that the store then commits.

Every act is checked against the tracker and the record as they are at that moment, under the store's lock, so that
two people at work never write over each other without knowing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec

from pawtui.errors import PawtuiError
from pawtui.ids import new_id, newest_id
from pawtui.probes.finding import STATES, State
from pawtui.refresh.model import STALE, Decision
from pawtui.refresh.pins import parse_pin
from pawtui.review.model import (
    GATE_STATES,
    Change,
    Edit,
    GateEntry,
    GateState,
    Note,
    Record,
    Review,
    Verdict,
    document_of,
)
from pawtui.tracker.model import Gate, Signal, Tracker

TEXT_LIMIT = 20_000


class ActionError(PawtuiError):
    """The act cannot be done; `str()` is one sentence: what, why and what to do."""


class AlreadyDone(ActionError):
    """The act would change nothing."""


class NeedsEvidence(ActionError):
    """A gate was to be satisfied without a pin or a note."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts and when (UTC). The name is what the record and the export show."""

    by: str
    at: dt.datetime


def next_id(record: Record, now: dt.datetime) -> str:
    """Return an id that sorts after every id on record, whatever the clock says."""
    return new_id(now, after=newest_id(record.ids))


def heads_of(record: Record) -> dict[str, tuple[str, str]]:
    """`up` and `down` as (repository, full SHA) of the last refresh, for pins written as `up:path`."""
    last = record.last
    if last is None:
        return {}
    return {
        "up": (last.upstream.repo, last.upstream.sha),
        "down": (last.downstream.repo, last.downstream.sha),
    }


def _nearest(word: str, known: Iterable[str], what: str) -> str:
    names = list(known)
    close = get_close_matches(word, names, n=1, cutoff=0.5)
    suggestion = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(names)}."
    return f"The tracker has no {what} {word!r}: {suggestion}"


def find_gate(tracker: Tracker, gate_id: str) -> Gate:
    """The gate of that id; `ActError` names the nearest one."""
    gate = tracker.gate(gate_id)
    if gate is None:
        raise ActionError(_nearest(gate_id, (gate.id for gate in tracker.gates), "gate"))
    return gate


def find_signal(tracker: Tracker, signal_id: str) -> Signal:
    """The signal of that id; `ActError` names the nearest one."""
    signal = tracker.signal(signal_id)
    if signal is None:
        raise ActionError(_nearest(signal_id, (signal.id for signal in tracker.signals), "signal"))
    return signal


def find_subject(tracker: Tracker, subject: str) -> str:
    """`signal:ID`, `gate:ID` or `review`, from that or from a bare id; `ActError` where it is none or both."""
    if subject == "review":
        return subject
    kind, colon, name = subject.partition(":")
    if colon and kind == "signal":
        return f"signal:{find_signal(tracker, name).id}"
    if colon and kind == "gate":
        return f"gate:{find_gate(tracker, name).id}"
    is_signal, is_gate = tracker.signal(subject) is not None, tracker.gate(subject) is not None
    if is_signal and is_gate:
        raise ActionError(f"{subject!r} is a signal and a gate: say signal:{subject} or gate:{subject}.")
    if not (is_signal or is_gate):
        known = ["review", *(s.id for s in tracker.signals), *(g.id for g in tracker.gates)]
        raise ActionError(_nearest(subject, known, "signal or gate"))
    return f"signal:{subject}" if is_signal else f"gate:{subject}"


def _checked_pins(record: Record, pins: Sequence[str]) -> tuple[str, ...]:
    heads = heads_of(record)
    return tuple(dict.fromkeys(str(parse_pin(pin, heads)) for pin in pins))


def _checked_text(text: str, what: str) -> str:
    text = text.strip()
    if not text:
        raise ActionError(f"The {what} is empty: say it in a few words.")
    if len(text) > TEXT_LIMIT:
        raise ActionError(f"The {what} has {len(text):,} characters; at most {TEXT_LIMIT:,} are kept: shorten it.")
    return text


def _shas(record: Record) -> tuple[str, str]:
    last = record.last
    return (last.upstream.sha, last.downstream.sha) if last else ("", "")


def document(struct: msgspec.Struct | None) -> dict[str, Any] | None:
    """A struct as the plain dictionary that is stored."""
    return None if struct is None else document_of(struct)


def _change(record: Record, actor: Actor, action: str, summary: str, *edits: Edit) -> Change:
    change_id = next_id(record, actor.at)
    return Change(id=change_id, action=action, summary=summary, by=actor.by, at=actor.at, edits=edits)


def _edit(table: str, key: str, before: msgspec.Struct | None, after: msgspec.Struct | None) -> Edit:
    return Edit(table=table, key=key, before=document(before), after=document(after))


def set_gate(
    record: Record,
    tracker: Tracker,
    gate_id: str,
    state: str,
    actor: Actor,
    *,
    reason: str = "",
    pins: Sequence[str] = (),
) -> Change:
    """Set a gate's state.

    `satisfied` needs evidence that is not stale: a pin now, one it has, or a note on the gate (`NeedsEvidence`
    otherwise), and ticks all its parts; stale pins of its own give way to the new ones. `blocked` needs a reason.
    `untested` keeps the pins, and the ticks unless all were there. A state set again without a reason keeps its own.
    """
    gate = find_gate(tracker, gate_id)
    known = _gate_state(state)
    old = record.gates.get(gate.id)
    new_pins = _checked_pins(record, pins)
    reason = reason.strip()
    if not reason and old and old.state == known:
        reason = old.reason
    if known == "blocked" and not reason:
        raise ActionError(f"Gate {gate.id!r} cannot be blocked without a reason: say what blocks it.")
    kept = old.pins if old else ()
    if known == "satisfied":
        kept = _standing_pins(record, gate, kept, new_pins)
    pins_now = tuple(dict.fromkeys((*kept, *new_pins)))
    every = tuple(part.id for part in gate.parts)
    parts = every if known == "satisfied" else old.parts if old else ()
    if known == "untested" and parts == every:
        # All parts ticked is what satisfied says: an untested gate starts over.
        parts = ()
    return _gate_change(record, actor, gate, known, reason, pins_now, parts, f"set {gate.id} to {known}")


def _standing_pins(record: Record, gate: Gate, old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """The gate's own pins that do not give way; `NeedsEvidence` where nothing that stands is left to rest on."""
    stale = {drift.pin: drift for drift in record.last.drift if drift.state in STALE} if record.last else {}
    standing = tuple(pin for pin in old if pin not in stale)
    if new or standing:
        return standing
    notes = [note for note in record.notes.values() if note.subject == f"gate:{gate.id}"]
    if any(not (set(note.pins) & stale.keys()) for note in notes):
        return standing
    gone = next((pin for pin in (*old, *(pin for note in notes for pin in note.pins)) if pin in stale), "")
    if gone:
        raise NeedsEvidence(
            f"The evidence of gate {gate.id!r} went stale ({gone} {stale[gone].state}): pin what is there now."
        )
    raise NeedsEvidence(f"Gate {gate.id!r} needs evidence to be satisfied: give a pin, or write a note on it first.")


def _gate_state(state: str) -> GateState:
    for known in GATE_STATES:
        if state == known:
            return known
    raise ActionError(_nearest(state, GATE_STATES, "gate state").replace("The tracker has", "There is"))


def _gate_change(
    record: Record,
    actor: Actor,
    gate: Gate,
    state: GateState,
    reason: str,
    pins: tuple[str, ...],
    parts: tuple[str, ...],
    summary: str,
) -> Change:
    up, down = _shas(record)
    entry = GateEntry(
        id=gate.id,
        state=state,
        reason=reason,
        by=actor.by,
        at=actor.at,
        upstream=up,
        downstream=down,
        pins=pins,
        parts=parts,
    )
    return _change(record, actor, "gate", summary, _edit("gates", gate.id, record.gates.get(gate.id), entry))


def tick_part(
    record: Record, tracker: Tracker, gate_id: str, part_id: str, actor: Actor, *, ticked: bool | None = None
) -> Change:
    """Tick or untick one part of a gate. The last tick satisfies a gate that has evidence; an untick unsettles it.

    `ticked` is what the part is to become, None for the other of the two; `AlreadyDone` where it is that already.
    """
    gate = find_gate(tracker, gate_id)
    names = [part.id for part in gate.parts]
    if part_id not in names:
        raise ActionError(
            _nearest(part_id, names, f"part of gate {gate.id!r} called") if names else f"Gate {gate.id!r} has no parts."
        )
    old = record.gates.get(gate.id)
    had = set(old.parts) if old else set()
    if ticked is not None and (part_id in had) == ticked:
        raise AlreadyDone(f"{part_id} of {gate.id} is {'ticked' if ticked else 'not ticked'} already.")
    now = had ^ {part_id}
    parts = tuple(name for name in names if name in now)
    pins = old.pins if old else ()
    has_evidence = bool(pins) or any(note.subject == f"gate:{gate.id}" for note in record.notes.values())
    state: GateState = old.state if old else "untested"
    if state != "blocked":
        state = "satisfied" if len(parts) == len(names) and has_evidence else "untested"
    verb = "unticked" if part_id in had else "ticked"
    return _gate_change(
        record, actor, gate, state, old.reason if old else "", pins, parts, f"{verb} {part_id} of {gate.id}"
    )


def attach_evidence(
    record: Record,
    tracker: Tracker,
    gate_id: str,
    text: str,
    actor: Actor,
    *,
    parts: Sequence[str],
    pins: Sequence[str] = (),
) -> Change:
    """Write a note on a gate and tick the parts that it proves, in one change; ticked parts stay ticked.

    The last tick satisfies the gate, unless it is blocked. Raises `ActionError` for a part that the gate does not have.
    """
    gate = find_gate(tracker, gate_id)
    names = [part.id for part in gate.parts]
    for part in parts:
        if part not in names:
            raise ActionError(_nearest(part, names, f"part of gate {gate.id!r} called"))
    written = add_note(record, tracker, f"gate:{gate.id}", text, actor, pins=pins)
    old = record.gates.get(gate.id)
    had = set(old.parts) if old else set()
    now = tuple(name for name in names if name in had or name in parts)
    if set(now) == had:
        return written
    state: GateState = old.state if old else "untested"
    if state != "blocked" and len(now) == len(names):
        state = "satisfied"
    ticked = _gate_change(
        record, actor, gate, state, old.reason if old else "", old.pins if old else (), now, written.summary
    )
    summary = f"attached evidence to {gate.id} and ticked {', '.join(name for name in now if name not in had)}"
    return msgspec.structs.replace(written, summary=summary, edits=(*written.edits, *ticked.edits))


def add_note(
    record: Record, tracker: Tracker, subject: str, text: str, actor: Actor, *, pins: Sequence[str] = ()
) -> Change:
    """Write a note on a signal, a gate or the review as a whole, with pins."""
    subject = find_subject(tracker, subject)
    up, down = _shas(record)
    note = Note(
        id=next_id(record, actor.at),
        subject=subject,
        text=_checked_text(text, "note"),
        by=actor.by,
        at=actor.at,
        pins=_checked_pins(record, pins),
        upstream=up,
        downstream=down,
    )
    return _change(record, actor, "note", f"wrote a note on {subject}", _edit("notes", note.id, None, note))


def _find_note(record: Record, note_id: str) -> Note:
    note = record.notes.get(note_id)
    if note is None:
        raise ActionError(f"There is no note {note_id!r} any more: look at the list again.")
    return note


def edit_note(record: Record, note_id: str, text: str, actor: Actor, *, pins: Sequence[str] = ()) -> Change:
    """Give a note another text and other pins; its subject, author and date stay, the log says who changed it."""
    old = _find_note(record, note_id)
    new = msgspec.structs.replace(old, text=_checked_text(text, "note"), pins=_checked_pins(record, pins))
    return _change(record, actor, "note", f"changed a note on {old.subject}", _edit("notes", old.id, old, new))


def remove_note(record: Record, note_id: str, actor: Actor) -> Change:
    """Take a note off the record; the log keeps it, and undo brings it back."""
    old = _find_note(record, note_id)
    return _change(record, actor, "note", f"removed a note on {old.subject}", _edit("notes", old.id, old, None))


def add_pin(record: Record, tracker: Tracker, gate_id: str, pin: str, actor: Actor) -> Change:
    """Pin evidence straight to a gate, without a note. Who set its state, when and at which commits stays as it was."""
    gate = find_gate(tracker, gate_id)
    old = record.gates.get(gate.id)
    (added,) = _checked_pins(record, [pin])
    summary = f"pinned {added} to {gate.id}"
    if old is None:
        return _gate_change(record, actor, gate, "untested", "", (added,), (), summary)
    entry = msgspec.structs.replace(old, pins=tuple(dict.fromkeys((*old.pins, added))))
    return _change(record, actor, "gate", summary, _edit("gates", gate.id, old, entry))


def remove_pin(record: Record, tracker: Tracker, gate_id: str, pin: str, actor: Actor) -> Change:
    """Take a pin off a gate; the log keeps it, and undo brings it back."""
    gate = find_gate(tracker, gate_id)
    old = record.gates.get(gate.id)
    if old is None or pin not in old.pins:
        raise ActionError(f"Gate {gate.id!r} has no pin {pin}: look at it again.")
    entry = msgspec.structs.replace(old, pins=tuple(one for one in old.pins if one != pin))
    return _change(record, actor, "gate", f"took {pin} off {gate.id}", _edit("gates", gate.id, old, entry))


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
    """Put a person's state over a signal's measured one, with its reason and, if wanted, the day it ends."""
    signal = find_signal(tracker, signal_id)
    if until is not None and until <= actor.at.date():
        raise ActionError(f"The verdict would end on {until}, which is not after today: give a later day, or none.")
    last = record.last
    reading = last.signal(signal.id) if last else None
    verdict = Verdict(
        id=next_id(record, actor.at),
        signal=signal.id,
        state=_state(state),
        reason=_checked_text(reason, "reason"),
        by=actor.by,
        at=actor.at,
        until=until,
        upstream=last.upstream.sha if last else "",
        measured=reading.state if reading else "unknown",
        fingerprint=reading.fingerprint if reading else "",
    )
    summary = f"judged {signal.id} {verdict.state}"
    return _change(
        record, actor, "verdict", summary, _edit("verdicts", signal.id, record.verdicts.get(signal.id), verdict)
    )


def _state(state: str) -> State:
    for known in STATES:
        if state == known:
            return known
    raise ActionError(_nearest(state, STATES, "state").replace("The tracker has", "There is"))


def clear_verdict(record: Record, tracker: Tracker, signal_id: str, actor: Actor) -> Change:
    """Take a verdict back: the measurement counts again."""
    signal = find_signal(tracker, signal_id)
    old = record.verdicts.get(signal.id)
    if old is None:
        raise ActionError(f"Signal {signal.id!r} has no verdict to clear.")
    return _change(
        record, actor, "verdict", f"cleared the verdict on {signal.id}", _edit("verdicts", signal.id, old, None)
    )


def close_review(record: Record, decision: Decision, recommendation: str, actor: Actor) -> Change:
    """Close the review of the last refresh with a recommendation; closing it again replaces the words."""
    last = record.last
    if last is None:
        raise ActionError("There is no refresh to close a review of: refresh first.")
    old = record.reviews.get(last.id)
    review = Review(
        id=last.id,
        refresh=last.id,
        decision=decision,
        recommendation=_checked_text(recommendation, "recommendation"),
        by=actor.by,
        at=actor.at,
    )
    return _change(record, actor, "close", f"closed the review: {decision}", _edit("reviews", last.id, old, review))
