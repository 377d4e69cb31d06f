"""A record as a TinyDB database: typed reads of its tables, and writes of single documents.

Documents of `refreshes` and `log` are the structs themselves. Documents of the tables in `KEYED_TABLES` also have a
`key`. Documents of `blobs` have a `key` and a `sha`. Documents of `past` are refreshes whose `key` is their time.
TinyDB's document numbers have no meaning here.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from tinydb import Query, TinyDB

from pawtui.refresh.refresh_types import Refresh
from pawtui.review.consistency import find_inconsistency
from pawtui.review.record_types import KEYED_TABLES, LIST_TABLES, Record
from pawtui.store.edits import PinnedState, Write
from pawtui.store.record_files import FileStamp, RecordFiles
from pawtui.store.storage import RecordStorage
from pawtui.store.store_errors import Damaged

_T = TypeVar("_T")


class RecordDatabase:
    """The database in the file at `path`, as it was when this object was created.

    Raises `Damaged`, `RecordNewer` or `OSError` if the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._storage = RecordStorage(path)
        self._tinydb = TinyDB(storage=lambda: self._storage)

    @property
    def stamp(self) -> FileStamp | None:
        """The stamp of the file that was read or saved; None if there was no file."""
        return self._storage.stamp

    def load(self) -> Record:
        """Return the whole record. Raises `Damaged`, which names the invalid document."""
        tables: dict[str, Any] = {
            name: tuple(document for _, document in self._documents(name, type_)) for name, type_ in LIST_TABLES.items()
        }
        for name, type_ in KEYED_TABLES.items():
            tables[name] = self._by_key(name, self._documents(name, type_))
        states = self._by_key("blobs", self._documents("blobs", PinnedState))
        past = self._by_key("past", self._documents("past", Refresh))
        record = Record(pinned_states={key: state.sha for key, state in states.items()}, past=past, **tables)
        if inconsistency := find_inconsistency(record):
            raise Damaged(inconsistency)
        return record

    def write(self, writes: Iterable[Write]) -> None:
        """Apply these writes in memory, in this order."""
        for (name, has_key), group in groupby(writes, key=lambda write: (write.table, write.key is not None)):
            table = self._tinydb.table(name)
            if not has_key:
                # All at once, because each operation of TinyDB copies the whole table.
                table.insert_multiple(write.document for write in group if write.document is not None)
                continue
            for _, document, key in group:
                if document is None:
                    table.remove(Query().key == key)
                else:
                    table.upsert(document, Query().key == key)

    def save(self, files: RecordFiles) -> None:
        """Write the whole record to disk. Raises `OSError`: the writes in memory are then not on disk."""
        self._storage.save(files)

    def _documents(self, name: str, type_: type[_T]) -> Iterator[tuple[dict[str, Any], _T]]:
        for document in self._tinydb.table(name):
            try:
                yield document, msgspec.convert(document, type_)
            except msgspec.ValidationError as error:
                raise Damaged(f"table {name}, document {document.doc_id}: {error}") from error

    @staticmethod
    def _by_key(name: str, documents: Iterable[tuple[dict[str, Any], _T]]) -> dict[str, _T]:
        keyed: dict[str, _T] = {}
        for document, struct in documents:
            key = document.get("key")
            if not isinstance(key, str):
                raise Damaged(f"table {name}: a document has no key")
            if key in keyed:
                raise Damaged(f"table {name}: two documents have the key {key}")
            keyed[key] = struct
        return keyed
