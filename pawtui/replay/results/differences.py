"""The difference of one field, and a compact log of the parts that have differences.

Millions of parts fit in memory: each is its id and three numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

DifferenceKind = Literal["lost", "changed", "added"]
Weight = Literal["content", "detail"]

# The field of a difference that concerns a whole part or message.
WHOLE = ""
# The session index of parts whose message is missing.
NO_SESSION = 2**32 - 1


class Difference(NamedTuple):
    """A difference of one field.

    `field` is the dotted path, with `*` for elements of lists; it is empty for a whole part or message. `stated` is
    true if the mapping has the reason. `semantics` is that of the statement, if it names one. `of` adds the `type` of
    the part and its semantics.
    """

    kind: DifferenceKind
    field: str
    reason: str
    weight: Weight = "content"
    semantics: str = ""
    stated: bool = True
    type: str = ""

    @property
    def is_whole_loss(self) -> bool:
        """Whether a whole part or message is lost, not only a field."""
        return self.kind == "lost" and self.field == WHOLE

    def of(self, part_type: str, semantics: str) -> Difference:
        """Return the difference with this type and semantics; outside parts, the type is the name of what differs."""
        kind, field, reason, weight, own, stated, _ = self
        return Difference(kind, field, reason, weight, own or semantics, stated, part_type)


class PartLog:
    """The parts that have differences, in order."""

    def __init__(self) -> None:
        self._groups = array("I")
        self._sessions = array("I")
        self._lengths = array("I")
        self._ids = bytearray()

    def add(self, part: str, session: int, group: int) -> None:
        """Add the id of a part, the index of its session in the result or `NO_SESSION`, and the number of its group."""
        encoded = part.encode("utf-8", "surrogatepass")
        self._groups.append(group)
        self._sessions.append(session)
        self._lengths.append(len(encoded))
        self._ids += encoded

    def __iter__(self) -> Iterator[tuple[str, int, int]]:
        """Yield what `add` added."""
        start = 0
        for group, session, length in zip(self._groups, self._sessions, self._lengths, strict=True):
            end = start + length
            yield self._ids[start:end].decode("utf-8", "surrogatepass"), session, group
            start = end

    def extend(self, other: PartLog, session_count: int, numbers: Sequence[int]) -> None:
        """Append another log, whose sessions come after the first `session_count` sessions.

        `numbers` are the numbers of its groups in this log.
        """
        self._groups.extend(numbers[group] for group in other._groups)
        self._sessions.extend(
            session if session == NO_SESSION else session + session_count for session in other._sessions
        )
        self._lengths += other._lengths
        self._ids += other._ids
