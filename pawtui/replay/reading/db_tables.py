"""Read the tables, columns and keys of a database."""

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

# The tables that a replay reads.
_READ_TABLES = ("session", "message", "part", "event", "session_message")
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
KNOWN_TABLES = frozenset({*_READ_TABLES, *_OTHER_TABLES.split(), *_PAWWORK_TABLES.split()})
# The known columns of messages and parts.
KNOWN_COLUMNS = {
    "message": frozenset({"id", "session_id", "time_created", "time_updated", "data"}),
    "part": frozenset({"id", "message_id", "session_id", "time_created", "time_updated", "data"}),
}


class DbTable(NamedTuple):
    """A table: its columns, and the columns of its primary key."""

    columns: frozenset[str]
    key: frozenset[str]


def quote(name: str) -> str:
    """Return a quoted SQL name."""
    return '"' + name.replace('"', '""') + '"'


def read_layout(connection: sqlite3.Connection) -> Mapping[str, DbTable]:
    """Return the tables by name, without views and virtual tables. Raises `sqlite3.Error`."""
    layout: dict[str, DbTable] = {}
    for row in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
        name, sql = map(as_text, row)
        if not name.startswith("sqlite_") and not sql.upper().startswith("CREATE VIRTUAL"):
            rows = connection.execute(f"PRAGMA table_info({quote(name)})").fetchall()
            columns = {as_text(column): bool(in_key) for _, column, _, _, _, in_key in rows}
            key = frozenset(column for column, in_key in columns.items() if in_key)
            layout[name] = DbTable(frozenset(columns), key)
    return layout


def as_text(value: object) -> str:
    """Return the value of a column as text: bytes are decoded as UTF-8, NULL is empty."""
    if type(value) is bytes:
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)
