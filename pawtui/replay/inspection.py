"""Look into one session: each part with its content, the events it becomes, what is read back, and what differs.

A result holds counts and ids only. Here the source is opened once more, read-only, and one session is replayed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pawtui.replay.comparing import Difference
from pawtui.replay.errors import SourceError
from pawtui.replay.export_file import ExportFile
from pawtui.replay.generation import Generation
from pawtui.replay.mapping import Mapped
from pawtui.replay.model import Json, Message, Session
from pawtui.replay.replayer import Replayer
from pawtui.replay.result import SourceInfo
from pawtui.replay.snapshot import open_snapshot
from pawtui.replay.tally import Tally
from pawtui.replay.v1_database import V1Database


class EventView(NamedTuple):
    """An event as it would be stored."""

    type: str
    data: Json


class PartView(NamedTuple):
    """One part. `original` is None where it could not be decoded; `problem` then says why."""

    id: str
    type: str
    semantics: str
    original: Json | None
    problem: str
    events: list[EventView]
    differences: list[Difference]


class MessageView(NamedTuple):
    """One message: `rule` is the mapping's name for it, `events` those that belong to none of its parts."""

    id: str
    rule: str
    original: Json | None
    events: list[EventView]
    parts: list[PartView]


class Inspector:
    """Looks into the sessions of one source that is open."""

    def __init__(self, source: V1Database | ExportFile, generation: Generation) -> None:
        """Compile the generation. Raises `GenerationError`."""
        self._source = source
        self._generation = generation
        self._recorder = _Recorder()
        self._replayer = Replayer(generation, tally=self._recorder)

    def session(self, session_id: str) -> list[MessageView] | None:
        """Return the messages of a session in order, or None where it is not there. Holds all of it in memory."""
        session = self._found(session_id)
        if session is None:
            return None
        seen: list[tuple[Message, Mapped]] = []
        self._replayer.replay(session, observe=lambda message, mapped: seen.append((message, mapped)))
        found = self._recorder.take_parts()
        prefix = self._generation.events.prefix
        return [_message(message, mapped, prefix, found) for message, mapped in seen]

    def _found(self, session_id: str) -> Session | None:
        if isinstance(self._source, V1Database):
            return self._source.session(session_id)
        return next((session for session in self._source.sessions() if session.id == session_id), None)


class _Recorder(Tally):
    """A tally that also keeps each part's differences."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: dict[str, tuple[str, list[Difference]]] = {}

    def part(self, kind: str, semantics: str, part_id: str, differences: list[Difference]) -> None:
        """Count one part and keep what differs of it."""
        super().part(kind, semantics, part_id, differences)
        self._parts[part_id] = (semantics, list(differences))

    def take_parts(self) -> dict[str, tuple[str, list[Difference]]]:
        """Return the semantics and differences of all parts since the last call."""
        found, self._parts = self._parts, {}
        return found


def _message(
    message: Message, mapped: Mapped, prefix: str, found: dict[str, tuple[str, list[Difference]]]
) -> MessageView:
    events: dict[str, list[EventView]] = {}
    for kind, _at, data, owner in mapped.events:
        events.setdefault(owner, []).append(EventView(prefix + kind, data))
    parts = []
    for part in message.parts:
        semantics, differences = found.get(part.id, ("", []))
        parts.append(
            PartView(part.id, part.type, semantics, part.data, part.problem, events.get(part.id, []), differences)
        )
    rule = mapped.rule.rule.name if mapped.rule is not None else ""
    return MessageView(message.id, rule, message.data, events.get("", []), parts)


@contextmanager
def open_inspector(source: SourceInfo, generation: Generation) -> Iterator[Inspector]:
    """Open a source of a result again, read-only. Raises `SourceError`, `GenerationError`."""
    path = Path(source.path)
    if source.kind == "export":
        try:
            data = path.read_bytes()
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise SourceError(path, f"{reason}. Check the path and its permissions.") from error
        yield Inspector(ExportFile(path, data), generation)
        return
    with open_snapshot(path) as snapshot:
        yield Inspector(V1Database(path, snapshot.connection), generation)
