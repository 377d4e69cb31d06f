"""The file of a record: the typed record, and the tables of TinyDB that the file contains.

TinyDB's own file storage overwrites the file in place at every operation. A killed process would leave half a file, or
half of a change. So the changes are made in memory, and one atomic write replaces the file.

Entries of `refreshes` and `log` are the structs themselves. Entries of the tables in `KEYED_TABLES` also have a
`key`. Entries of `blobs` are states of pins (`PinnedState`). Entries of `past` are refreshes whose `key` is their time.
TinyDB's numbers of the entries have no meaning here.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from tinydb import Query
from tinydb.storages import Storage
from tinydb.table import Table

from pawtui import atomic
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.log import find_inconsistency
from pawtui.review.record_types import KEYED_TABLES, LIST_TABLES, OPTIONAL_TABLES, SCHEMA, TABLES, Record
from pawtui.store.edits import PinnedState, Write
from pawtui.store.migrations import migrate
from pawtui.store.record_files import FileStamp, RecordFiles, stamp_of
from pawtui.store.store_errors import Damaged, RecordNewer, Unrecordable

_T = TypeVar("_T")

# TinyDB's data: tables by name, entries by TinyDB's number (as text); TinyDB calls an entry a document.
Tables = dict[str, dict[str, Any]]
# In bytes. Ten years of daily refreshes of the built-in tracker need a third of it.
MAX_RECORD_BYTES = 256 * 2**20


class RecordDatabase(Storage):
    """The record in the file at `path`, as it was when this object was created.

    Tables of TinyDB call `read` and `write`. A `TinyDB` would refer to this object, and this object to it: only the
    garbage collector could free the record.

    `record` is the version that was read or saved last, and `stamp` that of its file; None if there was no file.
    `draft` has also the changes since then, which are only in memory.

    Raises `Damaged`, which names an invalid entry, `RecordNewer` or `OSError` if the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.stamp: FileStamp | None = None
        self._tables: Tables
        self._schema = SCHEMA
        try:
            data, stat = atomic.read_file(path, MAX_RECORD_BYTES)
        except atomic.FileTooLarge as error:
            raise Damaged(f"it has {error.size:,} bytes; the limit is {MAX_RECORD_BYTES:,}") from error
        except FileNotFoundError:
            self._tables = {"meta": {"1": {"schema": SCHEMA}}, **{name: {} for name in TABLES}}
        else:
            self.stamp = stamp_of(stat)
            self._tables, self._schema = _decode_tables(data, path)
        self.record = self.draft = self._load()

    def read(self) -> Tables:
        """Return the tables with all changes."""
        return self._tables

    def write(self, data: Tables) -> None:
        """Keep the tables in memory until `save`: TinyDB writes after each operation, and a change has several."""
        self._tables = data

    def set_draft(self, draft: Record, writes: Sequence[Write]) -> Record:
        """Make these writes in the tables, which then contain the new draft, and return the draft."""
        self.draft = draft
        for (name, has_key), group in groupby(writes, key=lambda write: (write.table, write.key is not None)):
            table = Table(self, name)
            if not has_key:
                # All at once, because each operation of TinyDB copies the whole table.
                table.insert_multiple(write.entry for write in group if write.entry is not None)
                continue
            for _, entry, key in group:
                if entry is None:
                    table.remove(Query().key == key)
                else:
                    table.upsert(entry, Query().key == key)
        return draft

    def save(self, files: RecordFiles) -> None:
        """Replace the record's file by the draft, and keep the replaced file as the previous version.

        The last file of an older schema gets a second backup, named after its schema. Raises `NotConfirmed` if the file
        was replaced but the disk did not confirm it; another `OSError` or `Unrecordable` if it was not replaced.
        """
        backups = [files.previous]
        if self._schema < SCHEMA:
            backups.append(files.schema_backup(self._schema))
        data = msgspec.json.encode(self._tables)
        if len(data) > MAX_RECORD_BYTES:
            raise Unrecordable(
                f"Cannot write the record: it would have {len(data):,} bytes; the limit is {MAX_RECORD_BYTES:,}. "
                "Nothing was written. Export the record, then choose another home with --home or PAWTUI_HOME."
            )
        stat = atomic.write_file(files.real, data, mode=atomic.PRIVATE, backups=backups)
        # The stamp comes last: another thread that sees it may read the record.
        self._schema, self.record, self.stamp = SCHEMA, self.draft, stamp_of(stat)

    def _load(self) -> Record:
        tables: dict[str, Any] = {
            name: tuple(entry for _, entry in self._entries(name, type_)) for name, type_ in LIST_TABLES.items()
        }
        for name, type_ in KEYED_TABLES.items():
            tables[name] = self._by_key(name, type_)
        states = self._by_key("blobs", PinnedState)
        past = self._by_key("past", Refresh)
        record = Record(pinned_states={key: state.sha for key, state in states.items()}, past=past, **tables)
        if inconsistency := find_inconsistency(record):
            raise Damaged(inconsistency)
        return record

    def _entries(self, name: str, type_: type[_T]) -> Iterator[tuple[dict[str, Any], _T]]:
        for entry in Table(self, name):
            try:
                yield entry, msgspec.convert(entry, type_)
            except msgspec.ValidationError as error:
                raise Damaged(f"table {name}, entry {entry.doc_id}: {error}") from error

    def _by_key(self, name: str, type_: type[_T]) -> dict[str, _T]:
        keyed: dict[str, _T] = {}
        for entry, struct in self._entries(name, type_):
            key = entry.get("key")
            if not isinstance(key, str):
                raise Damaged(f"table {name}: an entry has no key")
            if key in keyed:
                raise Damaged(f"table {name}: two entries have the key {key}")
            keyed[key] = struct
        return keyed


def _decode_tables(data: bytes, path: Path) -> tuple[Tables, int]:
    """Return the tables of a file, migrated to the current schema, and the schema number of the file.

    Raises `Damaged` if a known table is missing or is not a table; `RecordNewer` for a newer schema.
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
    for name in (*TABLES, *(name for name in OPTIONAL_TABLES if name in tables)):
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
    """Raise `Damaged` unless the table is a dictionary of entries by TinyDB's numbers."""
    if not isinstance(table, dict):
        raise Damaged(f"table {name} is not a table")
    for number, entry in table.items():
        if not (number.isascii() and number.isdecimal()) or number[0] == "0" or len(number) > 18:
            raise Damaged(f"table {name}: {number!r} is not an entry number")
        if not isinstance(entry, dict):
            raise Damaged(f"table {name}, entry {number}: it is not an object")
