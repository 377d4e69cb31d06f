"""Replay one session: map each message to events, validate them, fold them back, compare, and count.

Messages are taken one at a time, so that a session of any length needs little memory. What one message needs of others
(the request that a summary completes, the message that a reply answers) is kept as ids and single parts.
"""

from __future__ import annotations

from collections.abc import Callable

from pawtui.replay.checks import SessionChecks
from pawtui.replay.folding import Folder
from pawtui.replay.generation import Generation
from pawtui.replay.mapping import Mapped, Mapper
from pawtui.replay.message_compare import MessageComparer, SessionComparer
from pawtui.replay.model import Message, Part, Session
from pawtui.replay.part_compare import PartComparer
from pawtui.replay.result import SessionResult
from pawtui.replay.schema_check import SchemaCheck
from pawtui.replay.tally import Tally

# Sees every mapped message, to compare its events with the upstream's own.
Observer = Callable[[Message, Mapped], None]


class Replayer:
    """Replays sessions onto one generation, into one tally."""

    def __init__(self, generation: Generation, check: SchemaCheck | None = None) -> None:
        """Compile the generation. Raises `GenerationError`."""
        self.generation = generation
        self.tally = Tally()
        self._mapper = Mapper(generation)
        self._folder = Folder(generation)
        self._check = check
        self._parts = PartComparer(self._mapper, self.tally)
        self._messages = MessageComparer(generation, self.tally)
        self._sessions = SessionComparer(generation, self.tally)
        self._checks = SessionChecks(generation, self.tally, check)

    def replay(self, session: Session, source: int = 0, observe: Observer | None = None) -> SessionResult:
        """Replay one session and return what became of it. `source` is the place of its source in the result."""
        result = SessionResult(id=session.id, parent=str(session.info.get("parentID") or ""), source=source)
        self.tally.begin(result)
        self._mapper.start(session.id)
        self._folder.start(session.id)
        self._parts.start()
        self._sessions.start()
        self._checks.start()
        for message in session.messages():
            result.messages += 1
            self._checks.add(session, message)
            mapped = self._message(message)
            if observe is not None:
                observe(message, mapped)
        self._parts.end()
        self._sessions.end(session)
        self._checks.end(session, result)
        self.tally.end()
        return result

    def stray(self, part: Part, source: int = 0) -> None:
        """Count a part whose message is missing."""
        self.tally.begin(SessionResult(id="", source=source))
        self._parts.stray(part)
        self.tally.end()
        self.tally.sessions.pop()

    def _message(self, message: Message) -> Mapped:
        info = message.data
        role = str(info.get("role") or "") if info is not None else ""
        tally = self.tally
        tally.messages[role or "(unknown)"] = tally.messages.get(role or "(unknown)", 0) + 1
        mapped = self._mapper.map(message)
        events, check = mapped.events, self._check
        for kind, _at, data, _owner in events:
            tally.events[kind] = tally.events.get(kind, 0) + 1
            if check is not None and (error := check.event_error(kind, data)):
                tally.event_error(kind, error, message.id)
        folded = self._folder.fold(events, role)
        self._parts.compare(message, mapped, folded)
        if info is not None:
            self._sessions.add(role, info)
            self._messages.compare(message, mapped, folded, role)
        return mapped
