"""What must hold in a record besides its types: no id twice, no edit of an unknown table, and every undo and redo
names a change that can be undone or redone at that point of the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import msgspec

from pawtui.review.model import KEYED, Change, Record


class InconsistentLog(ValueError):
    """A line of the log contradicts the lines before it; `str()` says which, as a clause."""


class UndoStacks(msgspec.Struct):
    """What one person could undo and redo, by the change's id; the next one is last."""

    done: dict[str, Change] = msgspec.field(default_factory=dict)
    undone: dict[str, Change] = msgspec.field(default_factory=dict)


def undo_stacks(log: Iterable[Change]) -> dict[str, UndoStacks]:
    """Read a log, oldest first, and return each person's stacks at its end. Raises `InconsistentLog`."""
    people: dict[str, UndoStacks] = {}
    for change in log:
        own = people.setdefault(change.by, UndoStacks())
        if change.undoes:
            _move(change, change.undoes, own.done, own.undone, "undoes")
        elif change.redoes:
            _move(change, change.redoes, own.undone, own.done, "redoes")
        else:
            own.done[change.id] = change
            own.undone.clear()
    return people


def _move(change: Change, named: str, source: dict[str, Change], target: dict[str, Change], verb: str) -> None:
    if named not in source:
        raise InconsistentLog(f"in the log, {change.id} {verb} {named}, which is no change of theirs to do that to")
    target[named] = source.pop(named)


def find_inconsistency(record: Record) -> str:
    """Return the first thing that does not hold, as a clause; empty where all does."""
    if twice := _twice(refresh.id for refresh in record.refreshes):
        return f"two refreshes have the id {twice}"
    if twice := _twice(change.id for change in record.log):
        return f"two changes in the log have the id {twice}"
    for change in record.log:
        for edit in change.edits:
            if edit.table not in KEYED:
                return f"in the log, {change.id} edits {edit.table!r}, which is no table of the record"
    try:
        undo_stacks(record.log)
    except InconsistentLog as error:
        return str(error)
    return ""


def _twice(ids: Iterable[str]) -> str:
    ordered = sorted(ids)
    return next((one for one, other in pairwise(ordered) if one == other), "")
