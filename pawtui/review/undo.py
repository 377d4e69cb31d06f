"""Undo and redo: the log read backwards. Any number of steps, across restarts, safe with a second process.

A change is taken back by a new change whose edits are the old ones turned round, so nothing ever leaves the log.
People undo their own acts only, and not over somebody else's later act on the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from pawtui.review.actions import ActionError, Actor, document, next_id
from pawtui.review.consistency import UndoStacks, undo_stacks
from pawtui.review.model import Change, Edit, Record


class NothingLeft(ActionError):
    """There is nothing of this person's to undo or redo."""


class Overtaken(ActionError):
    """Somebody acted on the same thing since: nothing was changed."""


def next_undo(log: Iterable[Change], by: str) -> Change | None:
    """Return the change that this person would undo next, or None. Raises `InconsistentLog`."""
    return _last(undo_stacks(log).get(by, UndoStacks()).done)


def next_redo(log: Iterable[Change], by: str) -> Change | None:
    """Return the change that this person would redo next, or None. Raises `InconsistentLog`."""
    return _last(undo_stacks(log).get(by, UndoStacks()).undone)


def _last(changes: dict[str, Change]) -> Change | None:
    return next(reversed(changes.values()), None)


def _held(record: Record, edit: Edit) -> dict[str, Any] | None:
    tables: Mapping[str, Mapping[str, msgspec.Struct]] = {
        "verdicts": record.verdicts,
        "gates": record.gates,
        "notes": record.notes,
        "reviews": record.reviews,
        "rulings": record.rulings,
    }
    return document(tables[edit.table].get(edit.key))


def _refuse_if_moved_on(record: Record, change: Change, edits: tuple[Edit, ...], verb: str) -> None:
    for edit in edits:
        if _held(record, edit) != edit.before:
            later = next((c for c in reversed(record.log) if any(e.key == edit.key for e in c.edits)), None)
            since = f"“{later.summary}” came after it, by {later.by}" if later else "it has been changed since"
            raise Overtaken(f"“{change.summary}” cannot be {verb}: {since}.")


def undo(record: Record, actor: Actor) -> Change:
    """Take back this person's last act that stands. Raises `NothingLeft`, or `Overtaken` where others acted on it."""
    last = next_undo(record.log, actor.by)
    if last is None:
        raise NothingLeft("There is nothing of yours to undo.")
    edits = tuple(
        Edit(table=edit.table, key=edit.key, before=edit.after, after=edit.before) for edit in reversed(last.edits)
    )
    _refuse_if_moved_on(record, last, edits, "undone")
    return Change(
        id=next_id(record, actor.at),
        action="undo",
        summary=f"undid: {last.summary}",
        by=actor.by,
        at=actor.at,
        edits=edits,
        undoes=last.id,
    )


def redo(record: Record, actor: Actor) -> Change:
    """Do again what this person undid last. Raises `NothingLeft`, or `Overtaken` where others acted on it."""
    last = next_redo(record.log, actor.by)
    if last is None:
        raise NothingLeft("There is nothing of yours to redo.")
    _refuse_if_moved_on(record, last, last.edits, "redone")
    return Change(
        id=next_id(record, actor.at),
        action="redo",
        summary=f"redid: {last.summary}",
        by=actor.by,
        at=actor.at,
        edits=last.edits,
        redoes=last.id,
    )
