"""A record as a TinyDB database: one read of the file, changes of documents in memory, one atomic write.

TinyDB's own file storage overwrites the file in place at every operation. A killed process would leave half a file, or
half of a change.

Documents of `refreshes` and `log` are the structs themselves. Documents of the tables in `KEYED` also have a `key`.
Documents of `blobs` have a `key` and a `sha`. Documents of `past` are refreshes whose `key` is their time. TinyDB's
document numbers have no meaning here.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from tinydb import Query, TinyDB
from tinydb.storages import MemoryStorage

from pawtui import atomic
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.consistency import find_inconsistency
from pawtui.review.record_types import KEYED, LATER_TABLES, LISTED, SCHEMA, TABLES, Record
from pawtui.store.edits import Insert, PinTarget, Remove, Upsert, Write
from pawtui.store.migrations import migrate
from pawtui.store.record_files import FileStamp, RecordFiles, stamp_of
from pawtui.store.store_errors import Damaged, RecordNewer, Unrecordable

# In bytes. Ten years of daily refreshes of the built-in tracker need a third of it.
MAX_RECORD_BYTES = 256 * 2**20

T = TypeVar("T")


class RecordDatabase:
    """The database in the file at `path`, as it was when this object was created.

    Raises `Damaged`, `RecordNewer` or `OSError` if the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._tinydb = TinyDB(storage=MemoryStorage)
        # The stamp and the schema of the file that was read or saved; None if there was no file.
        self.stamp: FileStamp | None = None
        self._schema: int | None = None
        try:
            data, stat = atomic.read_file(path, MAX_RECORD_BYTES)
        except atomic.FileTooLarge as error:
            raise Damaged(f"it has {error.size:,} bytes; the limit is {MAX_RECORD_BYTES:,}") from error
        except FileNotFoundError:
            tables: dict[str, dict[str, Any]] = {"meta": {"1": {"schema": SCHEMA}}, **{name: {} for name in TABLES}}
        else:
            self.stamp = stamp_of(stat)
            tables, self._schema = _decode(data, path)
        self._tinydb.storage.write(tables)

    def load(self) -> Record:
        """Return the whole record. Raises `Damaged`, which names the invalid document."""
        tables: dict[str, Any] = {
            name: tuple(document for _, document in self._documents(name, type_)) for name, type_ in LISTED.items()
        }
        for name, type_ in KEYED.items():
            tables[name] = self._by_key(name, self._documents(name, type_))
        blobs = self._by_key("blobs", self._documents("blobs", PinTarget))
        past = self._by_key("past", self._documents("past", Refresh))
        record = Record(blobs={key: blob.sha for key, blob in blobs.items()}, past=past, **tables)
        if inconsistency := find_inconsistency(record):
            raise Damaged(inconsistency)
        return record

    def write(self, writes: Iterable[Write]) -> None:
        """Apply these writes in memory, in this order."""
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
        """Replace the record's file, and keep the replaced file as the previous version.

        The last file of an older schema gets a second backup, named after its schema. Raises `NotConfirmed` if the file
        was replaced but the disk did not confirm it; another `OSError` or `Unrecordable` if it was not replaced.
        """
        backups = [files.previous]
        if self._schema is not None and self._schema < SCHEMA:
            backups.append(files.of_schema(self._schema))
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


def _decode(data: bytes, path: Path) -> tuple[dict[str, dict[str, Any]], int]:
    """Return the tables of a file, migrated to the current schema, and the schema number of the file.

    Raises `Damaged` if a known table is missing or is not a dictionary of documents by number; `RecordNewer` for a
    newer schema.
    """
    if not data:
        raise Damaged("it is empty")
    try:
        tables = msgspec.json.decode(data, type=dict[str, Any])
    except msgspec.ValidationError as error:
        raise Damaged(f"it is not a record: {error}") from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        # ValueError: bytes that are not UTF-8.
        raise Damaged(f"it is truncated or not JSON: {error}") from error
    schema = _schema_of(tables)
    if schema > SCHEMA:
        raise RecordNewer(
            f"Cannot read {path}: a newer pawtui wrote it (schema {schema}; this version supports {SCHEMA}). "
            "It was not changed. Update pawtui, or choose another home with --home or PAWTUI_HOME."
        )
    migrate(tables, schema)
    for name in TABLES:
        if name not in tables:
            raise Damaged(f"table {name} is missing")
    for name in (*TABLES, *(name for name in LATER_TABLES if name in tables)):
        _check_table(name, tables[name])
    return tables, schema


def _schema_of(tables: dict[str, Any]) -> int:
    metas = tables.get("meta", {})
    _check_table("meta", metas)
    schemas = [meta.get("schema") for meta in metas.values()]
    # `type`, because True is an int as well.
    if len(schemas) != 1 or type(schemas[0]) is not int or schemas[0] < 1:
        raise Damaged("it has no schema number")
    return schemas[0]


def _check_table(name: str, table: Any) -> None:
    if not isinstance(table, dict):
        raise Damaged(f"table {name} is not a table")
    for number, document in table.items():
        if not (number.isascii() and number.isdecimal()) or number[0] == "0" or len(number) > 18:
            raise Damaged(f"table {name}: {number!r} is not a document number")
        if not isinstance(document, dict):
            raise Damaged(f"table {name}, document {number}: it is not an object")
