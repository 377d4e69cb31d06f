"""Replay one session: map each message to events, validate the events, project them back, compare, and count.

Messages are processed one by one, so that a long session needs little memory. Data that later messages need, such as
the request of a summary or the parent of a reply, is stored as ids and single parts.
"""

from collections.abc import Callable, Collection, Iterable

from pawtui.replay.checking.importer import NOT_IMPORTED, UpstreamReader
from pawtui.replay.checking.openapi_schema import SchemaCheck
from pawtui.replay.checking.session_checks import SessionChecks
from pawtui.replay.comparing.message_compare import MessageComparer, SessionComparer
from pawtui.replay.comparing.part_compare import PartComparer
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.mapping.mapper import MappedMessage, Mapper
from pawtui.replay.mapping.projector import Projector
from pawtui.replay.reading.session_types import MessagePart, Session
from pawtui.replay.results.totals import SessionResult, Totals


class Replayer:
    """Replays sessions onto one generation and counts the results in `totals`."""

    def __init__(
        self,
        generation: Generation,
        schema_check: SchemaCheck | None = None,
        not_imported: Collection[str] = (),
    ) -> None:
        """Compile the generation. Raises `ReplayError`.

        `not_imported` are ids of sessions that the upstream did not import.
        """
        self.generation = generation
        self.totals = Totals()
        self.not_imported = not_imported
        self._upstream_reader = UpstreamReader(generation)
        self._mapper = Mapper(generation)
        self._projector = Projector(generation)
        self._schema_check = schema_check
        self._part_comparer = PartComparer(generation, self.totals)
        self._message_comparer = MessageComparer(generation, self.totals)
        self._session_comparer = SessionComparer(generation, self.totals)

    def replay(self, session: Session, observe: Callable[[MappedMessage], None] | None = None) -> SessionResult:
        """Replay one session and return its counts. `observe` receives every mapped message."""
        if session.id in self.not_imported:
            session.skip_reason = NOT_IMPORTED
            session.add_issue("session not imported", session.id, NOT_IMPORTED)
        parent = str(session.info.get("parentID") or "")
        result = SessionResult(id=session.id, parent=parent, skip_reason=session.skip_reason)
        self.totals.begin_session(result)
        self._mapper.start(session.id)
        self._projector.start(session.id)
        checks = SessionChecks(session, self.generation, self.totals, self._schema_check)

        for message in self._upstream_reader.messages(session):
            result.messages += 1
            self.totals.messages[message.role or "(unknown)"] += 1
            checks.add(message)

            mapped = self._mapper.map(message)
            for event in mapped.events:
                self.totals.events[event.type] += 1
                if self._schema_check is not None and (error := self._schema_check.event_error(event.type, event.data)):
                    self.totals.count_event_error(event.type, error, message.id)

            projected = self._projector.project(mapped.events, message.role)
            self._part_comparer.compare(mapped, projected)
            self._message_comparer.compare(mapped, projected)
            self._session_comparer.add(mapped)
            if observe is not None:
                observe(mapped)

        self._part_comparer.end()
        self._session_comparer.end(session)
        checks.end(result)
        self.totals.end_session()
        return result

    def count_orphans(self, parts: Iterable[MessagePart]) -> None:
        """Count parts whose message is missing."""
        self.totals.begin_session(None)
        for part in parts:
            self._part_comparer.count_unmapped(part, "Its message is missing.")
        self.totals.end_session()
