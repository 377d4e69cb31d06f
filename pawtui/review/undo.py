"""Undo and redo from the log: any number of changes, also after a restart, and safe with a second process.

Undo adds a new change with the reversed edits, so no line ever leaves the log. Maintainers undo only their own changes,
and only if no other change edited the same document since. On screens, a change with its undos and redos is one entry.
"""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from pawtui.review.actions import ActionError, Actor, new_change
from pawtui.review.consistency import UndoStacks, undo_stacks
from pawtui.review.record_types import Change, Edit, Record, document_of


class NothingLeft(ActionError):
    """There is no change of this maintainer to undo or redo."""


class Overtaken(ActionError):
    """Another change edited the same document since: nothing was changed."""


def next_undo(log: Iterable[Change], by: str) -> Change | None:
    """Return the change that this maintainer would undo next, or None. Raises `InconsistentLog`."""
    return _last(undo_stacks(log).get(by, UndoStacks()).done)


def next_redo(log: Iterable[Change], by: str) -> Change | None:
    """Return the change that this maintainer would redo next, or None. Raises `InconsistentLog`."""
    return _last(undo_stacks(log).get(by, UndoStacks()).undone)


def _last(changes: dict[str, Change]) -> Change | None:
    return next(reversed(changes.values()), None)


def _refuse_if_overtaken(record: Record, change: Change, edits: tuple[Edit, ...], verb: str) -> None:
    for edit in edits:
        document = getattr(record, edit.table).get(edit.key)
        if (document_of(document) if document else None) != edit.before:
            later = next((other for other in reversed(record.log) if other.has_edit(edit.table, edit.key)), None)
            since = f'{later.by} made a later change: "{later.summary}"' if later else "it has been changed since"
            raise Overtaken(f'"{change.summary}" cannot be {verb}: {since}. Make a new change instead.')


def undo(record: Record, actor: Actor) -> Change:
    """Return the change that undoes this maintainer's last remaining one. Raises `NothingLeft` or `Overtaken`."""
    last = next_undo(record.log, actor.by)
    if last is None:
        raise NothingLeft("You have no change to undo.")
    edits = tuple(Edit(table=edit.table, key=edit.key, before=edit.after, after=edit.before) for edit in last.edits)
    _refuse_if_overtaken(record, last, edits, "undone")
    return replace(new_change(record, actor, "undo", f"undid: {last.summary}", *edits), undoes=last.id)


def redo(record: Record, actor: Actor) -> Change:
    """Return the change that redoes this maintainer's last undone change. Raises `NothingLeft` or `Overtaken`."""
    last = next_redo(record.log, actor.by)
    if last is None:
        raise NothingLeft("You have no change to redo.")
    _refuse_if_overtaken(record, last, last.edits, "redone")
    return replace(new_change(record, actor, "redo", f"redid: {last.summary}", *last.edits), redoes=last.id)


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A change, and its undos and redos, oldest first."""

    change: Change
    later: tuple[Change, ...] = ()

    @property
    def is_undone(self) -> bool:
        """Whether the change is undone at the end of the log."""
        return bool(self.later) and bool(self.later[-1].undoes)


def fold_log(log: Iterable[Change]) -> tuple[LogEntry, ...]:
    """Return the entries of a log, oldest first. An undo of an unknown change is its own entry."""
    entries: dict[str, LogEntry] = {}
    for change in log:
        entry = entries.get(change.undoes or change.redoes)
        if entry is not None:
            entries[entry.change.id] = LogEntry(change=entry.change, later=(*entry.later, change))
        else:
            entries[change.id] = LogEntry(change=change)
    return tuple(entries.values())
