"""The check of a record for contradictions that its types cannot exclude."""

from collections.abc import Iterable
from itertools import pairwise

from pawtui.review.record_types import KEYED_TABLES, Record
from pawtui.review.undo import InconsistentLog, undo_stacks


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
