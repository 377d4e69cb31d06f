"""Query messages and parts with the indexes that the database has.

With the usual indexes, each query reads one index. If an index is missing or ids are not unique, the order is computed
once in temporary tables, which SQLite stores in the temporary folder of the system. Then no query scans a whole table,
and each row is read exactly once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from pawtui.replay.reading.db_tables import DbTable, text

SqlRow = tuple[Any, ...]
# The data of a larger row is not read: two copies of it and its decoded value must fit in memory.
MAX_ROW_BYTES = 64 << 20
# The number of rowids that are skipped, at most, to find the next page of a truncated file.
_MAX_SKIPPED = 1 << 32


def open_access(connection: sqlite3.Connection, layout: Mapping[str, DbTable], *, truncated: bool = False) -> RowAccess:
    """Return the access for the indexes of the layout, or without indexes if the file is truncated.

    Raises `sqlite3.Error`.
    """
    message, part = layout["message"], layout["part"]
    indexed = "session_id" in message.indexed and "message_id" in part.indexed
    indexed = indexed and "id" in message.unique and "id" in part.unique
    # The other two need rowids.
    has_rowids = message.has_rowid and part.has_rowid
    if (indexed and not truncated) or not has_rowids:
        return RowAccess(connection, layout)
    return (TruncatedAccess if truncated else TemporaryAccess)(connection, layout)


class RowAccess:
    """Reads messages and parts with the indexes of their tables.

    The `data` of a row of more than `MAX_ROW_BYTES` is its size in bytes, an integer.

    `has_gaps` is true if rows were on a missing page of a truncated file.
    """

    has_gaps = False

    def __init__(self, connection: sqlite3.Connection, layout: Mapping[str, DbTable]) -> None:
        self.connection = connection
        self.layout = layout
        self._messages, self._parts = self._queries()

    def _queries(self) -> tuple[str, str]:
        """Return the queries for the messages of a session and for their parts."""
        created = self.layout["message"].value("time_created", "m.")
        return (
            f"SELECT {self._message_columns()} FROM message m WHERE m.session_id = ? ORDER BY {created}, m.id",  # noqa: S608
            f"SELECT m.id, 1, {self._part_columns()}, {self._is_foreign('m')} "  # noqa: S608
            "FROM message m JOIN part p ON p.message_id = m.id "
            f"WHERE m.session_id = ? ORDER BY {created}, m.id, p.id",
        )

    def messages(self, session_id: str) -> Iterator[SqlRow]:
        """Yield (id, created, updated, data), ordered by time and id. Raises `sqlite3.Error`."""
        return self._rows(self._messages, session_id)

    def parts(self, session_id: str) -> Iterator[SqlRow]:
        """Yield (message id, nth, id, data, is foreign) in the order of `messages`. Raises `sqlite3.Error`.

        `nth` is the number of the row among the parts with the same id, from 1. `is foreign` is 1 if the row has the id
        of another session than its message.
        """
        return self._rows(self._parts, session_id)

    def duplicate_messages(self, _session_id: str) -> Iterator[str]:
        """Yield the ids of messages that have a second row. Raises `sqlite3.Error`."""
        return iter(())

    def sessions_without_row(self) -> Iterator[str]:
        """Yield the ids of sessions that have messages but no row. Raises `sqlite3.Error`."""
        return self._texts(
            "SELECT DISTINCT session_id FROM message m "
            "WHERE NOT EXISTS (SELECT 1 FROM session s WHERE s.id = m.session_id)"
        )

    def orphan_parts(self) -> Iterator[SqlRow]:
        """Yield (message id, nth, id, data) of parts whose message is missing. Raises `sqlite3.Error`."""
        return self._rows(
            f"SELECT p.message_id, 1, {self._part_columns()} FROM part p "  # noqa: S608
            "WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = p.message_id) ORDER BY p.message_id, p.id"
        )

    def _message_columns(self) -> str:
        table = self.layout["message"]
        names = ("id", "time_created", "time_updated")
        return ", ".join((*(table.value(name, "m.") for name in names), _limited("m.data")))

    def _part_columns(self) -> str:
        return f"p.id, {_limited('p.data')}"

    def _is_foreign(self, message: str) -> str:
        """Return the SQL of whether a part has the id of another session than the row `message`."""
        part = self.layout["part"]
        return f"{part.value('session_id', 'p.')} IS NOT {message}.session_id" if "session_id" in part.columns else "0"

    def _texts(self, sql: str, *values: str) -> Iterator[str]:
        """Yield the first column of a query as text."""
        return (text(row[0]) for row in self.connection.execute(sql, values).fetchall())

    def _rows(self, sql: str, *values: str) -> Iterator[SqlRow]:
        return self.connection.execute(sql, values)


def _limited(data: str) -> str:
    """Return the SQL of a column, or of its size in bytes if it is too large."""
    size = f"length(CAST({data} AS BLOB))"
    return f"CASE WHEN {size} > {MAX_ROW_BYTES} THEN {size} ELSE {data} END"


class TemporaryAccess(RowAccess):
    """Reads messages and parts with temporary tables, for databases without the indexes or with duplicate ids.

    Of messages with the same id, the first message has the parts.
    """

    def __init__(self, connection: sqlite3.Connection, layout: Mapping[str, DbTable]) -> None:
        super().__init__(connection, layout)
        created = layout["message"].value("time_created")
        connection.execute("PRAGMA query_only = OFF")
        self._prepare()
        for statement in (
            # `nth` numbers the rows with the same id.
            f"CREATE TEMP TABLE replay_message AS SELECT session_id, id, {created} AS created, rowid AS row_id, "  # noqa: S608
            "row_number() OVER (PARTITION BY id ORDER BY rowid) AS nth "
            f"FROM {self._source('message')}",
            "CREATE INDEX temp.replay_message_session ON replay_message (session_id, nth, created, id)",
            "CREATE TEMP TABLE replay_part AS SELECT message_id, id, rowid AS row_id, "  # noqa: S608
            "row_number() OVER (PARTITION BY id ORDER BY rowid) AS nth "
            f"FROM {self._source('part')}",
            "CREATE INDEX temp.replay_part_message ON replay_part (message_id, id, row_id)",
            "CREATE INDEX temp.replay_message_id ON replay_message (id)",
        ):
            connection.execute(statement)
        connection.execute("PRAGMA query_only = ON")

    def _prepare(self) -> None:
        """Prepare the tables from which the order is computed."""

    def _source(self, table: str) -> str:
        """Return the table from which the order of the rows of `table` is computed."""
        return f"main.{table}"

    def _queries(self) -> tuple[str, str]:
        return (
            f"SELECT {self._message_columns()} FROM temp.replay_message x "  # noqa: S608
            "JOIN main.message m ON m.rowid = x.row_id "
            "WHERE x.session_id = ? AND x.nth = 1 ORDER BY x.created, x.id",
            f"SELECT x.id, y.nth, {self._part_columns()}, {self._is_foreign('x')} FROM temp.replay_message x "  # noqa: S608
            "JOIN temp.replay_part y ON y.message_id = x.id JOIN main.part p ON p.rowid = y.row_id "
            "WHERE x.session_id = ? AND x.nth = 1 ORDER BY x.created, x.id, y.id, y.row_id",
        )

    def duplicate_messages(self, session_id: str) -> Iterator[str]:
        sql = "SELECT id FROM temp.replay_message WHERE session_id = ? AND nth > 1 ORDER BY id"
        return self._texts(sql, session_id)

    def orphan_parts(self) -> Iterator[SqlRow]:
        return self._rows(
            f"SELECT p.message_id, y.nth, {self._part_columns()} FROM temp.replay_part y "  # noqa: S608
            "JOIN main.part p ON p.rowid = y.row_id "
            "WHERE NOT EXISTS (SELECT 1 FROM temp.replay_message x WHERE x.id = y.message_id) "
            "ORDER BY y.message_id, y.id, y.row_id"
        )


class TruncatedAccess(TemporaryAccess):
    """Reads the messages and parts of a truncated file: the rows on the pages that it still has, without indexes."""

    def _prepare(self) -> None:
        created = self.layout["message"].value("time_created")
        self._copy("message", f"session_id, id, {created}", "session_id, id, time_created")
        self._copy("part", "message_id, id", "message_id, id")

    def _source(self, table: str) -> str:
        return f"temp.readable_{table}"

    def _copy(self, table: str, columns: str, names: str) -> None:
        """Copy the columns of the readable rows to a temporary table with the same rowids."""
        self.connection.execute(f"CREATE TEMP TABLE readable_{table} (rowid INTEGER PRIMARY KEY, {names})")
        # One for the rowid and one for each column.
        marks = ", ".join("?" * (1 + len(names.split(","))))
        last, step = -1, 0
        while step <= _MAX_SKIPPED:
            select = f"SELECT rowid, {columns} FROM main.{table} NOT INDEXED WHERE rowid > ? ORDER BY rowid"  # noqa: S608
            try:
                for row in self.connection.execute(select, (last + step,)):
                    # The connection returns texts as bytes, which would be stored as blobs.
                    values = [text(value) if type(value) is bytes else value for value in row]
                    self.connection.execute(f"INSERT INTO temp.readable_{table} VALUES ({marks})", values)  # noqa: S608
                    last, step = row[0], 0
                return
            except sqlite3.Error:
                # Skip the rows of a missing page.
                self.has_gaps = True
                step = step * 2 or 1

    def orphan_parts(self) -> Iterator[SqlRow]:
        """Yield nothing, because the missing messages may be on a missing page."""
        return iter(())

    def sessions_without_row(self) -> Iterator[str]:
        """Yield the ids of all sessions that have messages. Raises `sqlite3.Error`."""
        return self._texts("SELECT DISTINCT session_id FROM temp.replay_message")
