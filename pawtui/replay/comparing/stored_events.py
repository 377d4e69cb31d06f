"""Read the events that the upstream itself stored for a session, or the rows of its read model as events."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Literal

from pawtui.replay.mapping.generation import Generation, emitted_types
from pawtui.replay.mapping.mapper import Mapper
from pawtui.replay.mapping.mapping_context import MISSING, SessionEvent
from pawtui.replay.reading.db_tables import as_text
from pawtui.replay.reading.decode import decode_column
from pawtui.replay.reading.session_row import read_session_row
from pawtui.replay.reading.session_types import Json, Message, MessagePart
from pawtui.replay.reading.v1_database import V1Database

_VERSION = re.compile(r"\.\d+$")
# The type of events and rows that cannot be decoded. It is part of the JSON.
UNDECODABLE = "(undecodable)"


class StoredEvents:
    """The events of one generation in the table `event`."""

    form: Literal["events"] = "events"

    def __init__(self, database: V1Database, generation: Generation) -> None:
        self._database = database
        self._prefix = generation.events.prefix
        self._types = emitted_types(generation)
        self._foreign = generation.upstream.foreign
        self._time = generation.events.time

    def sessions(self) -> frozenset[str]:
        """Return the ids of sessions that have events of the generation. Raises `sqlite3.Error`."""
        if "event" not in self._database.layout:
            return frozenset()
        rows = self._database.connection.execute("SELECT DISTINCT aggregate_id, type FROM event")
        of_known_types = (
            session for session, stored_type in rows if self._type_of(as_text(stored_type)) in self._types
        )
        return frozenset(map(as_text, of_known_types))

    def events_of(self, session_id: str) -> Iterator[SessionEvent]:
        """Yield the events of a session in order, also those that the mapping does not know. Raises `sqlite3.Error`."""
        # Only events of 2.x have a column for their time.
        created_column = "created" if "created" in self._database.layout["event"].columns else "NULL"
        sql = f"SELECT type, {created_column}, data FROM event WHERE aggregate_id = ? ORDER BY seq"  # noqa: S608
        for stored_type, created, raw in self._database.connection.execute(sql, (session_id,)):
            event_type = self._type_of(as_text(stored_type))
            if not event_type:
                continue
            data, _ = decode_column(raw)
            if data is None:
                yield SessionEvent(UNDECODABLE, created, {})
            else:
                yield SessionEvent(event_type, data.get(self._time, MISSING) if self._time else created, data)

    def _type_of(self, stored_type: str) -> str:
        """Return a stored type without prefix and version, or an empty text if it is of another generation."""
        if not stored_type.startswith(self._prefix):
            return ""
        event_type = _VERSION.sub("", stored_type.removeprefix(self._prefix))
        if event_type not in self._types and any(fnmatchcase(event_type, pattern) for pattern in self._foreign):
            return ""
        return event_type


class StoredRows:
    """The rows of the table `session_message`, as events of one generation."""

    form: Literal["rows"] = "rows"

    def __init__(self, database: V1Database, generation: Generation) -> None:
        """Compile the rules of the rows. Raises `ReplayError`."""
        self._database = database
        self._mapper = Mapper(generation, of_rows=True)
        self._session_table = generation.upstream.session_table

    def session_fields(self, session_id: str) -> Json | None:
        """Return the fields of a session's row, with the names of the export, or None if there is no such row.

        Raises `sqlite3.Error`.
        """
        if self._session_table not in self._database.layout:
            return None
        row = read_session_row(self._database.connection, self._session_table, session_id)
        return row.info if row is not None else None

    def sessions(self) -> frozenset[str]:
        """Return the ids of sessions that have rows. Raises `sqlite3.Error`."""
        if "session_message" not in self._database.layout:
            return frozenset()
        rows = self._database.connection.execute("SELECT DISTINCT session_id FROM session_message")
        return frozenset(as_text(session) for (session,) in rows)

    def events_of(self, session_id: str) -> Iterator[SessionEvent]:
        """Yield the rows of a session as events. Raises `sqlite3.Error`.

        A row of a type that the mapping does not know is an event of this type in parentheses.
        """
        order = "seq" if "seq" in self._database.layout["session_message"].columns else "time_created"
        columns = "id, type, time_created, data"
        sql = f"SELECT {columns} FROM session_message WHERE session_id = ? ORDER BY {order}, id"  # noqa: S608
        self._mapper.start(session_id)
        for row_id, row_type, created, raw in self._database.connection.execute(sql, (session_id,)):
            data, _problem = decode_column(raw)
            if data is None:
                yield SessionEvent(UNDECODABLE, created, {})
                continue
            content = data.get("content")
            elements = content if isinstance(content, list) else []
            parts = [MessagePart("", element) for element in elements if isinstance(element, dict)]
            data |= {"id": as_text(row_id), "role": as_text(row_type)}
            message = Message(as_text(row_id), created, 0, data, parts)
            mapped = self._mapper.map(message)
            yield from mapped.events if mapped.rule is not None else [SessionEvent(f"({message.role})", created, {})]
