"""The log for display: a change with its undos and redos is one entry."""

from collections.abc import Iterable

import msgspec

from pawtui.review.record_types import Change


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
