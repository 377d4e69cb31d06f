"""Inspect one part: its content, its events and its differences.

A result has counts and ids only. Therefore the source is opened again, read-only, and the session is replayed again.
"""

from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from pawtui.replay.mapping.mapper import CompiledPartRule, MappedMessage
from pawtui.replay.mapping.mapping_context import SessionEvent
from pawtui.replay.reading.exported_session import ExportFile
from pawtui.replay.reading.read_only_database import open_read_only
from pawtui.replay.reading.session_types import MessagePart, Session
from pawtui.replay.reading.v1_database import V1Database
from pawtui.replay.replayer import Replayer
from pawtui.replay.results.result import Result
from pawtui.replay.results.totals import Difference, SessionResult


class InspectedPart(NamedTuple):
    """One part, its semantics, its events with their full types, and its differences."""

    part: MessagePart
    semantics: str
    events: list[SessionEvent]
    differences: list[Difference]


def inspect_part(result: Result, found: SessionResult, part_id: str) -> InspectedPart | None:
    """Return a part of a session of a result, or None if the source of the session does not have it any more.

    Raises `ReplaySourceError`.
    """
    source, replayer = result.sources[found.source], Replayer(result.generation)
    path = Path(source.path)
    match source.kind:
        case "database":
            with open_read_only(path) as opened:
                (session,) = V1Database(path, opened.connection).sessions([found.id])
                return _inspect(replayer, session, found, part_id)
        case "export":
            session = ExportFile(path).session
            return _inspect(replayer, session, found, part_id) if session.id == found.id else None
        case "":
            raise AssertionError("a file of unknown kind has no sessions")


def _inspect(replayer: Replayer, session: Session, result: SessionResult, part_id: str) -> InspectedPart | None:
    session.skip_reason = result.skip_reason
    mappings: list[tuple[MappedMessage, MessagePart, CompiledPartRule | None]] = []

    def observe(mapped: MappedMessage) -> None:
        mappings.extend((mapped, part, rule) for part, rule in mapped.parts if part.id == part_id)

    replayer.replay(session, observe=observe)
    if not mappings:
        return None
    mapped, part, rule = mappings[0]
    prefix = replayer.generation.events.prefix
    events = [replace(event, type=prefix + event.type) for event in mapped.events if event.part_id == part_id]
    differences = [found.difference for found in replayer.totals.differences() if found.part == part_id]
    return InspectedPart(part, rule.semantics if rule is not None else differences[0].semantics, events, differences)
