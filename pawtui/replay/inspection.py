"""Inspect one part: its content, its events and its differences.

A result has counts and ids only. Therefore the source is opened again, read-only, and the session is replayed again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, assert_never

from pawtui.replay.checking.import_state import sessions_not_imported
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.mapping.mapper import MappedMessage
from pawtui.replay.reading.exported_session import ExportFile
from pawtui.replay.reading.read_only_database import open_read_only
from pawtui.replay.reading.session_types import Json, Message, MessagePart, Session
from pawtui.replay.reading.v1_database import V1Database
from pawtui.replay.replayer import Replayer
from pawtui.replay.results.differences import Difference
from pawtui.replay.results.result import SourceInfo
from pawtui.replay.results.totals import Totals


class InspectedEvent(NamedTuple):
    """An event, with its full type."""

    type: str
    data: Json


class InspectedPart(NamedTuple):
    """One part. If it could not be decoded, `original` is None and `problem` is the reason."""

    id: str
    type: str
    semantics: str
    original: Json | None
    problem: str
    events: list[InspectedEvent]
    differences: list[Difference]


def inspect_part(source: SourceInfo, generation: Generation, session_id: str, part_id: str) -> InspectedPart | None:
    """Return a part of a source, or None if it does not exist. Raises `ReplaySourceError` and `GenerationError`."""
    totals = _PartTotals(part_id)
    found: list[tuple[MessagePart, list[InspectedEvent]]] = []

    def observe(message: Message, mapped: MappedMessage) -> None:
        prefix = generation.events.prefix
        for part in message.parts:
            if part.id == part_id:
                events = [event for event in mapped.events if event.part_id == part_id]
                found.append((part, [InspectedEvent(prefix + event.type, event.data) for event in events]))

    with _open_session(source, generation, session_id) as (session, not_imported):
        if session is not None:
            Replayer(generation, totals=totals, not_imported=not_imported).replay(session, observe=observe)
    if not found:
        return None
    part, events = found[0]
    return InspectedPart(part.id, part.type, totals.semantics, part.data, part.problem, events, totals.differences)


class _PartTotals(Totals):
    """Totals that also record the semantics and the differences of one part."""

    def __init__(self, part_id: str) -> None:
        super().__init__()
        self._part_id = part_id
        self.semantics = ""
        self.differences: list[Difference] = []

    def count_part(self, part_type: str, semantics: str, part_id: str, differences: list[Difference]) -> None:
        """Count a part, and record its differences if it is the one part."""
        super().count_part(part_type, semantics, part_id, differences)
        # Parts with the same id are one part on the screen.
        if part_id == self._part_id:
            self.semantics = self.semantics or semantics
            self.differences += differences


@contextmanager
def _open_session(
    source: SourceInfo, generation: Generation, session_id: str
) -> Iterator[tuple[Session | None, frozenset[str]]]:
    """Open a session. The ids are of the sessions that the upstream does not import any more."""
    path = Path(source.path)
    match source.kind:
        case "database":
            with open_read_only(path) as opened:
                database = V1Database(path, opened.connection)
                yield database.session(session_id), sessions_not_imported(database, generation)
        case "export":
            session = ExportFile(path).session
            yield session if session.id == session_id else None, frozenset()
        case "":
            yield None, frozenset()
        case kind:
            assert_never(kind)
