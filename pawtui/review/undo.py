"""Undo and redo from the log: any number of changes, also after a restart, and safe with a second process.

Undo adds a new change with the reversed edits, so no line ever leaves the log. Maintainers undo only their own changes,
and only if no other change edited the same entry, or replaced the evidence of a gate, since.
"""

from msgspec.structs import replace

from pawtui.ids import is_after
from pawtui.review.actions import ActionContext, ActionError
from pawtui.review.log import next_redo, next_undo
from pawtui.review.record_types import Change, Edit, Record


class NothingLeft(ActionError):
    """There is no change of this maintainer to undo or redo."""


class ChangedSince(ActionError):
    """Another change edited the same entry, or replaced the evidence of a gate, since: nothing was changed."""


def undo(context: ActionContext) -> Change:
    """Return the change that undoes this maintainer's last remaining one. Raises `NothingLeft` or `ChangedSince`."""
    last = next_undo(context.record.log, context.actor.by)
    if last is None:
        raise NothingLeft("You have no change to undo.")
    edits = tuple(Edit(table=edit.table, key=edit.key, before=edit.after, after=edit.before) for edit in last.edits)
    _refuse_if_changed_since(context, last, edits, "undone")
    return replace(context.new_change("undo", f"undid: {last.summary}", *edits), undoes=last.id)


def redo(context: ActionContext) -> Change:
    """Return the change that redoes this maintainer's last undone change. Raises `NothingLeft` or `ChangedSince`."""
    last = next_redo(context.record.log, context.actor.by)
    if last is None:
        raise NothingLeft("You have no change to redo.")
    _refuse_if_changed_since(context, last, last.edits, "redone")
    return replace(context.new_change("redo", f"redid: {last.summary}", *last.edits), redoes=last.id)


def _refuse_if_changed_since(context: ActionContext, change: Change, edits: tuple[Edit, ...], verb: str) -> None:
    record = context.record
    for edit in edits:
        since = ""
        if not record.has_entry(edit.table, edit.key, edit.before):
            later = next((other for other in reversed(record.log) if other.has_edit(edit.table, edit.key)), None)
            since = f'{later.by} made a later change: "{later.summary}"' if later else "it has been changed since"
        elif edit.table == "gates" and _has_other_evidence(record, change, edit, edits):
            since = f"the evidence of {edit.key} has been replaced since"
        elif edit.table == "notes" and len(edits) == 1 and _is_other_evidence(context, edit):
            # Without an edit of the gate, the note alone would satisfy it.
            since = "the evidence of its gate has been replaced since"
        if since:
            raise ChangedSince(f'"{change.summary}" cannot be {verb}: {since}. Make a new change instead.')


def _has_other_evidence(record: Record, change: Change, edit: Edit, edits: tuple[Edit, ...]) -> bool:
    """Return whether a gate's edit would satisfy the gate only by notes that were not there after the change."""
    entry = edit.after or {}
    edited_notes = {other.key: other.after for other in edits if other.table == "notes"}
    if entry.get("state") != "satisfied" or entry.get("pins") or any(edited_notes.values()):
        return False
    notes = {note.id for note in record.notes.values() if note.subject == f"gate:{edit.key}"} - edited_notes.keys()
    # The first edit of a note since the change shows whether the note was there then.
    first_edits = [_note_edits(record, note, change)[:1] for note in notes]
    return bool(notes) and all(edits and edits[0].before is None for edits in first_edits)


def _is_other_evidence(context: ActionContext, edit: Edit) -> bool:
    """Return whether a restored note is on a gate that lost its evidence, and was not there while it was satisfied."""
    subject, record = str((edit.after or {}).get("subject")), context.record
    if not context.edits_of_lost_evidence(subject):
        return False
    gate_id = subject.removeprefix("gate:")
    satisfied = next((change for change in reversed(record.log) if change.has_edit("gates", gate_id)), None)
    return satisfied is not None and not any(each.before for each in _note_edits(record, edit.key, satisfied))


def _note_edits(record: Record, note_id: str, since: Change) -> list[Edit]:
    """Return the edits of a note after a change, oldest first."""
    later = (edit for change in record.log if is_after(change, since) for edit in change.edits)
    return [edit for edit in later if (edit.table, edit.key) == ("notes", note_id)]
