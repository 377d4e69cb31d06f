"""Read sessions from the tables `session`, `message` and `part`, one session at a time and in bounded memory.

The tables are those of opencode 1.x and of PawWork; columns that are missing read as NULL. The order is the upstream's
own: messages by time and id, parts by id.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from pawtui.replay.decode import Undecodable, decode_object, quick_object
from pawtui.replay.errors import NoSessions, SourceError
from pawtui.replay.layout import COLUMNS, KNOWN, READ, quote, read_layout, text
from pawtui.replay.model import Inventory, Issue, Json, Message, Part
from pawtui.replay.row_access import RowAccess, open_access
from pawtui.replay.session_info import COLUMNS as SESSION_COLUMNS
from pawtui.replay.session_info import SessionRows

# A row of more than this is not read: twice of it and what it decodes to must fit into memory.
ROW_LIMIT = 64 << 20
# Tables and columns without which nothing can be put together.
_NEEDED = {"session": ("id",), "message": ("id", "session_id", "data"), "part": ("id", "message_id", "data")}
# Sessions whose rows are held at once.
_IDS = 50


class V1Database:
    """The sessions of one open database. `path` is only for messages."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, row_limit: int = ROW_LIMIT) -> None:
        """Read the layout.

        Raises `NoSessions` where none of its tables is known, and `SourceError` where it is damaged.
        """
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
        if not any(name in self.layout for name in READ):
            raise NoSessions(path, "it has no table of sessions. Name another file.")

    @property
    def has_v1(self) -> bool:
        """Whether the three tables are there."""
        return self.access is not None

    def _open_access(self) -> RowAccess | None:
        lacking = [
            f"{name}.{column}" if name in self.layout else name
            for name, columns in _NEEDED.items()
            for column in columns
            if name not in self.layout or column not in self.layout[name].columns
        ]
        if not lacking:
            return open_access(self.connection, self.layout, self.row_limit)
        # A database of the native model alone has nothing to replay, and nothing of it is left unread.
        if any(name in self.layout and self._count(name) for name in _NEEDED):
            missing = ", ".join(dict.fromkeys(lacking))
            self._issues.append(Issue("incomplete tables", self.path.name, f"there is no {missing}", unread=True))
        return None

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
        """Return what was found to be wrong beyond single sessions since the last call."""
        found, self._issues = self._issues, []
        return found

    def sessions(self) -> Iterator[V1Session]:
        """Yield every session by time and id, then those of messages whose session has no row."""
        if self.access is None:
            return
        seen: set[str] = set()
        for session in self._session_rows():
            if session.id in seen:
                self._issues.append(Issue("duplicate session", session.id, "a second row has the same id"))
                continue
            seen.add(session.id)
            yield session
        yield from self.stray_sessions()

    @property
    def divisible(self) -> bool:
        """Whether single sessions can be asked for without reading others."""
        return type(self.access) is RowAccess and "id" in self.layout["session"].unique

    def session_ids(self) -> list[str]:
        """Return the ids of all sessions that have a row, by time and id. Raises `sqlite3.Error`."""
        order = f"{self.layout['session'].value('time_created')}, id"
        return [text(found) for (found,) in self.connection.execute(f"SELECT id FROM session ORDER BY {order}")]  # noqa: S608

    def stray_sessions(self) -> Iterator[V1Session]:
        """Yield the sessions that messages name and that have no row."""
        if self.access is None:
            return
        with self._guarded("sessions without a row"):
            for session_id in self.access.stray_sessions():
                stray = V1Session(self, session_id, ({"id": session_id}, {}, []))
                stray.issues.append(Issue("no session row", session_id, "messages name it, but it has no row"))
                yield stray

    def count_read(self, parts: int) -> None:
        """Take into account parts that another process has read."""
        self._read += parts

    def session(self, session_id: str) -> V1Session | None:
        """Return one session by its id, or None."""
        return next(self._session_rows("WHERE id = ?", session_id), None)

    def some_sessions(self, session_ids: Sequence[str]) -> Iterator[V1Session]:
        """Yield the sessions of these ids, in their order; those without a row are left out."""
        for start in range(0, len(session_ids), _IDS):
            some = session_ids[start : start + _IDS]
            found = {session.id: session for session in self._session_rows(f"WHERE id IN ({_marks(some)})", *some)}
            yield from (found[session_id] for session_id in some if session_id in found)

    def _session_rows(self, where: str = "", *values: str) -> Iterator[V1Session]:
        if self.access is None:
            return
        order = f"ORDER BY {self.layout['session'].value('time_created')}, id"
        done: set[str] = set()
        try:
            yield from self._whole_rows(f"{where} {order}", values, done)
            return
        except sqlite3.Error:
            # One row that is too large or damaged hides all others: they are asked for one by one.
            pass
        with self._guarded("the table session"):
            query = f"SELECT id FROM session {where} {order}"  # noqa: S608 (fixed names, no values)
            ids = [text(found) for (found,) in self.connection.execute(query, values)]
            for session_id in ids:
                if session_id not in done:
                    yield self._single_row(session_id)

    def _whole_rows(self, rest: str, values: Sequence[str], done: set[str]) -> Iterator[V1Session]:
        cursor = self.connection.execute(f"SELECT * FROM session {rest}", values)  # noqa: S608
        rows = SessionRows([column[0] for column in cursor.description])
        for row in cursor:
            session_id = rows.id_of(row)
            done.add(session_id)
            yield V1Session(self, session_id, rows.read(row))

    def _single_row(self, session_id: str) -> V1Session:
        try:
            for session in self._whole_rows("WHERE id = ?", (session_id,), set()):
                return session
            reason = "its row cannot be found by its id"
        except sqlite3.Error as error:
            reason = str(error)
        session = V1Session(self, session_id, ({"id": session_id}, {}, []))
        session.issues.append(Issue("unreadable session row", session_id, reason, unread=True))
        return session

    def stray_parts(self) -> Iterator[tuple[str, Part]]:
        """Yield (message id, part) of parts whose message is missing; only after all sessions were read."""
        if self.access is None or self._read >= self._count("part"):
            return
        with self._guarded("parts without a message"):
            for message_id, part_id, created, updated, data in self.access.stray_parts():
                yield text(message_id), self._part(text(part_id), created, updated, data)

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
            session.issues.append(Issue("duplicate message", duplicate, "a second row has the same id", session.id))
        parts = access.parts(session.id)
        ahead = next(parts, None)
        for message_id, created, updated, data in access.messages(session.id):
            owned: list[Part] = []
            while ahead is not None and ahead[0] == message_id:
                _, part_id, part_created, part_updated, part_data = ahead
                name = text(part_id)
                if owned and owned[-1].id == name:
                    session.issues.append(Issue("duplicate part", name, "a second row has the same id", session.id))
                owned.append(self._part(name, part_created, part_updated, part_data))
                ahead = next(parts, None)
            self._read += len(owned)
            decoded: Json | None
            try:
                decoded, problem = quick_object(data), ""
            except (msgspec.DecodeError, RecursionError, TypeError, ValueError):
                decoded, problem = self._decoded(data)
            raw = data if decoded is not None else b""
            yield Message(text(message_id), _time(created), _time(updated), decoded, owned, raw, problem)
        if ahead is not None:
            session.issues.append(Issue("parts out of order", session.id, "some were not read", unread=True))

    def _part(self, name: str, created: Any, updated: Any, data: Any) -> Part:
        created = created if type(created) is int else 0
        updated = updated if type(updated) is int else 0
        try:
            return Part(name, created, updated, quick_object(data), data)
        except (msgspec.DecodeError, RecursionError, TypeError, ValueError):
            decoded, problem = self._decoded(data)
            return Part(name, created, updated, decoded, data if decoded is not None else b"", problem)

    def _decoded(self, data: object) -> tuple[Json | None, str]:
        """Return a row's decoded JSON, or None and why. An integer is the size of a row that is too large."""
        if type(data) is bytes:
            try:
                return decode_object(data), ""
            except Undecodable as error:
                return None, str(error)
        if data is None:
            return None, "no data"
        if isinstance(data, int) and data > self.row_limit:
            return None, f"{data:,} bytes, more than {self.row_limit:,}"
        return None, "not text"

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """Turn errors of SQLite into an issue: the rest of what was being read is missing, the run goes on."""
        try:
            yield
        except sqlite3.Error as error:
            self._issues.append(Issue("damaged database", what, str(error), unread=True))


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _time(value: Any) -> int:
    """Return a column's time in milliseconds; 0 for anything that is none."""
    return value if type(value) is int else 0


class V1Session:
    """One session's row and, on demand, its messages."""

    def __init__(self, database: V1Database, session_id: str, row: tuple[Json, Json, list[str]]) -> None:
        self._database = database
        self.id = session_id
        self.info, self.extra, damaged = row
        self.issues = [Issue("undecodable column", session_id, column, unread=True) for column in damaged]

    def messages(self) -> Iterator[Message]:
        """Yield the messages with their parts; adds to `issues` instead of raising."""
        return self._database.messages(self)
