"""The tables in the file of a record: decode and check them, and migrate an older schema."""

from pathlib import Path
from typing import Any

import msgspec

from pawtui.review.record_types import OPTIONAL_TABLES, SCHEMA, TABLES
from pawtui.store.migrations import migrate
from pawtui.store.store_errors import Damaged, RecordNewer

# TinyDB's data: tables by name, entries by TinyDB's number (as text); TinyDB calls an entry a document.
Tables = dict[str, dict[str, Any]]


def empty_tables() -> Tables:
    """Return the tables of a new record."""
    return {"meta": {"1": {"schema": SCHEMA}}, **{name: {} for name in TABLES}}


def decode_tables(data: bytes, path: Path) -> tuple[Tables, int]:
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
