"""Read sessions from the tables `session`, `message` and `part`, one session at a time and in bounded memory.

The tables are those of opencode 1.x and of PawWork; columns that are missing read as NULL. The order is the upstream's
own: messages by time and id, parts by id.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pawtui.replay.decode import Undecodable, decode_object
from pawtui.replay.errors import SourceError
from pawtui.replay.layout import COLUMNS, KNOWN, Table, quote, read_layout, text
from pawtui.replay.model import Inventory, Issue, Json, Message, Part
from pawtui.replay.row_access import RowAccess, open_access
from pawtui.replay.session_info import COLUMNS as SESSION_COLUMNS
from pawtui.replay.session_info import session_info

# A row of more than this is not read: twice of it and what it decodes to must fit into memory.
ROW_LIMIT = 64 << 20


class V1Database:
    """The sessions of one open database. `path` is only for messages."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, row_limit: int = ROW_LIMIT) -> None:
        """Read the layout. Raises `SourceError` where there are no such tables or the file is damaged."""
        self.path = path
        self.connection = connection
        self.row_limit = row_limit
        self._issues: list[Issue] = []
        self._read = 0
        try:
            self.layout = read_layout(connection)
            self.access = self._open_access()
        except sqlite3.Error as error:
            raise SourceError(path, f"{error}. Restore it from a backup, or name another file.") from error

    @property
    def has_v1(self) -> bool:
        """Whether the three tables are there."""
        return self.access is not None

    def _open_access(self) -> RowAccess | None:
        needed = {"session": {"id"}, "message": {"id", "session_id", "data"}, "part": {"id", "message_id", "data"}}
        if not all(name in self.layout and columns <= self.layout[name].columns for name, columns in needed.items()):
            return None
        return open_access(self.connection, self.layout, self.row_limit)

    def inventory(self) -> Inventory:
        """Return rows per table, and rows per type of events and native messages. Raises `SourceError`."""
        try:
            counts = {name: self._count(name) for name in self.layout}
            return Inventory(
                tables={name: count for name, count in counts.items() if name in KNOWN},
                unknown_tables={name: count for name, count in counts.items() if name not in KNOWN},
                unknown_columns=self._unknown_columns(),
                events=self._types("event"),
                native_messages=self._types("session_message"),
            )
        except sqlite3.Error as error:
            raise SourceError(self.path, f"{error}. Restore it from a backup, or name another file.") from error

    def _count(self, table: str) -> int:
        return int(self.connection.execute(f"SELECT count(*) FROM {quote(table)}").fetchone()[0])  # noqa: S608

    def _unknown_columns(self) -> dict[str, list[str]]:
        known = {**COLUMNS, "session": SESSION_COLUMNS}
        found = {
            name: sorted(self.layout[name].columns - columns) for name, columns in known.items() if name in self.layout
        }
        return {name: columns for name, columns in found.items() if columns}

    def _types(self, table: str) -> dict[str, int]:
        if table not in self.layout or "type" not in self.layout[table].columns:
            return {}
        rows = self.connection.execute(f"SELECT type, count(*) FROM {quote(table)} GROUP BY type")  # noqa: S608
        return {text(name): count for name, count in rows}

    def issues(self) -> list[Issue]:
        """Return what is wrong beyond single sessions; only after all sessions were read."""
        return self._issues

    def sessions(self) -> Iterator[V1Session]:
        """Yield every session by time and id, then those of messages whose session has no row."""
        if self.access is None:
            return
        seen: set[str] = set()
        for row in self._session_rows(self.layout["session"]):
            session_id = text(row.get("id"))
            if session_id in seen:
                self._issues.append(Issue("duplicate session", session_id, "a second row has the same id"))
                continue
            seen.add(session_id)
            yield V1Session(self, session_id, row)
        with self._guarded("sessions without a row"):
            for session_id in self.access.stray_sessions():
                stray = V1Session(self, session_id, {"id": session_id})
                stray.issues.append(Issue("no session row", session_id, "messages name a session that has no row"))
                yield stray

    def session(self, session_id: str) -> V1Session | None:
        """Return one session by its id, or None."""
        if self.access is None:
            return None
        for row in self._session_rows(self.layout["session"], session_id):
            return V1Session(self, session_id, row)
        return None

    def _session_rows(self, table: Table, session_id: str | None = None) -> Iterator[dict[str, Any]]:
        order = f"{table.value('time_created')}, id"
        where = "" if session_id is None else "WHERE id = ?"
        sql = f"SELECT * FROM session {where} ORDER BY {order}"  # noqa: S608
        with self._guarded("the table session"):
            cursor = self.connection.execute(sql, () if session_id is None else (session_id,))
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield {
                    name: text(value) if isinstance(value, bytes) else value
                    for name, value in zip(names, row, strict=True)
                }

    def stray_parts(self) -> Iterator[tuple[str, Part]]:
        """Yield (message id, part) of parts whose message is missing; only after all sessions were read."""
        if self.access is None or self._read >= self._count("part"):
            return
        with self._guarded("parts without a message"):
            for message_id, *row in self.access.stray_parts():
                yield text(message_id), self._part(*row)

    def messages(self, session: V1Session) -> Iterator[Message]:
        """Yield a session's messages; what cannot be read is added to the session's issues."""
        if self.access is None:
            return
        try:
            yield from self._merged(session, self.access)
        except sqlite3.Error as error:
            session.issues.append(Issue("damaged database", session.id, str(error), unread=True))

    def _merged(self, session: V1Session, access: RowAccess) -> Iterator[Message]:
        """Merge the rows of messages and of their parts, which come in the same order."""
        for duplicate in access.duplicate_messages(session.id):
            session.issues.append(Issue("duplicate message", duplicate, "a second row has the same id"))
        parts = access.parts(session.id)
        ahead = next(parts, None)
        for message_id, created, updated, data in access.messages(session.id):
            owned: list[Part] = []
            while ahead is not None and ahead[0] == message_id:
                part = self._part(*ahead[1:])
                if owned and owned[-1].id == part.id:
                    session.issues.append(Issue("duplicate part", part.id, "a second row has the same id"))
                owned.append(part)
                ahead = next(parts, None)
            decoded, problem = self._decoded(data)
            yield Message(text(message_id), created or 0, updated or 0, decoded, owned, data or b"", problem)

    def _part(self, part_id: bytes, created: int | None, updated: int | None, data: bytes | int | None) -> Part:
        self._read += 1
        decoded, problem = self._decoded(data)
        raw = data if isinstance(data, bytes) else b""
        return Part(text(part_id), created or 0, updated or 0, decoded, raw, problem)

    def _decoded(self, data: bytes | int | None) -> tuple[Json | None, str]:
        """Return a row's decoded JSON, or None and why. An integer is the size of a row that is too large."""
        if type(data) is bytes:
            try:
                return decode_object(data), ""
            except Undecodable as error:
                return None, str(error)
        if data is None:
            return None, "no data"
        return None, f"{int(data):,} bytes, more than {self.row_limit:,}"

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """Turn errors of SQLite into an issue: the rest of what was being read is missing, the run goes on."""
        try:
            yield
        except sqlite3.Error as error:
            self._issues.append(Issue("damaged database", what, str(error), unread=True))


class V1Session:
    """One session's row and, on demand, its messages."""

    def __init__(self, database: V1Database, session_id: str, row: Mapping[str, Any]) -> None:
        self._database = database
        self.id = session_id
        self.info, self.extra, damaged = session_info(dict(row))
        self.issues = [Issue("undecodable column", session_id, column, unread=True) for column in damaged]

    def messages(self) -> Iterator[Message]:
        """Yield the messages with their parts; adds to `issues` instead of raising."""
        return self._database.messages(self)
