"""Read sessions from the tables `session`, `message` and `part`, one session at a time and in bounded memory.

The tables are those of opencode 1.x and of PawWork; a missing column is read as NULL. The order is that of the
upstream: messages by time and id, parts by id.
"""

import sqlite3
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from pawtui.replay.reading.db_tables import KNOWN_COLUMNS, KNOWN_TABLES, READ_TABLES, quote, read_layout, text
from pawtui.replay.reading.decode import Undecodable, decode_object
from pawtui.replay.reading.read_only_database import is_truncated
from pawtui.replay.reading.row_access import RowAccess
from pawtui.replay.reading.session_row import SESSION_COLUMNS, SessionRow, SessionRows
from pawtui.replay.reading.session_types import (
    DataIssue,
    Inventory,
    Json,
    Message,
    MessagePart,
    Session,
    duplicate_part,
)
from pawtui.replay.replay_errors import NoSessions, ReplaySourceError

# The required tables and columns.
_NEEDED = {"session": ("id",), "message": ("id", "session_id", "data"), "part": ("id", "message_id", "data")}


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
            for name, columns in _NEEDED.items()
            for column in columns
            if name not in self.layout or column not in self.layout[name].columns
        ]
        if not missing:
            return RowAccess(self.connection, self.layout, truncated=self._truncated)
        # A database that has only the new model has nothing to replay: that is not an issue.
        if any(name in self.layout and self._count(name) != 0 for name in _NEEDED):
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
                counts = {text(name): count for name, count in rows}
        return counts

    def issues(self) -> list[DataIssue]:
        """Return the issues outside of sessions since the last call."""
        issues, self._issues = self._issues, []
        return issues

    def sessions(self) -> Iterator[Session]:
        """Yield every session that has a row, ordered by time and id, then the sessions that have only messages."""
        seen: set[str] = set()
        for session in self._sessions_with_row():
            if session.id in seen:
                detail = "a second row has the same id"
                self._issues.append(DataIssue("duplicate session", session.id, detail, session.id, unread=True))
                continue
            seen.add(session.id)
            yield session
        yield from self.unlisted_sessions(seen)

    @property
    def can_read_single_sessions(self) -> bool:
        """Whether one session can be read without reading other sessions."""
        return self.access is not None and not self.access.is_copied and "id" in self.layout["session"].unique

    def session_ids(self) -> list[str]:
        """Return the ids of all sessions that have a row, ordered by time and id; none if the table is damaged."""
        order = f"{self.layout['session'].value('time_created')}, id"
        # If this fails, `sessions` yields the readable ones and records the damage.
        with suppress(sqlite3.Error):
            return [text(name) for (name,) in self.connection.execute(f"SELECT id FROM session ORDER BY {order}")]  # noqa: S608
        return []

    def unlisted_sessions(self, listed: Container[str]) -> Iterator[Session]:
        """Yield the sessions that have messages and are not in `listed`: without a row, or with a damaged one."""
        if self.access is None:
            return
        with self.record_damage("sessions without a row"):
            for session_id in self.access.session_ids():
                if session_id not in listed:
                    yield self.session(session_id) or self._refused(session_id)

    def _refused(self, session_id: str) -> Session:
        session = self._session(SessionRow({"id": session_id}, {}, []))
        session.refused = "Its session has no row."
        session.add_issue("no session row", session_id, "it has messages but no row")
        return session

    def session(self, session_id: str) -> Session | None:
        """Return the session with an id, or None. If its row is damaged, the session has only its id."""
        if self.access is None:
            return None
        try:
            return next(self._rows("WHERE id = ?", session_id), None)
        except sqlite3.Error as error:
            return self._without_row(session_id, str(error))

    def some_sessions(self, session_ids: Iterable[str]) -> Iterator[Session]:
        """Yield the sessions with these ids that have a row, in the order of the ids."""
        yield from (session for session in map(self.session, session_ids) if session is not None)

    def _sessions_with_row(self) -> Iterator[Session]:
        if self.access is None:
            return
        done: set[str] = set()
        try:
            for session in self._rows(f"ORDER BY {self.layout['session'].value('time_created')}, id"):
                done.add(session.id)
                yield session
            return
        except sqlite3.Error:
            # One damaged row fails the query: read the sessions one by one.
            pass
        ids: dict[str, None] = {}
        with self.record_damage("the table session"):
            for (name,) in self.connection.execute("SELECT id FROM session ORDER BY id"):
                ids[text(name)] = None
        for session_id in (name for name in ids if name not in done):
            found = self.session(session_id)
            yield found or self._without_row(session_id, "its row cannot be found by its id")

    def _rows(self, clauses: str, *values: str) -> Iterator[Session]:
        """Yield the sessions of a query. Raises `sqlite3.Error`."""
        cursor = self.connection.execute(f"SELECT * FROM session {clauses}", values)  # noqa: S608
        rows = SessionRows([column[0] for column in cursor.description])
        for row in cursor:
            yield self._session(rows.read(row))

    def _session(self, row: SessionRow) -> Session:
        session = Session(text(row.info.get("id")), row.info, row.extra, self._messages)
        for column in row.damaged:
            session.add_issue("undecodable column", session.id, column, unread=True)
        return session

    def _without_row(self, session_id: str, reason: str) -> Session:
        session = self._session(SessionRow({"id": session_id}, {}, []))
        session.add_issue("unreadable session row", session_id, reason, unread=True)
        return session

    def orphan_parts(self) -> Iterator[MessagePart]:
        """Yield the parts whose message is missing."""
        # The missing messages of a truncated file may be on a missing page.
        if self.access is None or self._truncated:
            return
        with self.record_damage("parts without a message"):
            for _message_id, nth, part_id, data in self.access.orphan_parts():
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
        """Yield the messages with their parts; the rows of both have the same order."""
        for duplicate in access.duplicate_messages(session.id):
            session.add_issue("duplicate message", duplicate, "a second row has the same id", unread=True)
        groups = groupby(access.parts(session.id), itemgetter(0))
        owner, rows = next(groups, (None, iter(())))
        for message_id, created, updated, data in access.messages(session.id):
            owned: list[MessagePart] = []
            duplicates: list[MessagePart] = []
            if owner == message_id:
                for _, nth, part_id, part_data, is_foreign in rows:
                    part = _part(part_id, part_data)
                    if is_foreign:
                        part.is_foreign = True
                        session.add_issue("part of another session", part.id, "its message is in this session")
                    if nth == 1:
                        owned.append(part)
                    else:
                        duplicates.append(duplicate_part(part, nth, session.issues, session.id))
                owner, rows = next(groups, (None, iter(())))
            decoded, problem = _decoded(data)
            yield Message(
                text(message_id),
                _time(created),
                _time(updated),
                decoded,
                owned,
                raw=data if decoded is not None else b"",
                problem=problem,
                duplicates=duplicates,
                refused=session.refused,
            )
        if owner is not None:
            session.add_issue("parts out of order", session.id, "some were not read", unread=True)

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
    decoded, problem = _decoded(data)
    return MessagePart(text(part_id), decoded, data if decoded is not None else b"", problem)


def _decoded(data: object) -> tuple[Json | None, str]:
    """Return the decoded JSON, or None and the reason."""
    if type(data) is not bytes:
        return None, "has no data" if data is None else "is not text"
    try:
        return decode_object(data), ""
    except Undecodable as error:
        return None, str(error)


def _time(value: Any) -> int:
    """Return the time of a column in milliseconds, or 0 if it is not a time."""
    return value if type(value) is int else 0
