"""The difference of one field, and a compact log of the differences of all parts.

Millions of differences fit in memory: each is a number and the id of the part.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
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
    true if the mapping has the reason. `semantics` is that of the statement, if it names one.
    """

    kind: DifferenceKind
    field: str
    reason: str
    weight: Weight = "content"
    semantics: str = ""
    stated: bool = True


class DifferenceEntry(NamedTuple):
    """A difference that many parts share. `type` is that of the parts; outside parts it is a name."""

    kind: DifferenceKind
    type: str
    semantics: str
    field: str
    reason: str
    weight: Weight
    stated: bool

    @classmethod
    def of(cls, part_type: str, semantics: str, difference: Difference) -> DifferenceEntry:
        """Return the entry of a difference. The difference can have another semantics than the part."""
        kind, field, reason, weight, other, stated = difference
        return cls(kind, part_type, other or semantics, field, reason, weight, stated)


class DifferenceLog:
    """The differences of parts, in the order of the parts."""

    def __init__(self) -> None:
        self.entries: list[DifferenceEntry] = []
        self._numbers: dict[DifferenceEntry, int] = {}
        self._entry_numbers = array("I")
        self._sessions = array("I")
        self._lengths = array("I")
        self._ids = bytearray()

    def number_of(self, entry: DifferenceEntry) -> int:
        """Return the number of an entry, as `add` needs it."""
        number = self._numbers.get(entry)
        if number is None:
            number = self._numbers[entry] = len(self.entries)
            self.entries.append(entry)
        return number

    def add(self, number: int, part: str, session: int) -> None:
        """Add one difference."""
        encoded = part.encode("utf-8", "surrogatepass")
        self._entry_numbers.append(number)
        self._sessions.append(session)
        self._lengths.append(len(encoded))
        self._ids += encoded

    def __iter__(self) -> Iterator[tuple[str, int, DifferenceEntry]]:
        """Yield (part id, index of its session in the result or `NO_SESSION`, entry) of every difference."""
        start = 0
        for number, session, length in zip(self._entry_numbers, self._sessions, self._lengths, strict=True):
            end = start + length
            yield self._ids[start:end].decode("utf-8", "surrogatepass"), session, self.entries[number]
            start = end

    def counts(self) -> list[tuple[DifferenceEntry, int]]:
        """Return each entry and its number of differences, the most frequent first."""
        counted = Counter(self._entry_numbers)
        return sorted(
            ((self.entries[number], count) for number, count in counted.items()),
            key=lambda pair: (-pair[1], pair[0][:4]),
        )

    def extend(self, other: DifferenceLog, sessions: int) -> None:
        """Append another log. Its sessions come after the first `sessions` sessions."""
        numbers = [self.number_of(entry) for entry in other.entries]
        self._entry_numbers.extend(numbers[number] for number in other._entry_numbers)
        self._sessions.extend(session if session == NO_SESSION else session + sessions for session in other._sessions)
        self._lengths += other._lengths
        self._ids += other._ids
