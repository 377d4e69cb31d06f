"""What a change does to the record: pure functions from a record to the next one and the documents to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from pawtui.refresh.model import Refresh
from pawtui.review.consistency import find_inconsistency
from pawtui.review.model import KEYED, Change, Edit, Record, document_of, past_key
from pawtui.store.store_errors import Conflict, Unrecordable

T = TypeVar("T")
Document = dict[str, Any]


class Blob(msgspec.Struct, frozen=True):
    """A pin and the blob SHA of its file at the pinned commit."""

    key: str
    sha: str


class Insert(NamedTuple):
    """Add documents at the end of a table."""

    table: str
    documents: tuple[Document, ...]


class Upsert(NamedTuple):
    """Put a document in place of the one with that key, or at the end of the table."""

    table: str
    key: str
    document: Document


class Remove(NamedTuple):
    """Remove the document with that key."""

    table: str
    key: str


Write = Insert | Upsert | Remove


def apply(record: Record, change: Change) -> tuple[Record, list[Write]]:
    """Return the record after a person's change, which its log then ends with, and what to write.

    Raises `Conflict` where an edit's `before` is not what the record holds, `Unrecordable` for a document that could
    not be read again.
    """
    writes: list[Write] = []
    for edit in change.edits:
        record, write = _edited(record, edit)
        writes.append(write)
    # As every document here, taken from its JSON: in memory is what a later start will read.
    document, change = _recordable("log", change, Change)
    record = replace(record, log=(*record.log, change))
    if wrong := find_inconsistency(record):
        raise Unrecordable(f"This change cannot be recorded, so nothing was written: {wrong}.")
    return record, [*writes, Insert("log", (document,))]


def append(record: Record, refresh: Refresh, blobs: Mapping[str, str]) -> tuple[Record, list[Write]]:
    """Return the record with one more refresh and the blob SHAs of its pins, and what to write.

    One of a past moment replaces an earlier one of the same. Raises `Conflict`, `Unrecordable`.
    """
    if any(known.id == refresh.id for known in record.refreshes):
        raise Conflict(f"The refresh {refresh.id} is on record already and was not written again.")
    if refresh.as_of is not None:
        key = past_key(refresh.as_of)
        document, refresh = _recordable("past", refresh, Refresh)
        return replace(record, past={**record.past, key: refresh}), [Upsert("past", key, {"key": key, **document})]
    document, refresh = _recordable("refreshes", refresh, Refresh)
    found = [Blob(key, sha) for key, sha in blobs.items() if record.blobs.get(key) != sha]
    documents = {blob.key: _recordable("blobs", blob, Blob)[0] for blob in found}
    writes: list[Write] = [Insert("refreshes", (document,))]
    writes += [Upsert("blobs", key, one) for key, one in documents.items() if key in record.blobs]
    if new := tuple(one for key, one in documents.items() if key not in record.blobs):
        writes.append(Insert("blobs", new))
    blobs_now = {**record.blobs, **{blob.key: blob.sha for blob in found}}
    return replace(record, refreshes=(*record.refreshes, refresh), blobs=blobs_now), writes


def _edited(record: Record, edit: Edit) -> tuple[Record, Write]:
    kind = KEYED.get(edit.table)
    if kind is None:
        raise Unrecordable(
            f"{edit.table} is no table of the record that a change may edit: one of {', '.join(KEYED)} is."
        )
    table: dict[str, Any] = dict(getattr(record, edit.table))
    before = None if edit.before is None else _recordable(edit.table, edit.before, kind)[1]
    if table.get(edit.key) != before:
        raise Conflict(
            f"{edit.key} in {edit.table} was changed by someone else in the meantime, so nothing was written: "
            "look at it again, then do it again."
        )
    write: Write = Remove(edit.table, edit.key)
    if edit.after is None:
        table.pop(edit.key, None)
    else:
        document, table[edit.key] = _recordable(edit.table, edit.after, kind)
        # Every known key, since TinyDB merges: the document of an older minor may lack one that is there now.
        document |= document_of(table[edit.key])
        write = Upsert(edit.table, edit.key, {"key": edit.key, **document})
    changed: dict[str, Any] = {edit.table: table}
    return replace(record, **changed), write


def _recordable(table: str, given: Any, kind: type[T]) -> tuple[Document, T]:
    """Return a document as it is written, and as a later start will read it. Raises `Unrecordable`."""
    try:
        document = document_of(given)
        return document, msgspec.convert(document, kind)
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unrecordable(f"A document for {table} cannot be recorded, so nothing was written: {error}.") from error
