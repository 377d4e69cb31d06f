"""What a change does to the record: pure functions from a record to the next one and the documents to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from pawtui.refresh.model import Refresh
from pawtui.review.model import Change, Edit, Record
from pawtui.store import codec
from pawtui.store.store_errors import Conflict, Unrecordable


class Write(NamedTuple):
    """One document to store. `key` None: added at the table's end; `document` None: the one of that key is removed."""

    table: str
    key: str | None
    document: msgspec.Raw | None


def apply(record: Record, change: Change) -> tuple[Record, list[Write]]:
    """The record after a person's change, which its log then ends with.

    Raises `Conflict` where an edit's `before` is not what the record holds, `Unrecordable` for a document that could
    not be read again.
    """
    writes = []
    for edit in change.edits:
        record, write = _edited(record, edit)
        writes.append(write)
    # Taken from its bytes, like every document here: in memory is what a later start will read.
    document, change = _written("log", change, Change)
    writes.append(Write("log", None, document))
    return replace(record, log=(*record.log, change)), writes


def append(record: Record, refresh: Refresh, blobs: Mapping[str, str]) -> tuple[Record, list[Write]]:
    """The record with one more refresh and what was learnt of pins' blobs. Raises `Conflict`, `Unrecordable`."""
    if any(known.id == refresh.id for known in record.refreshes):
        raise Conflict(f"The refresh {refresh.id} is on record already and was not written again.")
    document, refresh = _written("refreshes", refresh, Refresh)
    writes = [Write("refreshes", None, document)]
    learnt = {key: sha for key, sha in blobs.items() if record.blobs.get(key) != sha}
    writes += [
        Write("blobs", key, _written("blobs", codec.Blob(key, sha), codec.Blob)[0]) for key, sha in learnt.items()
    ]
    return replace(record, refreshes=(*record.refreshes, refresh), blobs=record.blobs | learnt), writes


def _edited(record: Record, edit: Edit) -> tuple[Record, Write]:
    kind = codec.KEYED.get(edit.table)
    if kind is None:
        raise Unrecordable(
            f"{edit.table} is no table of the record that a change may edit: one of {', '.join(codec.KEYED)} is."
        )
    table: dict[str, Any] = dict(getattr(record, edit.table))
    before = None if edit.before is None else _written(edit.table, edit.before, kind)[1]
    if table.get(edit.key) != before:
        raise Conflict(
            f"{edit.key} in {edit.table} was changed by someone else in the meantime, so nothing was written: "
            "look at it again, then do it again."
        )
    document = None
    if edit.after is None:
        table.pop(edit.key, None)
    else:
        document, table[edit.key] = _written(edit.table, {"key": edit.key} | edit.after, kind)
    changed: dict[str, Any] = {edit.table: table}
    return replace(record, **changed), Write(edit.table, edit.key, document)


def _written(table: str, document: Any, kind: type[codec.T]) -> tuple[msgspec.Raw, codec.T]:
    """The document's bytes, and what a later start will read from them."""
    try:
        data = codec.encode(document)
        return msgspec.Raw(data), codec.typed(data, kind)
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unrecordable(f"A document for {table} cannot be recorded, so nothing was written: {error}.") from error
