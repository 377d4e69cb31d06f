"""Query messages and parts, so that no query scans a whole table and each row is read exactly once.

With the usual indexes, each query reads one index of the database. If an index is missing, if ids are not unique, or if
the file is truncated, the tables are copied to temporary tables: SQLite stores them in the temporary folder of the
system, and each hides the table with the same name.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from pawtui.replay.reading.db_tables import DbTable, as_text

SqlRow = tuple[Any, ...]
# The number of rowids that are skipped, at most, to find the next page of a truncated file.
_MAX_SKIPPED = 1 << 32


class RowAccess:
    """Reads messages and parts.

    `nth` is the number of a row among the rows with the same id, from 1. Of messages with the same id, only the first
    one is read, and has the parts. `has_gaps` is true if rows could not be copied.
    """

    def __init__(
        self, connection: sqlite3.Connection, layout: Mapping[str, DbTable], *, truncated: bool = False
    ) -> None:
        """Copy the tables if necessary. Raises `sqlite3.Error`."""
        self.has_gaps = False
        self._connection = connection
        message, part = layout["message"], layout["part"]
        is_indexed = "session_id" in message.indexed and "message_id" in part.indexed
        is_unique = "id" in message.unique and "id" in part.unique
        self.is_copied = truncated or not (is_indexed and is_unique)
        if self.is_copied:
            self._copy_tables()
        self._nth_message, nth_part = (_nth("message", "m"), _nth("part", "p")) if self.is_copied else ("1", "1")
        created, updated = message.column_sql("time_created", "m."), message.column_sql("time_updated", "m.")
        self._part_columns = f"{nth_part} AS nth, p.id, p.data"
        self._messages = (
            f"SELECT m.id, {created}, {updated}, m.data FROM message m "  # noqa: S608
            f"WHERE m.session_id = ? AND {self._nth_message} = 1 ORDER BY {created}, m.id"
        )
        session = "p.session_id" if "session_id" in part.columns else "?2"
        # Ids are read as bytes.
        self._parts = (
            f"SELECT {self._part_columns}, {session} IS NOT ?2 FROM part p "  # noqa: S608
            "WHERE p.message_id = CAST(?1 AS TEXT) ORDER BY p.id, nth"
        )

    def messages(self, session_id: str) -> Iterator[SqlRow]:
        """Yield (id, created, updated, data), ordered by time and id. Raises `sqlite3.Error`."""
        return self._connection.execute(self._messages, (session_id,))

    def parts(self, message_id: bytes, session_id: str) -> Iterator[SqlRow]:
        """Yield (nth, id, data, is foreign) of the parts of a message, ordered by id. Raises `sqlite3.Error`.

        `is foreign` is 1 if the row has the id of another session than its message.
        """
        return self._connection.execute(self._parts, (message_id, session_id))

    def duplicate_messages(self, session_id: str) -> Iterator[str]:
        """Yield the ids of messages that have a second row. Raises `sqlite3.Error`."""
        sql = f"SELECT id FROM message m WHERE session_id = ? AND {self._nth_message} > 1 ORDER BY id"  # noqa: S608
        return (as_text(row[0]) for row in self._connection.execute(sql, (session_id,)))

    def session_ids(self) -> Iterator[str]:
        """Yield the ids of all sessions that have messages. Raises `sqlite3.Error`."""
        rows = self._connection.execute("SELECT DISTINCT session_id FROM message").fetchall()
        return (as_text(row[0]) for row in rows)

    def orphan_parts(self) -> Iterator[SqlRow]:
        """Yield (nth, id, data) of parts whose message is missing. Raises `sqlite3.Error`."""
        return self._connection.execute(
            f"SELECT {self._part_columns} FROM part p "  # noqa: S608
            "WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = p.message_id) ORDER BY p.message_id, p.id, nth"
        )

    def _copy_tables(self) -> None:
        """Copy both tables, in the order of their rows, and create the indexes of the queries."""
        self._connection.execute("PRAGMA query_only = OFF")
        for table, owner in (("message", "session_id"), ("part", "message_id")):
            self._connection.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table} WHERE 0")  # noqa: S608
            try:
                self._connection.execute(f"INSERT INTO temp.{table} SELECT * FROM main.{table}")  # noqa: S608
            except sqlite3.Error:
                self.has_gaps = True
                self._copy_readable_rows(table)
            for column in (owner, "id"):
                self._connection.execute(f"CREATE INDEX temp.{table}_by_{column} ON {table} ({column})")
            numbers = f"SELECT rowid, row_number() OVER (PARTITION BY id ORDER BY rowid) FROM {table}"  # noqa: S608
            self._connection.execute(f"CREATE TEMP TABLE {table}_nth (row INTEGER PRIMARY KEY, nth INTEGER)")
            self._connection.execute(f"INSERT INTO temp.{table}_nth {numbers}")
        self._connection.execute("PRAGMA query_only = ON")

    def _copy_readable_rows(self, table: str) -> None:
        """Copy the rows that a truncated or damaged file still has."""
        select = f"SELECT rowid FROM main.{table} NOT INDEXED WHERE rowid > ? ORDER BY rowid"  # noqa: S608
        insert = f"INSERT INTO temp.{table} SELECT * FROM main.{table} WHERE rowid = ?"  # noqa: S608
        last, step = -1, 0
        while step <= _MAX_SKIPPED:
            try:
                for (rowid,) in self._connection.execute(select, (last + step,)):
                    if rowid <= last:
                        raise sqlite3.DatabaseError("a damaged page has other rowids")
                    self._connection.execute(insert, (rowid,))
                    last, step = rowid, 0
                return
            except sqlite3.Error:
                # Skip the rows of a missing or damaged page.
                step = step * 2 or 1


def _nth(table: str, alias: str) -> str:
    """Return the SQL of the number of a row among the rows with the same id."""
    return f"(SELECT nth FROM temp.{table}_nth WHERE row = {alias}.rowid)"  # noqa: S608
