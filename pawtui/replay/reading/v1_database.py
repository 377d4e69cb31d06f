"""Read sessions from the tables `session`, `message` and `part`, one session at a time and in bounded memory.

The tables are those of opencode 1.x and of PawWork; a missing column is read as NULL. The order is that of the
upstream: messages by time and id, parts by id.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pawtui.replay.reading.db_tables import KNOWN_COLUMNS, KNOWN_TABLES, READ_TABLES, as_text, quote, read_layout
from pawtui.replay.reading.decode import decode_column
from pawtui.replay.reading.read_only_database import is_truncated
from pawtui.replay.reading.row_access import RowAccess
from pawtui.replay.reading.session_row import SESSION_COLUMNS, SessionRow, session_rows
from pawtui.replay.reading.session_types import DataIssue, Inventory, Message, MessagePart, Session, duplicate_part
from pawtui.replay.replay_errors import NoSessions, ReplaySourceError

_REQUIRED_COLUMNS = {"session": ("id",), "message": ("id", "session_id", "data"), "part": ("id", "message_id", "data")}


class V1Database:
    """The sessions of an open database. `access` is None if a table of the first model is missing.

    `path` is used in messages only.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Read the layout.

        Raises `NoSessions` if it has no table of sessions or events, and `ReplaySourceError` if it is damaged.
        """
        self.path = path
        self.connection = connection
        self._issues: list[DataIssue] = []
        self._truncated = is_truncated(connection)
        if self._truncated:
            self._issues.append(DataIssue("damaged database", path.name, "the file is truncated", unread=True))
        try:
            self.layout = read_layout(connection)
            self.access = self._open_access()
        except sqlite3.Error as error:
            raise ReplaySourceError(path, f"{error}. Restore it from a backup, or give another file.") from error
        if not any(name in self.layout for name in READ_TABLES):
            raise NoSessions(path, "it has no table of sessions. Give another file.")

    def _open_access(self) -> RowAccess | None:
        missing = [
            f"{name}.{column}" if name in self.layout else name
            for name, columns in _REQUIRED_COLUMNS.items()
            for column in columns
            if name not in self.layout or column not in self.layout[name].columns
        ]
        if not missing:
            return RowAccess(self.connection, self.layout, truncated=self._truncated)
        # A database that has only the new model has nothing to replay: that is not an issue.
        if any(name in self.layout and self._count(name) != 0 for name in _REQUIRED_COLUMNS):
            detail = f"there is no {', '.join(dict.fromkeys(missing))}"
            self._issues.append(DataIssue("incomplete tables", self.path.name, detail, unread=True))
        return None

    def inventory(self, session_columns: Iterable[str] = ()) -> Inventory:
        """Return the number of rows of each table, and of each type of event and message.

        It does not have the tables that cannot be counted, because they are damaged. `session_columns` are more known
        columns of sessions.
        """
        counts = {name: count for name in self.layout if (count := self._count(name)) is not None}
        return Inventory(
            tables={name: count for name, count in counts.items() if name in KNOWN_TABLES},
            unknown_tables={name: count for name, count in counts.items() if name not in KNOWN_TABLES},
            unknown_columns=self._unknown_columns(session_columns),
            events=self._rows_by_type("event"),
            native_messages=self._rows_by_type("session_message"),
        )

    def _count(self, table: str) -> int | None:
        """Return the number of rows, or None if the table is damaged."""
        count: int | None = None
        with self.record_damage(f"the table {table}"):
            (count,) = self.connection.execute(f"SELECT count(*) FROM main.{quote(table)}").fetchone()  # noqa: S608
        return count

    def _unknown_columns(self, session_columns: Iterable[str]) -> dict[str, list[str]]:
        known = {**KNOWN_COLUMNS, "session": SESSION_COLUMNS.union(session_columns)}
        present = {name: columns for name, columns in known.items() if name in self.layout}
        found = {name: sorted(self.layout[name].columns - columns) for name, columns in present.items()}
        return {name: columns for name, columns in found.items() if columns}

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

    @property
    def has_usual_indexes(self) -> bool:
        """Whether messages and parts are read from the database itself, not from temporary copies of the tables."""
        return self.access is not None and not self.access.is_copied

    def session_ids(self) -> list[str]:
        """Return the ids of all sessions that have a row, each once, ordered by time and id.

        If the times of a damaged table cannot be read, return the readable ids, ordered by id.
        """
        if self.access is None:
            return []
        rows: list[tuple[object]] = []
        try:
            order = f"{self.layout['session'].column_sql('time_created')}, id"
            rows = self.connection.execute(f"SELECT id FROM session ORDER BY {order}").fetchall()  # noqa: S608
        except sqlite3.Error:
            with self.record_damage("the table session"):
                for row in self.connection.execute("SELECT id FROM session ORDER BY id"):
                    rows.append(row)
        ids: dict[str, None] = {}
        for session_id in (as_text(value) for (value,) in rows):
            if session_id in ids:
                detail = "a second row has the same id"
                self._issues.append(DataIssue("duplicate session", session_id, detail, session_id, unread=True))
            ids[session_id] = None
        return list(ids)

    def sessions(self, session_ids: Iterable[str]) -> Iterator[Session]:
        """Yield the sessions with these ids. A session whose row is damaged has only its id."""
        for session_id in session_ids:
            yield self.session(session_id) or self._unreadable(session_id, "its row cannot be found by its id")

    def unlisted_sessions(self, listed: Iterable[str]) -> Iterator[Session]:
        """Yield the sessions that have messages and are not in `listed`: without a row, or with a damaged one."""
        if self.access is None:
            return
        with self.record_damage("sessions without a row"):
            listed = set(listed)
            for session_id in self.access.session_ids():
                if session_id not in listed:
                    yield self.session(session_id) or self._without_row(session_id)

    def session(self, session_id: str) -> Session | None:
        """Return the session with an id, or None if it has no row. If its row is damaged, it has only its id."""
        if self.access is None:
            return None
        try:
            row = self._session_row(session_id, "session")
        except sqlite3.Error as error:
            row = self._find_row(session_id)
            if row is None:
                return self._unreadable(session_id, str(error))
        if row is None:
            return None
        session = Session(as_text(row.info.get("id")), row.info, row.extra, self._messages)
        for column in row.damaged:
            session.add_issue("undecodable column", session.id, column, unread=True)
        return session

    def _session_row(self, session_id: str, table: str) -> SessionRow | None:
        """Return the row of a session, or None without one. Raises `sqlite3.Error`."""
        try:
            cursor = self.connection.execute(f"SELECT * FROM {table} WHERE id = ?", (session_id,))  # noqa: S608
        except UnicodeDecodeError as error:
            raise sqlite3.DatabaseError("the name of a column is damaged") from error
        return next(session_rows(cursor), None)

    def _find_row(self, session_id: str) -> SessionRow | None:
        """Return the row of a session if only the index of the ids is damaged: it is found by reading the table."""
        with suppress(sqlite3.Error):
            return self._session_row(session_id, "session NOT INDEXED")
        return None

    def _unreadable(self, session_id: str, reason: str) -> Session:
        session = Session(session_id, {"id": session_id}, {}, self._messages)
        session.add_issue("unreadable session row", session_id, reason, unread=True)
        return session

    def _without_row(self, session_id: str) -> Session:
        session = Session(session_id, {"id": session_id}, {}, self._messages, refused="Its session has no row.")
        session.add_issue("no session row", session_id, "it has messages but no row")
        return session

    def orphan_parts(self) -> Iterator[MessagePart]:
        """Yield the parts whose message is missing."""
        # The missing messages of a truncated file may be on a missing page.
        if self.access is None or self._truncated:
            return
        with self.record_damage("parts without a message"):
            for nth, part_id, data in self.access.orphan_parts():
                part = _part(part_id, data)
                if nth > 1:
                    part = duplicate_part(part, nth, self._issues)
                elif part.problem:
                    self._issues.append(DataIssue("undecodable part", part.id, f"it {part.problem}", unread=True))
                yield part

    def _messages(self, session: Session) -> Iterator[Message]:
        """Yield the messages of a session. Errors become issues of the session."""
        if self.access is None:
            return
        if self.access.has_gaps:
            detail = "the file is truncated or damaged, and some of its messages or parts may be missing"
            session.add_issue("damaged database", session.id, detail, unread=True)
        try:
            yield from self._read_messages(session, self.access)
        except sqlite3.Error as error:
            session.add_issue("damaged database", session.id, str(error), unread=True)

    def _read_messages(self, session: Session, access: RowAccess) -> Iterator[Message]:
        """Yield the messages with their parts."""
        for duplicate in access.duplicate_messages(session.id):
            session.add_issue("duplicate message", duplicate, "a second row has the same id", unread=True)
        for message_id, created, updated, data in access.messages(session.id):
            parts: list[MessagePart] = []
            duplicates: list[MessagePart] = []
            for nth, part_id, part_data, is_foreign in access.parts(message_id, session.id):
                part = _part(part_id, part_data)
                if is_foreign:
                    part.is_foreign = True
                    session.add_issue("part of another session", part.id, "its message is in this session")
                if nth == 1:
                    parts.append(part)
                else:
                    duplicates.append(duplicate_part(part, nth, session.issues, session.id))
            decoded, problem, is_exact = decode_column(data)
            yield Message(
                as_text(message_id),
                _time(created),
                _time(updated),
                decoded,
                parts,
                problem,
                is_exact,
                duplicates=duplicates,
                refused=session.refused,
            )

    @contextmanager
    def record_damage(self, what: str) -> Iterator[None]:
        """Record an error of SQLite as an issue: the rest of the data is missing, and the replay continues."""
        try:
            yield
        except sqlite3.Error as error:
            issue = DataIssue("damaged database", what, str(error), unread=True)
            if issue not in self._issues:
                self._issues.append(issue)


def _part(part_id: Any, data: Any) -> MessagePart:
    return MessagePart(as_text(part_id), *decode_column(data))


def _time(value: Any) -> int:
    """Return the time of a column in milliseconds, or 0 if it is not a time."""
    return value if type(value) is int else 0
