"""Read the tables, columns and indexes of a database."""

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

# The tables that a replay reads.
READ_TABLES = ("session", "message", "part", "event", "session_message")
_OTHER_TABLES = """
account account_state control_account credential data_migration event_sequence kv migration __drizzle_migrations
permission project project_directory session_context_epoch session_inbox session_input session_pending session_share
session_v2 todo workspace
"""
_PAWWORK_TABLES = """
automation_definition automation_run session_entry session_todo_revision turn_change_display turn_change_restore
turn_change_uncaptured
"""
# The tables of opencode 1.x and 2.x and of PawWork.
KNOWN_TABLES = frozenset({*READ_TABLES, *_OTHER_TABLES.split(), *_PAWWORK_TABLES.split()})
# The known columns of messages and parts.
KNOWN_COLUMNS = {
    "message": frozenset({"id", "session_id", "time_created", "time_updated", "data"}),
    "part": frozenset({"id", "message_id", "session_id", "time_created", "time_updated", "data"}),
}


class DbTable(NamedTuple):
    """A table: its columns, the first columns of its indexes, and its unique columns."""

    columns: frozenset[str]
    indexed: frozenset[str]
    unique: frozenset[str]

    def column_sql(self, column: str, alias: str = "") -> str:
        """Return the SQL of a column, or of NULL if the table does not have it."""
        return f"{alias}{quote(column)}" if column in self.columns else "NULL"


def quote(name: str) -> str:
    """Return a quoted SQL name."""
    return '"' + name.replace('"', '""') + '"'


def read_layout(connection: sqlite3.Connection) -> Mapping[str, DbTable]:
    """Return the tables by name, without views and virtual tables. Raises `sqlite3.Error`."""
    layout: dict[str, DbTable] = {}
    for row in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
        name, sql = map(as_text, row)
        if not name.startswith("sqlite_") and not sql.upper().startswith("CREATE VIRTUAL"):
            layout[name] = _table(connection, name)
    return layout


def _table(connection: sqlite3.Connection, name: str) -> DbTable:
    """Return the columns of a table, and of its indexes those that a query can use for every row."""
    columns, key = set(), []
    for _, column, _, _, _, primary in connection.execute(f"PRAGMA table_info({quote(name)})"):
        columns.add(as_text(column))
        if primary:
            key.append(as_text(column))
    indexed, unique = set(), set()
    if len(key) == 1:
        unique.add(key[0])
        # An INTEGER PRIMARY KEY is the rowid and has no separate index.
        indexed.add(key[0])
    for _, index, is_unique, _, is_partial in connection.execute(f"PRAGMA index_list({quote(name)})").fetchall():
        # A partial index does not contain every row.
        if is_partial:
            continue
        names = [as_text(column) for _, _, column in connection.execute(f"PRAGMA index_info({quote(as_text(index))})")]
        if names:
            indexed.add(names[0])
        if is_unique and len(names) == 1:
            unique.add(names[0])
    return DbTable(frozenset(columns), frozenset(indexed), frozenset(unique))


def as_text(value: object) -> str:
    """Return the value of a column as text: bytes are decoded as UTF-8, NULL is empty."""
    if type(value) is bytes:
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)
