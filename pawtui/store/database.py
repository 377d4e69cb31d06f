"""A record as a TinyDB database: typed reads of its tables, and writes of single entries.

Entries of `refreshes` and `log` are the structs themselves. Entries of the tables in `KEYED_TABLES` also have a
`key`. Entries of `blobs` have a `key` and a `sha`. Entries of `past` are refreshes whose `key` is their time.
TinyDB's numbers of the entries have no meaning here.
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
        """Return the whole record. Raises `Damaged`, which names the invalid entry."""
        tables: dict[str, Any] = {
            name: tuple(entry for _, entry in self._entries(name, type_)) for name, type_ in LIST_TABLES.items()
        }
        for name, type_ in KEYED_TABLES.items():
            tables[name] = self._by_key(name, self._entries(name, type_))
        states = self._by_key("blobs", self._entries("blobs", PinnedState))
        past = self._by_key("past", self._entries("past", Refresh))
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
                table.insert_multiple(write.entry for write in group if write.entry is not None)
                continue
            for _, entry, key in group:
                if entry is None:
                    table.remove(Query().key == key)
                else:
                    table.upsert(entry, Query().key == key)

    def save(self, files: RecordFiles) -> None:
        """Write the whole record to disk. Raises `OSError`: the writes in memory are then not on disk."""
        self._storage.save(files)

    def _entries(self, name: str, type_: type[_T]) -> Iterator[tuple[dict[str, Any], _T]]:
        for entry in self._tinydb.table(name):
            try:
                yield entry, msgspec.convert(entry, type_)
            except msgspec.ValidationError as error:
                raise Damaged(f"table {name}, entry {entry.doc_id}: {error}") from error

    @staticmethod
    def _by_key(name: str, entries: Iterable[tuple[dict[str, Any], _T]]) -> dict[str, _T]:
        keyed: dict[str, _T] = {}
        for entry, struct in entries:
            key = entry.get("key")
            if not isinstance(key, str):
                raise Damaged(f"table {name}: an entry has no key")
            if key in keyed:
                raise Damaged(f"table {name}: two entries have the key {key}")
            keyed[key] = struct
        return keyed
