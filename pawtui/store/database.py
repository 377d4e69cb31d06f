"""A record as a TinyDB database: one read of the file, changes in memory, one atomic write.

TinyDB's own file storage overwrites the file in place at every operation. A killed process would leave half a file, or
half of a change.

Documents of `refreshes` and `log` are the structs themselves. Documents of the tables in `KEYED_TABLES` also have a
`key`. Documents of `blobs` have a `key` and a `sha`. Documents of `past` are refreshes whose `key` is their time.
TinyDB's document numbers have no meaning here.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from tinydb import Query, TinyDB
from tinydb.storages import MemoryStorage

from pawtui import atomic
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.record_types import KEYED_TABLES, LIST_TABLES, SCHEMA, Record
from pawtui.review.undo import find_inconsistency
from pawtui.store.edits import Insert, PinnedState, Remove, Upsert, Write
from pawtui.store.record_files import FileStamp, RecordFiles, stamp_of
from pawtui.store.record_format import decode_tables, new_tables
from pawtui.store.store_errors import Damaged, Unrecordable

T = TypeVar("T")

# Returns the record after an update, and the writes to make, in their order.
Update = Callable[[Record], tuple[Record, list[Write]]]

# In bytes. Ten years of daily refreshes of the built-in tracker need a third of it.
MAX_RECORD_BYTES = 256 * 2**20


class RecordDatabase:
    """The database in the file at `path`, as it was when this object was created; `save` writes it.

    `stamp` is the stamp of the file that was read or saved; None if there was no file. `record` is the record with all
    changes, after `load`. Raises `Damaged`, `RecordNewer`
    or `OSError` if the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.record: Record
        self.stamp: FileStamp | None = None
        # The schema of the file that was read or saved.
        self._schema = SCHEMA
        try:
            data, stat = atomic.read_file(path, MAX_RECORD_BYTES)
        except atomic.FileTooLarge as error:
            raise Damaged(f"it has {error.size:,} bytes; the limit is {MAX_RECORD_BYTES:,}") from error
        except FileNotFoundError:
            tables = new_tables()
        else:
            self.stamp = stamp_of(stat)
            tables, self._schema = decode_tables(data, path)
        self._tinydb = TinyDB(storage=MemoryStorage)
        self._tinydb.storage.write(tables)

    def load(self) -> Record:
        """Set and return the record. Raises `Damaged`, which names the invalid document."""
        tables: dict[str, Any] = {
            name: tuple(document for _, document in self._documents(name, type_)) for name, type_ in LIST_TABLES.items()
        }
        for name, type_ in KEYED_TABLES.items():
            tables[name] = self._by_key(name, self._documents(name, type_))
        blobs = self._by_key("blobs", self._documents("blobs", PinnedState))
        past = self._by_key("past", self._documents("past", Refresh))
        record = Record(blobs={key: blob.sha for key, blob in blobs.items()}, past=past, **tables)
        if inconsistency := find_inconsistency(record):
            raise Damaged(inconsistency)
        self.record = record
        return record

    def apply(self, update: Update) -> Record:
        """Change the record in memory, and return it. If `update` raises, nothing is changed."""
        self.record, writes = update(self.record)
        for write in writes:
            table = self._tinydb.table(write.table)
            match write:
                case Insert():
                    table.insert_multiple(write.documents)
                case Upsert():
                    table.upsert(write.document, Query().key == write.key)
                case Remove():
                    table.remove(Query().key == write.key)
        return self.record

    def save(self, files: RecordFiles) -> None:
        """Replace the record's file, and keep the replaced file as the previous version.

        The last file of an older schema gets a second backup, named after its schema. Raises `NotConfirmed` if the file
        was replaced but the disk did not confirm it; another `OSError` or `Unrecordable` if it was not replaced.
        """
        backups = [files.previous]
        if self._schema < SCHEMA:
            backups.append(files.schema_backup(self._schema))
        data = msgspec.json.encode(self._tinydb.storage.read())
        if len(data) > MAX_RECORD_BYTES:
            raise Unrecordable(
                f"Cannot write the record: it would have {len(data):,} bytes; the limit is {MAX_RECORD_BYTES:,}. "
                "Nothing was written. Export the record, then choose another home with --home or PAWTUI_HOME."
            )
        self.stamp = stamp_of(atomic.write_file(files.real, data, mode=atomic.PRIVATE, backups=backups))
        self._schema = SCHEMA

    def _documents(self, name: str, type_: type[T]) -> Iterator[tuple[dict[str, Any], T]]:
        for document in self._tinydb.table(name):
            try:
                yield document, msgspec.convert(document, type_)
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
