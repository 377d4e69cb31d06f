"""Apply a change or a refresh to a record: pure functions that return the new record and the entries to write."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from pawtui.refresh.refresh_types import Refresh
from pawtui.review.log import find_inconsistency
from pawtui.review.record_types import KEYED_TABLES, Change, Edit, Record, past_key, plain_entry
from pawtui.store.store_errors import Unrecordable

_T = TypeVar("_T")


class PinnedState(msgspec.Struct, frozen=True):
    """An entry of `Record.pinned_states`: the pin is the `key`, and its state when it was made the `sha`."""

    key: str
    sha: str


class Write(NamedTuple):
    """An entry to add at the end of a table. With a `key`, it replaces the entry that has this key, if any.

    If `entry` is None, the entry that has the key is removed.
    """

    table: str
    entry: dict[str, Any] | None
    key: str | None = None


def apply(record: Record, change: Change) -> tuple[Record, list[Write]]:
    """Return the record after a user's change, which is then the last one of the log, and the writes to make.

    Raises `Unrecordable` if an edit's `before` differs from the record, or if a later start could not read an entry.
    """
    writes: list[Write] = []
    for edit in change.edits:
        record, write = _apply_edit(record, edit)
        writes.append(write)
    # Decoded from its JSON, like every entry here, so that memory equals a later read.
    entry, change = _recordable("log", change, Change)
    record = replace(record, log=(*record.log, change))
    if inconsistency := find_inconsistency(record):
        raise Unrecordable(f"Cannot record this change: {inconsistency}. Nothing was written.")
    return record, [*writes, Write("log", entry)]


def add_refresh(record: Record, refresh: Refresh, pinned_states: Mapping[str, str]) -> tuple[Record, list[Write]]:
    """Return the record with one more refresh and newly found states of pins, and the writes to make.

    A refresh of a past time replaces an earlier refresh of the same time. Raises `Unrecordable`.
    """
    if any(known.id == refresh.id for known in record.refreshes):
        raise Unrecordable(f"The refresh {refresh.id} is already recorded. It was not written again.")
    if refresh.as_of is not None:
        key = past_key(refresh.as_of)
        entry, refresh = _recordable("past", refresh, Refresh)
        return replace(record, past={**record.past, key: refresh}), [Write("past", {"key": key, **entry}, key)]
    entry, refresh = _recordable("refreshes", refresh, Refresh)
    writes = [Write("refreshes", entry)]
    for pin, state in pinned_states.items():
        if record.pinned_states.get(pin) != state:
            entry, _ = _recordable("blobs", PinnedState(pin, state), PinnedState)
            # Without a key, a new entry is not searched in the table: a first refresh may have thousands.
            writes.append(Write("blobs", entry, pin if pin in record.pinned_states else None))
    states_now = {**record.pinned_states, **pinned_states}
    return replace(record, refreshes=(*record.refreshes, refresh), pinned_states=states_now), writes


def _apply_edit(record: Record, edit: Edit) -> tuple[Record, Write]:
    """Return the record with one changed entry, and the write to make. Raises `Unrecordable`."""
    if not record.has_entry(edit.table, edit.key, edit.before):
        raise Unrecordable(
            f"Cannot record this change: it is not based on the recorded {edit.key} in {edit.table}. "
            "Nothing was written."
        )
    table: dict[str, Any] = dict(getattr(record, edit.table))
    entry = None
    if edit.after is None:
        table.pop(edit.key, None)
    else:
        entry, table[edit.key] = _recordable(edit.table, edit.after, KEYED_TABLES[edit.table])
        # Write every known key, because TinyDB merges: an entry of an older minor version may lack a key.
        entry = {"key": edit.key, **entry, **plain_entry(table[edit.key])}
    changed: dict[str, Any] = {edit.table: table}
    return replace(record, **changed), Write(edit.table, entry, edit.key)


def _recordable(table: str, given: Any, type_: type[_T]) -> tuple[dict[str, Any], _T]:
    """Return an entry as it is written, and as a later start reads it. Raises `Unrecordable`."""
    try:
        entry = plain_entry(given)
        return entry, msgspec.convert(entry, type_)
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unrecordable(f"Cannot record an entry for {table}: {error}. Nothing was written.") from error
