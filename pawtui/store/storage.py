"""The TinyDB storage of a record: the file read once, changed in memory, written once and whole.

TinyDB's own storage writes over the file in place, and it writes at every operation: a killed process leaves half a
file, or half of a change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from tinydb.storages import Storage

from pawtui import atomic
from pawtui.review.model import LATER_TABLES, SCHEMA, TABLES
from pawtui.store.files import RecordFiles, Stamp, stamp_of
from pawtui.store.migrations import migrate
from pawtui.store.nesting import MOST_LEVELS, is_too_deep
from pawtui.store.store_errors import Damaged, RecordNewer, Unrecordable

# In bytes: ten years of daily refreshes of the built-in tracker take a third of it.
RECORD_LIMIT = 256 * 2**20

# What TinyDB reads and writes: tables by name, documents by TinyDB's number (as text), each a plain dictionary.
Tables = dict[str, dict[str, Any]]


class RecordStorage(Storage):
    """The tables in the file at `path`, read once and then held.

    A file of an older schema is migrated in memory, a missing one is an empty record; `stamp` and `schema` are those of
    the file as it was read or saved (None: there was none).
    """

    def __init__(self, path: Path) -> None:
        self._tables: Tables
        self.stamp: Stamp | None = None
        self.schema: int | None = None
        try:
            data, stat = atomic.read_file(path, RECORD_LIMIT)
        except atomic.TooLarge as error:
            raise Damaged(f"it has {error.size:,} bytes, of which at most {RECORD_LIMIT:,} are read") from error
        except FileNotFoundError:
            self._tables = {"meta": {"1": {"schema": SCHEMA}}, **{name: {} for name in TABLES}}
        else:
            self.stamp = stamp_of(stat)
            self._tables, self.schema = decode(data, path)

    def read(self) -> Tables:
        """Return the tables as they are in this transaction."""
        return self._tables

    def write(self, data: Tables) -> None:
        """Hold the tables until `save`: TinyDB calls this once per operation, and a change consists of several."""
        self._tables = data

    def save(self, files: RecordFiles) -> None:
        """Replace the record, and keep the former file as the earlier generation.

        The last file of an older schema is kept once more under its schema's name. Raises `NotConfirmed`, another
        `OSError`, or `Unrecordable`: the record is then as it was.
        """
        keep = [files.earlier]
        if self.schema is not None and self.schema < SCHEMA:
            keep.append(files.of_schema(self.schema))
        data = msgspec.json.encode(self._tables)
        if len(data) > RECORD_LIMIT:
            raise Unrecordable(
                f"The record would have {len(data):,} bytes, of which at most {RECORD_LIMIT:,} could be read again, so "
                "nothing was written: export it, then go on in another home with --home or PAWTUI_HOME."
            )
        self.stamp = stamp_of(atomic.write_file(files.real, data, mode=atomic.PRIVATE, keep=keep))
        self.schema = SCHEMA


def decode(data: bytes, path: Path) -> tuple[Tables, int]:
    """Return the tables in a file's bytes, migrated to the present schema, and the schema they were written in.

    Raises `Damaged` unless each known table is there and holds documents by number; `RecordNewer` for a newer schema.
    """
    if not data:
        raise Damaged("it is empty")
    if is_too_deep(data):
        raise Damaged(f"it is nested deeper than {MOST_LEVELS} levels")
    try:
        tables = msgspec.json.decode(data, type=dict[str, Any])
    except msgspec.ValidationError as error:
        raise Damaged(f"it is not a record: {error}") from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        # ValueError: bytes that are not UTF-8.
        raise Damaged(f"it is cut off or not JSON: {error}") from error
    schema = _schema_of(tables)
    if schema > SCHEMA:
        raise RecordNewer(
            f"{path} was written by a newer pawtui (schema {schema}, this one knows {SCHEMA}) and was left as it is: "
            "update pawtui, or choose another home with --home or PAWTUI_HOME."
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
    # `type`, since True is an int too.
    if len(schemas) != 1 or type(schemas[0]) is not int or schemas[0] < 1:
        raise Damaged("it has no schema number")
    return schemas[0]


def _check_table(name: str, table: Any) -> None:
    if not isinstance(table, dict):
        raise Damaged(f"table {name} is not a table")
    for number, document in table.items():
        if not (number.isascii() and number.isdecimal()) or number[0] == "0" or len(number) > 18:
            raise Damaged(f"table {name}: {number!r} is not the number of a document")
        if not isinstance(document, dict):
            raise Damaged(f"table {name}, document {number}: it is not an object")
