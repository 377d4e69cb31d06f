"""Replay one session: map each message to events, validate them, fold them back, compare, and count.

Messages are taken a few at a time, so that a session of any length needs little memory. What one message needs of
others (the request that a summary completes, the message that a reply answers) is kept as ids and single parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

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

# One step over many messages is a seventh faster than all steps over one message after another.
_BATCH = 64
_BATCH_BYTES = 4 << 20


class Replayer:
    """Replays sessions onto one generation, into one tally."""

    def __init__(self, generation: Generation, check: SchemaCheck | None = None, tally: Tally | None = None) -> None:
        """Compile the generation. `tally` counts where it is not to be a new one. Raises `GenerationError`."""
        self.generation = generation
        self.tally = tally if tally is not None else Tally()
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
        for batch in _batches(session.messages()):
            result.messages += len(batch)
            self._replay(session, batch, observe)
        self._parts.end()
        self._sessions.end(session)
        self._checks.end(session, result)
        self.tally.end()
        return result

    def stray(self, part: Part) -> None:
        """Count a part whose message is missing."""
        self.tally.begin_stray()
        self._parts.stray(part)
        self.tally.end()

    def _replay(self, session: Session, batch: list[Message], observe: Observer | None) -> None:
        tally = self.tally
        for message in batch:
            self._checks.add(session, message)
        roles = [str(message.data.get("role") or "") if message.data is not None else "" for message in batch]
        for role in roles:
            tally.messages[role or "(unknown)"] = tally.messages.get(role or "(unknown)", 0) + 1
        mapped = [self._mapper.map(message) for message in batch]
        events = tally.events
        for one in mapped:
            for event in one.events:
                events[event[0]] = events.get(event[0], 0) + 1
        if self._check is not None:
            self._validate(self._check, batch, mapped)
        folded = [self._folder.fold(one.events, role) for one, role in zip(mapped, roles, strict=True)]
        for message, one, back in zip(batch, mapped, folded, strict=True):
            self._parts.compare(message, one, back)
        for message, one, back, role in zip(batch, mapped, folded, roles, strict=True):
            if message.data is not None:
                self._sessions.add(role, message.data)
                self._messages.compare(message, one, back, role)
        if observe is not None:
            for message, one in zip(batch, mapped, strict=True):
                observe(message, one)

    def _validate(self, check: SchemaCheck, batch: list[Message], mapped: list[Mapped]) -> None:
        for message, one in zip(batch, mapped, strict=True):
            for kind, _at, data, _owner in one.events:
                if error := check.event_error(kind, data):
                    self.tally.event_error(kind, error, message.id)


def _batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """Yield messages some at a time, fewer where they are large."""
    batch: list[Message] = []
    size = 0
    for message in messages:
        batch.append(message)
        size += len(message.raw)
        for part in message.parts:
            size += len(part.raw)
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
