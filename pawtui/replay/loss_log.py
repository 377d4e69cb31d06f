"""A compact log of differences of parts: millions of them fit, each as a number and the part's id."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pawtui.replay.comparing import Kind, Weight

# The place of no session: that of parts whose message is missing.
NOWHERE = 2**32 - 1


class Entry(NamedTuple):
    """What many differences have in common: the part's type and semantics, the field and the reason."""

    kind: Kind
    type: str
    semantics: str
    field: str
    reason: str
    weight: Weight
    stated: bool


class Loss(NamedTuple):
    """One difference of one part. `session` is the place of its session in the result's list, or `NOWHERE`."""

    part: str
    session: int
    entry: Entry


class LossLog:
    """Differences of parts, in the order in which they were found."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._numbers: dict[Entry, int] = {}
        self._which = array("I")
        self._session = array("I")
        self._ends = array("Q")
        self._ids = bytearray()

    def __len__(self) -> int:
        """Return how many differences there are."""
        return len(self._which)

    def number(self, entry: Entry) -> int:
        """Return the number under which `add` takes an entry."""
        found = self._numbers.get(entry)
        if found is None:
            found = self._numbers[entry] = len(self.entries)
            self.entries.append(entry)
        return found

    def add(self, number: int, part: str, session: int) -> None:
        """Add one difference."""
        self._which.append(number)
        self._session.append(session)
        self._ids += part.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._ids))

    def __iter__(self) -> Iterator[Loss]:
        """Yield every difference."""
        start = 0
        for which, session, end in zip(self._which, self._session, self._ends, strict=True):
            yield Loss(self._ids[start:end].decode("utf-8", "surrogatepass"), session, self.entries[which])
            start = end

    def counts(self) -> list[tuple[Entry, int]]:
        """Return each entry with how often it occurs, the most frequent first."""
        counted = Counter(self._which)
        return sorted(
            ((self.entries[number], count) for number, count in counted.items()),
            key=lambda pair: (-pair[1], pair[0][:4]),
        )

    def extend(self, other: LossLog, sessions: int) -> None:
        """Append another log, whose sessions come after the first `sessions`."""
        numbers = [self.number(entry) for entry in other.entries]
        start = 0
        for which, session, end in zip(other._which, other._session, other._ends, strict=True):
            self._which.append(numbers[which])
            self._session.append(session if session == NOWHERE else session + sessions)
            self._ids += other._ids[start:end]
            self._ends.append(len(self._ids))
            start = end
