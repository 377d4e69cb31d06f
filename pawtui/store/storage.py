"""The TinyDB storage of a record: one read of the file, changes in memory, one atomic write.

TinyDB's own file storage overwrites the file in place at every operation. A killed process would leave half a file, or
half of a change.
"""

from pathlib import Path
from typing import Any

import msgspec
from tinydb.storages import Storage

from pawtui import atomic
from pawtui.review.record_types import OPTIONAL_TABLES, SCHEMA, TABLES
from pawtui.store.migrations import migrate
from pawtui.store.record_files import FileStamp, RecordFiles, stamp_of
from pawtui.store.store_errors import Damaged, RecordNewer, Unrecordable

# In bytes. Ten years of daily refreshes of the built-in tracker need a third of it.
MAX_RECORD_BYTES = 256 * 2**20

# TinyDB's data: tables by name, entries by TinyDB's number (as text); TinyDB calls an entry a document.
Tables = dict[str, dict[str, Any]]


class RecordStorage(Storage):
    """The tables of the file at `path`, as it was when this object was created; `save` writes them.

    Raises `Damaged`, `RecordNewer` or `OSError` if the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._tables: Tables
        # The stamp and the schema of the file that was read or saved; None if there was no file.
        self.stamp: FileStamp | None = None
        self._schema: int | None = None
        try:
            data, stat = atomic.read_file(path, MAX_RECORD_BYTES)
        except atomic.FileTooLarge as error:
            raise Damaged(f"it has {error.size:,} bytes; the limit is {MAX_RECORD_BYTES:,}") from error
        except FileNotFoundError:
            self._tables = {"meta": {"1": {"schema": SCHEMA}}, **{name: {} for name in TABLES}}
        else:
            self.stamp = stamp_of(stat)
            self._tables, self._schema = _decode(data, path)

    def read(self) -> Tables:
        """Return the tables with all changes."""
        return self._tables

    def write(self, data: Tables) -> None:
        """Keep the tables in memory until `save`: TinyDB writes after each operation, and a change has several."""
        self._tables = data

    def save(self, files: RecordFiles) -> None:
        """Replace the record's file, and keep the replaced file as the previous version.

        The last file of an older schema gets a second backup, named after its schema. Raises `NotConfirmed` if the file
        was replaced but the disk did not confirm it; another `OSError` or `Unrecordable` if it was not replaced.
        """
        backups = [files.previous]
        if self._schema is not None and self._schema < SCHEMA:
            backups.append(files.schema_backup(self._schema))
        data = msgspec.json.encode(self._tables)
        if len(data) > MAX_RECORD_BYTES:
            raise Unrecordable(
                f"Cannot write the record: it would have {len(data):,} bytes; the limit is {MAX_RECORD_BYTES:,}. "
                "Nothing was written. Export the record, then choose another home with --home or PAWTUI_HOME."
            )
        self.stamp = stamp_of(atomic.write_file(files.real, data, mode=atomic.PRIVATE, backups=backups))
        self._schema = SCHEMA


def _decode(data: bytes, path: Path) -> tuple[Tables, int]:
    """Return the tables of a file, migrated to the current schema, and the schema number of the file.

    Raises `Damaged` if a known table is missing or is not a dictionary of entries by number; `RecordNewer` for a
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
    if not isinstance(table, dict):
        raise Damaged(f"table {name} is not a table")
    for number, entry in table.items():
        if not (number.isascii() and number.isdecimal()) or number[0] == "0" or len(number) > 18:
            raise Damaged(f"table {name}: {number!r} is not an entry number")
        if not isinstance(entry, dict):
            raise Damaged(f"table {name}, entry {number}: it is not an object")
