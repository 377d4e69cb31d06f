"""Undo and redo from the log: any number of changes, also after a restart, and safe with a second process.

Undo adds a new change with the reversed edits, so no line ever leaves the log. Maintainers undo only their own changes,
and only if no other change edited the same entry since. They do not satisfy a gate whose notes someone else changed.
"""

from msgspec.structs import replace

from pawtui.ids import is_after
from pawtui.review.actions import ActionContext, ActionError, subject_name
from pawtui.review.log import next_change
from pawtui.review.record_types import Change, Edit


class NothingLeft(ActionError):
    """There is no change of this maintainer to undo or redo."""


class ChangedSince(ActionError):
    """Another change edited the same entry, or the notes on a gate, since: nothing was changed."""


def undo(context: ActionContext) -> Change:
    """Return the change that undoes this maintainer's last remaining one. Raises `NothingLeft` or `ChangedSince`."""
    last = next_change(context.record.log, context.actor.by, "undo")
    if last is None:
        raise NothingLeft("You have no change to undo.")
    edits = tuple(Edit(table=edit.table, key=edit.key, before=edit.after, after=edit.before) for edit in last.edits)
    _refuse_if_changed_since(context, last, edits, "undone")
    return replace(context.new_change("undo", f"undid: {last.summary}", *edits), undoes=last.id)


def redo(context: ActionContext) -> Change:
    """Return the change that redoes this maintainer's last undone change. Raises `NothingLeft` or `ChangedSince`."""
    last = next_change(context.record.log, context.actor.by, "redo")
    if last is None:
        raise NothingLeft("You have no change to redo.")
    _refuse_if_changed_since(context, last, last.edits, "redone")
    return replace(context.new_change("redo", f"redid: {last.summary}", *last.edits), redoes=last.id)


def _refuse_if_changed_since(context: ActionContext, change: Change, edits: tuple[Edit, ...], participle: str) -> None:
    """Raise `ChangedSince` if the record is not as it was before these edits, which would undo or redo a change."""
    record = context.record
    for edit in edits:
        since = ""
        if not record.has_entry(edit.table, edit.key, edit.before):
            later = next((other for other in reversed(record.log) if other.has_edit(edit.table, edit.key)), None)
            since = f'{later.by} made a later change: "{later.summary}"' if later else "it has been changed since"
        elif subject := _satisfied_gate(context, edit):
            # They may be other evidence than that by which the gate was satisfied.
            others = (other for other in record.log if is_after(other, change) and other.by != context.actor.by)
            if later := next((other for other in others if _changes_note(other, subject)), None):
                since = f"{later.by} changed the notes on {subject_name(subject)} since"
        if since:
            raise ChangedSince(f'"{change.summary}" cannot be {participle}: {since}. Make a new change instead.')


def _satisfied_gate(context: ActionContext, edit: Edit) -> str:
    """Return the gate, as a subject, that an edit satisfies: by its state, or by a note after it lost its evidence."""
    before, after = edit.before or {}, edit.after or {}
    if edit.table == "gates" and after.get("state") == "satisfied" and before.get("state") != "satisfied":
        return f"gate:{edit.key}"
    subject: str = after.get("subject", "")  # only a note has one
    return subject if context.edits_of_lost_evidence(subject) else ""


def _changes_note(change: Change, subject: str) -> bool:
    """Return whether a change added, edited or restored a note on the subject."""
    return any((edit.after or {}).get("subject") == subject for edit in change.edits)
