"""Inspect one session: each part with its content, its events and its differences.

A result has counts and ids only. Therefore the source is opened again, read-only, and the session is replayed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pawtui.replay.comparing import Difference
from pawtui.replay.export_file import ExportFile
from pawtui.replay.generation import Generation
from pawtui.replay.mapping import Mapped
from pawtui.replay.replay_errors import unreadable
from pawtui.replay.replayer import Replayer
from pawtui.replay.result import SourceInfo
from pawtui.replay.session_types import Json, Message, Session
from pawtui.replay.snapshot import open_snapshot
from pawtui.replay.totals import Totals
from pawtui.replay.v1_database import V1Database


class EventView(NamedTuple):
    """An event, with its full type."""

    type: str
    data: Json


class PartView(NamedTuple):
    """One part. If it could not be decoded, `original` is None and `problem` is the reason."""

    id: str
    type: str
    semantics: str
    original: Json | None
    problem: str
    events: list[EventView]
    differences: list[Difference]


class MessageView(NamedTuple):
    """One message. `rule` is the name of its rule, `events` are the events that do not belong to a part."""

    id: str
    rule: str
    original: Json | None
    events: list[EventView]
    parts: list[PartView]


class Inspector:
    """Inspects the sessions of an open source."""

    def __init__(self, source: V1Database | ExportFile, generation: Generation) -> None:
        """Compile the generation. Raises `GenerationError`."""
        self._source = source
        self._generation = generation
        self._recorder = _Recorder()
        self._replayer = Replayer(generation, totals=self._recorder)

    def session(self, session_id: str) -> list[MessageView] | None:
        """Return the messages of a session in order, or None if it does not exist. The session must fit in memory."""
        session = self._find(session_id)
        if session is None:
            return None
        mapped_messages: list[tuple[Message, Mapped]] = []
        self._replayer.replay(session, observe=lambda message, mapped: mapped_messages.append((message, mapped)))
        recorded = self._recorder.take_parts()
        prefix = self._generation.events.prefix
        return [_message(message, mapped, prefix, recorded) for message, mapped in mapped_messages]

    def _find(self, session_id: str) -> Session | None:
        if isinstance(self._source, V1Database):
            return self._source.session(session_id)
        return next((session for session in self._source.sessions() if session.id == session_id), None)


class _Recorder(Totals):
    """Totals that also record the differences of each part."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: dict[str, tuple[str, list[Difference]]] = {}

    def count_part(self, kind: str, semantics: str, part_id: str, differences: list[Difference]) -> None:
        """Count one part and record its differences."""
        super().count_part(kind, semantics, part_id, differences)
        # Rows with the same id are one part on the screen.
        known = self._parts.setdefault(part_id, (semantics, []))
        known[1].extend(differences)

    def take_parts(self) -> dict[str, tuple[str, list[Difference]]]:
        """Return the semantics and differences of all parts since the last call."""
        parts, self._parts = self._parts, {}
        return parts


def _message(
    message: Message, mapped: Mapped, prefix: str, recorded: dict[str, tuple[str, list[Difference]]]
) -> MessageView:
    events: dict[str, list[EventView]] = {}
    for kind, _at, data, owner in mapped.events:
        events.setdefault(owner, []).append(EventView(prefix + kind, data))
    parts = []
    for part in message.parts:
        semantics, differences = recorded.get(part.id, ("", []))
        parts.append(
            PartView(part.id, part.type, semantics, part.data, part.problem, events.get(part.id, []), differences)
        )
    rule = mapped.rule.rule.name if mapped.rule is not None else ""
    return MessageView(message.id, rule, message.data, events.get("", []), parts)


@contextmanager
def open_inspector(source: SourceInfo, generation: Generation) -> Iterator[Inspector]:
    """Open a source of a result again, read-only. Raises `SourceError` and `GenerationError`."""
    path = Path(source.path)
    if source.kind == "export":
        try:
            data = path.read_bytes()
        except OSError as error:
            raise unreadable(path, error) from error
        yield Inspector(ExportFile(path, data), generation)
        return
    with open_snapshot(path) as snapshot:
        yield Inspector(V1Database(path, snapshot.connection), generation)
