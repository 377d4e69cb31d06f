"""The TinyDB storage of a record: one read, changes in memory, one atomic write.

TinyDB's own storage overwrites the file in place at every operation. A killed process would leave half a file, or half
of a change.
"""

import re
from pathlib import Path
from typing import Any

import msgspec
from tinydb.storages import Storage

from pawtui import atomic
from pawtui.review.record_types import LATER_TABLES, SCHEMA, TABLES
from pawtui.store.migrations import migrate
from pawtui.store.record_files import FileStamp, RecordFiles, stamp_of
from pawtui.store.store_errors import Damaged, RecordNewer, Unrecordable

# In bytes. Ten years of daily refreshes of the built-in tracker need a third of it.
MAX_RECORD_BYTES = 256 * 2**20
# Documents have about twelve levels. Thousands of levels can be decoded, but a later view, undo or export may exceed
# the recursion limit.
MAX_LEVELS = 100
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)

# TinyDB's data: tables by name, documents by TinyDB's number (as text), each document a plain dictionary.
Tables = dict[str, dict[str, Any]]


class RecordStorage(Storage):
    """The tables of the file at `path`, read once and then cached in memory.

    A file of an older schema is migrated in memory; a missing file is an empty record. `stamp` and `schema` describe
    the file as it was read or saved; None if there was no file.
    """

    def __init__(self, path: Path) -> None:
        self._tables: Tables
        self.stamp: FileStamp | None = None
        self.schema: int | None = None
        try:
            data, stat = atomic.read_file(path, MAX_RECORD_BYTES)
        except atomic.FileTooLarge as error:
            raise Damaged(f"it has {error.size:,} bytes; the limit is {MAX_RECORD_BYTES:,}") from error
        except FileNotFoundError:
            self._tables = {"meta": {"1": {"schema": SCHEMA}}, **{name: {} for name in TABLES}}
        else:
            self.stamp = stamp_of(stat)
            self._tables, self.schema = decode(data, path)

    def read(self) -> Tables:
        """Return the tables in their current state within the transaction."""
        return self._tables

    def write(self, data: Tables) -> None:
        """Store the tables in memory until `save`: TinyDB calls this for each operation, and a change has several."""
        self._tables = data

    def save(self, files: RecordFiles) -> None:
        """Replace the record's file, and keep the replaced file as the previous version.

        The last file of an older schema gets a second backup, named after its schema. Raises `NotConfirmed` if the file
        was replaced but the disk did not confirm it; another `OSError` or `Unrecordable` if it was not replaced.
        """
        backups = [files.previous]
        if self.schema is not None and self.schema < SCHEMA:
            backups.append(files.of_schema(self.schema))
        data = msgspec.json.encode(self._tables)
        if len(data) > MAX_RECORD_BYTES:
            raise Unrecordable(
                f"Cannot write the record: it would have {len(data):,} bytes; the limit is {MAX_RECORD_BYTES:,}. "
                "Nothing was written. Export the record, then choose another home with --home or PAWTUI_HOME."
            )
        self.stamp = stamp_of(atomic.write_file(files.real, data, mode=atomic.PRIVATE, backups=backups))
        self.schema = SCHEMA


def decode(data: bytes, path: Path) -> tuple[Tables, int]:
    """Return the tables of a file, migrated to the current schema, and the schema number of the file.

    Raises `Damaged` if a known table is missing or is not a dictionary of documents by number; `RecordNewer` for a
    newer schema.
    """
    if not data:
        raise Damaged("it is empty")
    if is_too_deep(data):
        raise Damaged(f"it is nested deeper than {MAX_LEVELS} levels")
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


def is_too_deep(data: bytes) -> bool:
    """Return whether JSON has more than `MAX_LEVELS` levels, counted before it is decoded.

    For bytes that are not JSON, the result is undefined.
    """
    if not _exceeds_max_levels(data):
        return False
    # The fast check also counts brackets in strings. Removing strings first takes ten times as long.
    return _exceeds_max_levels(_STRING.sub(b"", data))


def _exceeds_max_levels(data: bytes) -> bool:
    """Return whether the brackets have more than `MAX_LEVELS` levels, those in strings included."""
    brackets = data.translate(None, _NO_BRACKETS)
    for _ in range(MAX_LEVELS):
        # Each pass removes the innermost pairs, which is one level.
        fewer = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(fewer) == len(brackets):
            # Brackets in strings may have no partner.
            return len(brackets) > MAX_LEVELS
        brackets = fewer
    return bool(brackets)
