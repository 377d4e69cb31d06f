"""Actions on gates: states, ticked parts, pins and attached evidence. Each returns a `Change` to record."""

from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from pawtui.review.actions import (
    ActionContext,
    ActionError,
    AlreadyDone,
    NeedsEvidence,
    checked_text,
    find_gate,
    parse_choice,
)
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import GATE_STATES, Change, GateEntry, Record
from pawtui.similar_names import did_you_mean
from pawtui.tracker.tracker_types import Gate


def set_gate(context: ActionContext, gate_id: str, state: str, *, reason: str = "", pins: Sequence[str] = ()) -> Change:
    """Return the change that sets a gate's state, and adds new pins to its pins. Raises `ActionError`.

    `satisfied` ticks all parts of the gate. It needs fresh evidence: a new pin, a pin that is not stale, or a note on
    the gate (`NeedsEvidence` otherwise). Stale pins are then removed. `blocked` needs a reason. `untested` clears the
    ticks only if all parts are ticked. A state that is set again without a reason keeps its reason.
    """
    gate = find_gate(context.tracker, gate_id)
    new_state = parse_choice(state, GATE_STATES, "gate state")
    current = _current_entry(context, gate)
    new_pins = context.checked_pins(pins)
    old_reason = current.reason if current.state == new_state else ""
    reason = checked_text(reason, "reason") if reason.strip() else old_reason
    if new_state == "blocked" and not reason:
        raise ActionError(f"Gate {gate.id!r} cannot be blocked without a reason. Write what blocks it.")
    all_parts = part_ids(gate)
    old_pins, parts = current.pins, current.parts
    summary = f"set {gate.id} to {new_state}"
    if new_state == "satisfied":
        if added := ", ".join(part for part in all_parts if part not in parts):
            summary += f" and ticked {added}"
        old_pins, parts = _fresh_pins(context.record, gate, old_pins, new_pins), all_parts
    elif new_state == "untested" and parts == all_parts:
        # All parts ticked means satisfied: an untested gate starts over.
        parts = ()
    all_pins = tuple(dict.fromkeys((*old_pins, *new_pins)))
    entry = replace(current, state=new_state, reason=reason, pins=all_pins, parts=parts)
    return _gate_change(context, "gate", entry, summary)


def tick_part(context: ActionContext, gate_id: str, part_id: str, *, ticked: bool | None = None) -> Change:
    """Return the change that ticks or unticks one part of a gate; `ticked=None` toggles it.

    Unless the gate is blocked, the last tick satisfies a gate that has evidence, and an untick makes it untested.
    Raises `AlreadyDone` if the part already has that state.
    """
    gate = find_gate(context.tracker, gate_id)
    check_parts(gate, [part_id])
    current = _current_entry(context, gate)
    was_ticked = part_id in current.parts
    if was_ticked == ticked:
        raise AlreadyDone(f"{part_id} of {gate.id} is already {'ticked' if ticked else 'unticked'}.")
    has_evidence = bool(current.pins or context.record.notes_on(f"gate:{gate.id}"))
    parts = set(current.parts) - {part_id} if was_ticked else {*current.parts, part_id}
    entry = _ticked_entry(context, gate, parts, has_evidence=has_evidence)
    verb = "unticked" if was_ticked else "ticked"
    summary = f"{verb} part {part_id} of {gate.id}"
    if entry.state != current.state:
        summary = f"set {gate.id} to {entry.state} and {verb} {part_id}"
    return _gate_change(context, "tick", entry, summary)


def attach_evidence(
    context: ActionContext, gate_id: str, text: str, *, parts: Sequence[str], pins: Sequence[str] = ()
) -> Change:
    """Return the change that writes a note on a gate and ticks the parts that it proves; ticked parts stay ticked.

    The last tick satisfies the gate, unless it is blocked; the others keep its recorded state. Raises `ActionError` for
    a part that the gate does not have, and `AlreadyDone` if it has this note, at the same commits, and these ticks.
    """
    gate = find_gate(context.tracker, gate_id)
    check_parts(gate, parts)
    note = add_note(context, f"gate:{gate.id}", text, pins=pins)
    current = _current_entry(context, gate)
    added = [part for part in part_ids(gate) if part in parts and part not in current.parts]
    if not added:
        if _has_note(context, gate, text, pins):
            raise AlreadyDone(f"{gate.id} already has this evidence. Nothing was recorded.")
        return note
    # The note is evidence.
    entry = _ticked_entry(context, gate, {*current.parts, *added}, has_evidence=True)
    summary = f"attached evidence to {gate.id} and ticked {', '.join(added)}"
    if entry.state != current.state:
        summary = f"set {gate.id} to {entry.state}: {summary}"
    return replace(note, summary=summary, edits=(note.edits[0], context.new_edit("gates", gate.id, entry)))


def add_pin(context: ActionContext, gate_id: str, pin: str) -> Change:
    """Return the change that pins evidence to a gate. The author, time and commits of its state do not change."""
    gate = find_gate(context.tracker, gate_id)
    old = context.record.gates.get(gate.id) or _current_entry(context, gate)
    (added,) = context.checked_pins([pin])
    entry = replace(old, pins=tuple(dict.fromkeys((*old.pins, added))))
    if context.edits_of_lost_evidence(f"gate:{gate.id}"):
        entry = replace(entry, state="untested", reason="")
    return _gate_change(context, "pin", entry, f"pinned {added} to {gate.id}")


def part_ids(gate: Gate) -> tuple[str, ...]:
    """Return the ids of all parts of a gate, in the tracker's order."""
    return tuple(part.id for part in gate.parts)


def check_parts(gate: Gate, wanted: Iterable[str]) -> None:
    """Raise `ActionError` if the gate does not have one of the wanted parts."""
    ids = part_ids(gate)
    for part in wanted:
        if not ids:
            raise ActionError(f"Gate {gate.id!r} has no parts. Set its state instead.")
        if part not in ids:
            raise ActionError(f"Gate {gate.id!r} has no part {part!r}: {did_you_mean(part, ids)}")


def _current_entry(context: ActionContext, gate: Gate) -> GateEntry:
    """Return the entry of a gate (`untested` if there is none) with this actor, time, and the last commits."""
    actor = context.actor
    old = context.record.gates.get(gate.id)
    old = old or GateEntry(id=gate.id, state="untested", reason="", by=actor.by, at=actor.at)
    up, down = context.last_commits
    return replace(old, by=actor.by, at=actor.at, upstream=up, downstream=down)


def _fresh_pins(record: Record, gate: Gate, old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """Return the gate's pins that are not stale. Raises `NeedsEvidence` if no fresh evidence would be left."""
    stale = {pin: drift for pin, drift in record.last_drift.items() if drift.is_stale}
    fresh = tuple(pin for pin in old if pin not in stale)
    if new or fresh:
        return fresh
    notes = record.notes_on(f"gate:{gate.id}")
    if any(stale.keys().isdisjoint(note.pins) for note in notes):
        return fresh
    pins_of_notes = [pin for note in notes for pin in note.pins]
    for pin in (*old, *pins_of_notes):
        if pin in stale:
            state = stale[pin].state
            raise NeedsEvidence(f"The evidence of gate {gate.id!r} is stale ({pin} {state}). Pin current evidence.")
    raise NeedsEvidence(f"Gate {gate.id!r} needs evidence to be satisfied. Give a pin, or write a note on it first.")


def _ticked_entry(context: ActionContext, gate: Gate, ticked: Collection[str], *, has_evidence: bool) -> GateEntry:
    """Return the entry of a gate with these ticked parts.

    A blocked gate stays blocked. Another gate is satisfied if all parts are ticked and it has evidence, and untested if
    a part is no longer ticked. A new state has no reason yet. The author, time and commits are those of the state: a
    tick that keeps it does not change them.
    """
    current, old = _current_entry(context, gate), context.record.gates.get(gate.id)
    parts = tuple(part for part in part_ids(gate) if part in ticked)
    state = current.state
    if state != "blocked" and has_evidence and parts == part_ids(gate):
        state = "satisfied"
    elif state != "blocked" and not set(current.parts).issubset(ticked):
        state = "untested"
    if old is not None and old.state == state:
        return replace(old, parts=parts)
    return replace(current, state=state, parts=parts, reason="")


def _has_note(context: ActionContext, gate: Gate, text: str, pins: Sequence[str]) -> bool:
    """Return whether the gate has a note with this text and these pins, written at the commits of the last refresh."""
    wanted = (checked_text(text, "note"), context.checked_pins(pins), *context.last_commits)
    notes = context.record.notes_on(f"gate:{gate.id}")
    return any((note.text, note.pins, note.upstream, note.downstream) == wanted for note in notes)


def _gate_change(context: ActionContext, action: str, entry: GateEntry, summary: str) -> Change:
    """Return the change of the gate's entry. The walk reads the `action`: `gate` decides the gate."""
    return context.new_change(action, summary, context.new_edit("gates", entry.id, entry))
