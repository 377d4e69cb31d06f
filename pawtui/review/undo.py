"""Undo and redo from the log: any number of changes, also after a restart, and safe with a second process.

Undo adds a new change with the reversed edits, so no line ever leaves the log. Maintainers undo only their own changes,
and only if no other change edited the same entry, or replaced the evidence of a gate, since. On screens, a change with
its undos and redos is one line.
"""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from pawtui.ids import is_after
from pawtui.review.actions import ActionContext, ActionError
from pawtui.review.record_types import Change, Edit, Record


class InconsistentLog(ValueError):
    """A line of the log contradicts the lines before it; `str()` is a clause that names the line."""


class UndoStacks(msgspec.Struct):
    """The changes that one maintainer can undo and redo, by id; the next one is last."""

    done: dict[str, Change] = msgspec.field(default_factory=dict)
    undone: dict[str, Change] = msgspec.field(default_factory=dict)


def undo_stacks(log: Iterable[Change]) -> dict[str, UndoStacks]:
    """Return the stacks of each maintainer at the end of a log (oldest first). Raises `InconsistentLog`."""
    by_name: dict[str, UndoStacks] = {}
    for change in log:
        stacks = by_name.setdefault(change.by, UndoStacks())
        if change.undoes:
            _move(change, change.undoes, stacks.done, stacks.undone, "undo")
        elif change.redoes:
            _move(change, change.redoes, stacks.undone, stacks.done, "redo")
        else:
            stacks.done[change.id] = change
            stacks.undone.clear()
    return by_name


def _move(change: Change, named: str, from_stack: dict[str, Change], to_stack: dict[str, Change], verb: str) -> None:
    """Move the change with the id `named`, which `change` undoes or redoes (the `verb`), to the other stack."""
    if named not in from_stack:
        raise InconsistentLog(
            f"in the log, {change.id} {verb}es {named}, which is not a change that {change.by} can {verb}"
        )
    to_stack[named] = from_stack.pop(named)


class NothingLeft(ActionError):
    """There is no change of this maintainer to undo or redo."""


class ChangedSince(ActionError):
    """Another change edited the same entry, or replaced the evidence of a gate, since: nothing was changed."""


def next_undo(log: Iterable[Change], by: str) -> Change | None:
    """Return the change that this maintainer would undo next, or None. Raises `InconsistentLog`."""
    return next(reversed(undo_stacks(log).get(by, UndoStacks()).done.values()), None)


def next_redo(log: Iterable[Change], by: str) -> Change | None:
    """Return the change that this maintainer would redo next, or None. Raises `InconsistentLog`."""
    return next(reversed(undo_stacks(log).get(by, UndoStacks()).undone.values()), None)


def undo(context: ActionContext) -> Change:
    """Return the change that undoes this maintainer's last remaining one. Raises `NothingLeft` or `ChangedSince`."""
    last = next_undo(context.record.log, context.actor.by)
    if last is None:
        raise NothingLeft("You have no change to undo.")
    edits = tuple(Edit(table=edit.table, key=edit.key, before=edit.after, after=edit.before) for edit in last.edits)
    _refuse_if_changed_since(context.record, last, edits, "undone")
    return replace(context.new_change("undo", f"undid: {last.summary}", *edits), undoes=last.id)


def redo(context: ActionContext) -> Change:
    """Return the change that redoes this maintainer's last undone change. Raises `NothingLeft` or `ChangedSince`."""
    last = next_redo(context.record.log, context.actor.by)
    if last is None:
        raise NothingLeft("You have no change to redo.")
    _refuse_if_changed_since(context.record, last, last.edits, "redone")
    return replace(context.new_change("redo", f"redid: {last.summary}", *last.edits), redoes=last.id)


def _refuse_if_changed_since(record: Record, change: Change, edits: tuple[Edit, ...], verb: str) -> None:
    for edit in edits:
        since = ""
        if not record.has_entry(edit.table, edit.key, edit.before):
            later = next((other for other in reversed(record.log) if other.has_edit(edit.table, edit.key)), None)
            since = f'{later.by} made a later change: "{later.summary}"' if later else "it has been changed since"
        elif edit.table == "gates" and _has_other_evidence(record, change, edit, edits):
            since = f"the evidence of {edit.key} has been replaced since"
        if since:
            raise ChangedSince(f'"{change.summary}" cannot be {verb}: {since}. Make a new change instead.')


def _has_other_evidence(record: Record, change: Change, edit: Edit, edits: tuple[Edit, ...]) -> bool:
    """Return whether a gate's edit would satisfy the gate only by notes that were not there after the change."""
    entry = edit.after or {}
    edited_notes = {other.key: other.after for other in edits if other.table == "notes"}
    if entry.get("state") != "satisfied" or entry.get("pins") or any(edited_notes.values()):
        return False
    notes = {note.id for note in record.notes.values() if note.subject == f"gate:{edit.key}"} - edited_notes.keys()
    later = [other for other in record.log if is_after(other, change)]
    # The first edit of a note since the change shows whether the note was there then.
    first_edits = {each.key: each for other in reversed(later) for each in other.edits if each.table == "notes"}
    return bool(notes) and all(note in first_edits and first_edits[note].before is None for note in notes)


class FoldedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change, and its undos and redos, oldest first."""

    change: Change
    later: tuple[Change, ...] = ()

    @property
    def is_undone(self) -> bool:
        """Whether the change is undone at the end of the log."""
        return bool(self.later) and bool(self.later[-1].undoes)


def fold_log(log: Iterable[Change]) -> tuple[FoldedChange, ...]:
    """Return the changes of a log with their undos and redos, oldest first.

    An undo of an unknown change is returned as a change.
    """
    folded: dict[str, FoldedChange] = {}
    for change in log:
        earlier = folded.get(change.undoes or change.redoes)
        if earlier is not None:
            folded[earlier.change.id] = FoldedChange(change=earlier.change, later=(*earlier.later, change))
        else:
            folded[change.id] = FoldedChange(change=change)
    return tuple(folded.values())
