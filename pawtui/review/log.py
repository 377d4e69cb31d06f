"""The log of a record: what each maintainer can undo and redo, its lines with their undos, and its consistency."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Literal

import msgspec

from pawtui.review.record_types import KEYED_TABLES, Change, Record


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
        named = change.undoes or change.redoes
        if not named:
            stacks.done[change.id] = change
            stacks.undone.clear()
            continue
        verb, old, new = ("undo", stacks.done, stacks.undone) if change.undoes else ("redo", stacks.undone, stacks.done)
        if named not in old:
            raise InconsistentLog(
                f"in the log, {change.id} {verb}es {named}, which is not a change that {change.by} can {verb}"
            )
        new[named] = old.pop(named)
    return by_name


def next_change(log: Iterable[Change], by: str, verb: Literal["undo", "redo"]) -> Change | None:
    """Return the change that this maintainer would undo or redo next, or None. Raises `InconsistentLog`."""
    stacks = undo_stacks(log).get(by, UndoStacks())
    stack = stacks.done if verb == "undo" else stacks.undone
    return next(reversed(stack.values()), None)


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


def find_inconsistency(record: Record) -> str:
    """Return the first broken rule as a clause; empty if the record is consistent.

    Ids are unique, and edits name known tables. Every undo and redo names a change that can be undone or redone there.
    """
    if repeated := _repeated_id(refresh.id for refresh in record.refreshes):
        return f"two refreshes have the id {repeated}"
    if repeated := _repeated_id(change.id for change in record.log):
        return f"two changes in the log have the id {repeated}"
    for change in record.log:
        for edit in change.edits:
            if edit.table not in KEYED_TABLES:
                return f"in the log, {change.id} edits {edit.table!r}, which is not a table of the record"
    try:
        undo_stacks(record.log)
    except InconsistentLog as error:
        return str(error)
    return ""


def _repeated_id(ids: Iterable[str]) -> str:
    """Return an id that occurs twice; empty if there is none."""
    return next((first for first, second in pairwise(sorted(ids)) if first == second), "")
