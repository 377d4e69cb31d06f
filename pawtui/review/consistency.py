"""Rules of a record that its types cannot express.

Ids are unique, and edits name known tables. Every undo names a change that can be undone at that point of the log;
every redo names a change that can be redone.
"""

from collections.abc import Iterable
from itertools import pairwise

import msgspec

from pawtui.review.record_types import KEYED, Change, Record


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


def _move(change: Change, named: str, source: dict[str, Change], target: dict[str, Change], verb: str) -> None:
    if named not in source:
        raise InconsistentLog(
            f"in the log, {change.id} {verb}es {named}, which is not a change that {change.by} can {verb}"
        )
    target[named] = source.pop(named)


def find_inconsistency(record: Record) -> str:
    """Return the first broken rule as a clause; empty if the record is consistent."""
    if repeated := _repeated_id(refresh.id for refresh in record.refreshes):
        return f"two refreshes have the id {repeated}"
    if repeated := _repeated_id(change.id for change in record.log):
        return f"two changes in the log have the id {repeated}"
    for change in record.log:
        for edit in change.edits:
            if edit.table not in KEYED:
                return f"in the log, {change.id} edits {edit.table!r}, which is not a table of the record"
    try:
        undo_stacks(record.log)
    except InconsistentLog as error:
        return str(error)
    return ""


def _repeated_id(ids: Iterable[str]) -> str:
    return next((first for first, second in pairwise(sorted(ids)) if first == second), "")
