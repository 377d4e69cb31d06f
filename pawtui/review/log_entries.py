"""The log as it is read: a change that was undone is one entry, marked, without the undo and redo beside it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pawtui.review.model import Change


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A change, and the undos and redos of it, oldest first."""

    change: Change
    later: tuple[Change, ...] = ()

    @property
    def is_undone(self) -> bool:
        """Whether the change is undone at the end of the log."""
        return bool(self.later) and bool(self.later[-1].undoes)


def fold_log(log: Iterable[Change]) -> tuple[LogEntry, ...]:
    """Return the entries of a log, oldest first. An undo of a change that is not among them is an entry of its own."""
    entries: dict[str, LogEntry] = {}
    for change in log:
        about = entries.get(change.undoes or change.redoes)
        if about is not None:
            entries[about.change.id] = LogEntry(change=about.change, later=(*about.later, change))
        else:
            entries[change.id] = LogEntry(change=change)
    return tuple(entries.values())
