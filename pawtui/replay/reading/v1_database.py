"""Read sessions from the tables `session`, `message` and `part`, one session at a time and in bounded memory.

The tables are those of opencode 1.x and of PawWork. The order is that of the upstream: messages by time and id, parts
by id. Each query reads one index of the upstream, so that no query scans a whole table for one session.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pawtui.replay.reading.db_tables import (
    KNOWN_COLUMNS,
    KNOWN_TABLES,
    DbTable,
    as_text,
    quote,
    read_layout,
)
from pawtui.replay.reading.decode import decode_column
from pawtui.replay.reading.session_row import SESSION_COLUMNS, read_session_row
from pawtui.replay.reading.session_types import DataIssue, Inventory, Message, MessagePart, Session
from pawtui.replay.replay_errors import NoSessions, ReplaySourceError

_REQUIRED_COLUMNS = {"session": frozenset({"id", "time_created"}), **KNOWN_COLUMNS}


class V1Database:
    """The sessions of an open database. `path` is used in messages only."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Read the layout.

        Raises `NoSessions` if it has no table of V1, and `ReplaySourceError` if it is damaged, or one of
        these tables is missing or has other columns or keys.
        """
        self.path = path
        self.connection = connection
        self._issues: list[DataIssue] = []
        try:
            self.layout = read_layout(connection)
        except sqlite3.Error as error:
            raise ReplaySourceError(path, f"{error}. Restore it from a backup, or give another file.") from error
        if not any(name in self.layout for name in _REQUIRED_COLUMNS):
            raise NoSessions(path, "it has no table of sessions of opencode 1.x. Give another file.")
        if missing := _missing(self.layout):
            reason = f"it has no {', '.join(missing)}. Give a database that opencode 1.x or PawWork wrote."
            raise ReplaySourceError(path, reason)

    def inventory(self, session_columns: Iterable[str] = ()) -> Inventory:
        """Return the number of rows of each table, and of each type of event and message.

        It does not have the tables that cannot be counted, because they are damaged. `session_columns` are more known
        columns of sessions.
        """
        counts = {name: count for name in self.layout if (count := self._count(name)) is not None}
        known = {**KNOWN_COLUMNS, "session": SESSION_COLUMNS.union(session_columns)}
        unknown = {name: sorted(self.layout[name].columns - known[name]) for name in known}
        return Inventory(
            tables={name: count for name, count in counts.items() if name in KNOWN_TABLES},
            unknown_tables={name: count for name, count in counts.items() if name not in KNOWN_TABLES},
            unknown_columns={name: columns for name, columns in unknown.items() if columns},
            events=self._rows_by_type("event"),
            native_messages=self._rows_by_type("session_message"),
        )

    def _count(self, table: str) -> int | None:
        """Return the number of rows, or None if the table is damaged."""
        count: int | None = None
        with self.record_damage(f"the table {table}"):
            (count,) = self.connection.execute(f"SELECT count(*) FROM {quote(table)}").fetchone()  # noqa: S608
        return count

    def _rows_by_type(self, table: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        if table in self.layout and "type" in self.layout[table].columns:
            with self.record_damage(f"the table {table}"):
                rows = self.connection.execute(f"SELECT type, count(*) FROM {quote(table)} GROUP BY type")  # noqa: S608
                counts = {as_text(name): count for name, count in rows}
        return counts

    def pop_issues(self) -> list[DataIssue]:
        """Return the issues outside of sessions, each once: those since the last call."""
        issues, self._issues = self._issues, []
        return issues

    def session_ids(self) -> list[str]:
        """Return the ids of all sessions that have a row, ordered by time and id; none if the table is damaged."""
        ids: list[str] = []
        with self.record_damage("the table session"):
            rows = self.connection.execute("SELECT id FROM session ORDER BY time_created, id").fetchall()
            ids += [as_text(session_id) for (session_id,) in rows]
        return ids

    def sessions(self, session_ids: Iterable[str]) -> Iterator[Session]:
        """Yield the sessions with these ids. A session whose row is damaged or missing has only its id and messages."""
        for session_id in session_ids:
            yield self._session(session_id) or self._unreadable(session_id, "its row cannot be found by its id")

    def unlisted_sessions(self, listed: Iterable[str]) -> Iterator[Session]:
        """Yield the sessions that have messages and are not in `listed`: without a row, or with a damaged one."""
        with self.record_damage("sessions without a row"):
            listed = set(listed)
            for (value,) in self.connection.execute("SELECT DISTINCT session_id FROM message").fetchall():
                session_id = as_text(value)
                if session_id not in listed:
                    yield self._session(session_id) or self._without_row(session_id)

    def _session(self, session_id: str) -> Session | None:
        """Return the session with an id, or None if it has no row. If its row is damaged, it has only its id."""
        try:
            row = read_session_row(self.connection, "session", session_id)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            # The name of a column may be damaged, too.
            return self._unreadable(session_id, str(error))
        if row is None:
            return None
        session = Session(as_text(row.info.get("id")), row.info, row.extra, self._messages)
        for column in row.damaged:
            session.add_issue("undecodable column", session.id, column, unread=True)
        return session

    def _unreadable(self, session_id: str, reason: str) -> Session:
        session = Session(session_id, {"id": session_id}, {}, self._messages)
        session.add_issue("unreadable session row", session_id, reason, unread=True)
        return session

    def _without_row(self, session_id: str) -> Session:
        session = Session(session_id, {"id": session_id}, {}, self._messages, skip_reason="Its session has no row.")
        session.add_issue("no session row", session_id, "it has messages but no row")
        return session

    def orphan_parts(self) -> Iterator[MessagePart]:
        """Yield the parts whose message is missing."""
        with self.record_damage("parts without a message"):
            for part_id, data in self.connection.execute(
                "SELECT p.id, p.data FROM part p WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = p.message_id) "
                "ORDER BY p.message_id, p.id"
            ):
                part = _part(part_id, data)
                if part.problem:
                    self._issues.append(DataIssue("undecodable part", part.id, f"it {part.problem}", unread=True))
                yield part

    def _messages(self, session: Session) -> Iterator[Message]:
        """Yield the messages of a session. Errors become issues of the session."""
        try:
            yield from self._read_messages(session)
        except sqlite3.Error as error:
            session.add_issue("damaged database", session.id, str(error), unread=True)

    def _read_messages(self, session: Session) -> Iterator[Message]:
        messages = (
            "SELECT id, time_created, time_updated, data FROM message WHERE session_id = ? ORDER BY time_created, id"
        )
        # Ids are read as bytes. A part is foreign if its row has the id of another session than its message.
        parts = "SELECT id, data, session_id IS NOT ?2 FROM part WHERE message_id = CAST(?1 AS TEXT) ORDER BY id"
        for message_id, created, updated, data in self.connection.execute(messages, (session.id,)):
            read: list[MessagePart] = []
            for part_id, part_data, foreign in self.connection.execute(parts, (message_id, session.id)):
                read.append(_part(part_id, part_data, is_foreign=bool(foreign)))
                if foreign:
                    session.add_issue("part of another session", read[-1].id, "its message is in this session")
            decoded, problem = decode_column(data)
            yield Message(as_text(message_id), _time(created), _time(updated), decoded, read, problem)

    @contextmanager
    def record_damage(self, what: str) -> Iterator[None]:
        """Record an error of SQLite as an issue: the rest of the data is missing, and the replay continues."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            # The name of a column may be damaged, too.
            issue = DataIssue("damaged database", what, str(error), unread=True)
            if issue not in self._issues:
                self._issues.append(issue)


def _missing(layout: Mapping[str, DbTable]) -> list[str]:
    """Return the tables, columns and keys of V1 that are missing."""
    missing: list[str] = []
    for name, columns in _REQUIRED_COLUMNS.items():
        table = layout.get(name)
        if table is None:
            missing.append(f"table {name}")
        elif missing_columns := sorted(f"column {name}.{column}" for column in columns - table.columns):
            missing += missing_columns
        elif table.key != {"id"}:
            missing.append(f"primary key {name}.id")
    return missing


def _part(part_id: Any, data: Any, *, is_foreign: bool = False) -> MessagePart:
    return MessagePart(as_text(part_id), *decode_column(data), is_foreign=is_foreign)


def _time(value: Any) -> int:
    """Return the time of a column in milliseconds, or 0 if it is not a time."""
    return value if type(value) is int else 0
