"""Actions on notes: write, edit, remove."""

from collections.abc import Sequence

from msgspec.structs import replace

from pawtui.review.actions import ActionContext, ActionError, checked_text, find_subject, logged_name
from pawtui.review.record_types import Change, Note, Record


def add_note(context: ActionContext, subject: str, text: str, *, pins: Sequence[str] = ()) -> Change:
    """Return the change that writes a note on a signal, a gate or the whole review, with pins. Raises `ActionError`."""
    subject = find_subject(context.tracker, subject)
    up, down = context.last_commits
    note = Note(
        id=context.new_id(),
        subject=subject,
        text=checked_text(text, "note"),
        by=context.actor.by,
        at=context.actor.at,
        pins=context.checked_pins(pins),
        upstream=up,
        downstream=down,
    )
    edits = [context.new_edit("notes", note.id, note), *context.edits_of_lost_evidence(subject)]
    return context.new_change("note", f"wrote a note on {logged_name(subject)}", *edits)


def _find_note(record: Record, note_id: str) -> Note:
    note = record.notes.get(note_id)
    if note is None:
        raise ActionError(f"There is no note {note_id!r}. `pawtui notes` lists all notes.")
    return note


def edit_note(context: ActionContext, note_id: str, text: str, *, pins: Sequence[str] | None = None) -> Change:
    """Return the change that replaces the text of a note, and its pins unless `pins` is None. Raises `ActionError`.

    Its subject, author and date do not change.
    """
    old = _find_note(context.record, note_id)
    new_pins = old.pins if pins is None else context.checked_pins(pins)
    new = replace(old, text=checked_text(text, "note"), pins=new_pins)
    edit = context.new_edit("notes", old.id, new)
    return context.new_change("note", f"changed a note on {logged_name(old.subject)}", edit)


def remove_note(context: ActionContext, note_id: str) -> Change:
    """Return the change that removes a note. Raises `ActionError` for an unknown note."""
    old = _find_note(context.record, note_id)
    edit = context.new_edit("notes", old.id, None)
    return context.new_change("note", f"removed a note on {logged_name(old.subject)}", edit)
