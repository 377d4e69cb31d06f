"""Actions on notes: write, edit, remove."""

from collections.abc import Sequence

from msgspec.structs import replace

from pawtui.review.actions import (
    ActionError,
    Actor,
    checked_pins,
    checked_text,
    find_subject,
    last_commits,
    new_change,
    new_edit,
    next_id,
)
from pawtui.review.record_types import Change, Note, Record
from pawtui.tracker.tracker_types import Tracker


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
