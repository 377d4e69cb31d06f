"""A record as a TinyDB database: its tables read as typed structs, and changed document by document.

A document of `refreshes` and `log` is the struct itself; one of `verdicts`, `gates`, `notes` and `reviews` has its
`key` besides; one of `blobs` is a `key` and a `sha`; one of `past` a refresh with the `key` of
its moment. TinyDB's own numbers mean nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from tinydb import Query, TinyDB

from pawtui.refresh.model import Refresh
from pawtui.review.consistency import find_inconsistency
from pawtui.review.model import KEYED, LISTED, Record
from pawtui.store.edits import Blob, Insert, Remove, Upsert, Write
from pawtui.store.files import RecordFiles, Stamp
from pawtui.store.storage import RecordStorage
from pawtui.store.store_errors import Damaged

T = TypeVar("T")


class RecordDatabase:
    """The database in the file at `path`, as it was when this was made.

    Raises `Damaged`, `RecordNewer` and `OSError` when the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._storage = RecordStorage(path)
        self._tinydb = TinyDB(storage=lambda: self._storage)

    @property
    def stamp(self) -> Stamp | None:
        """The stamp of the file that was read or saved; None where there was none."""
        return self._storage.stamp

    def load(self) -> Record:
        """Return everything on record. Raises `Damaged` with the document that is wrong."""
        tables: dict[str, Any] = {
            name: tuple(document for _, document in self._documents(name, kind)) for name, kind in LISTED.items()
        }
        for name, kind in KEYED.items():
            tables[name] = self._by_key(name, self._documents(name, kind))
        blobs = self._by_key("blobs", self._documents("blobs", Blob))
        past = self._by_key("past", self._documents("past", Refresh))
        record = Record(blobs={key: blob.sha for key, blob in blobs.items()}, past=past, **tables)
        if wrong := find_inconsistency(record):
            raise Damaged(wrong)
        return record

    def write(self, writes: Iterable[Write]) -> None:
        """Apply these writes in memory, in their order."""
        for write in writes:
            table = self._tinydb.table(write.table)
            match write:
                case Insert():
                    table.insert_multiple(write.documents)
                case Upsert():
                    table.upsert(write.document, Query().key == write.key)
                case Remove():
                    table.remove(Query().key == write.key)

    def save(self, files: RecordFiles) -> None:
        """Write the record, whole. Raises `OSError`: then what was written in memory is not on disk."""
        self._storage.save(files)

    def _documents(self, name: str, kind: type[T]) -> Iterator[tuple[dict[str, Any], T]]:
        for document in self._tinydb.table(name):
            try:
                yield document, msgspec.convert(document, kind)
            except msgspec.ValidationError as error:
                raise Damaged(f"table {name}, document {document.doc_id}: {error}") from error

    @staticmethod
    def _by_key(name: str, documents: Iterable[tuple[dict[str, Any], T]]) -> dict[str, T]:
        keyed: dict[str, T] = {}
        for document, struct in documents:
            key = document.get("key")
            if not isinstance(key, str):
                raise Damaged(f"table {name}: a document has no key")
            if key in keyed:
                raise Damaged(f"table {name}: two documents have the key {key}")
            keyed[key] = struct
        return keyed
