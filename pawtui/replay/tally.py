"""Everything that is counted while sessions are replayed. Two tallies of different sessions can be merged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pawtui.replay.comparing import Difference, Kind, Weight
from pawtui.replay.loss_log import NOWHERE, Entry, LossLog
from pawtui.replay.model import Issue
from pawtui.replay.result import Check, Counts, EventErrors, IssueCount, Outside, Scope, SessionResult

EXAMPLES = 5
# The semantics of what no rule says anything about.
REST = "message"
CHECKS = ("open", "read", "resume", "export")


class OutsideKey(NamedTuple):
    """What differences outside parts have in common."""

    scope: Scope
    subject: str
    kind: Kind
    field: str
    reason: str
    semantics: str
    weight: Weight
    stated: bool


class Outcome:
    """What became of many parts alike: of one type and semantics, with the same differences.

    `numbers` are those of the differences in the log, `times` is how often it was. The differences are kept, so that
    their identity stays theirs.
    """

    __slots__ = ("counts", "differences", "numbers", "semantics", "times", "type")

    def __init__(self, kind: str, semantics: str, differences: tuple[Difference, ...], numbers: Iterable[int]) -> None:
        self.type, self.semantics = kind, semantics
        self.differences, self.numbers, self.times = differences, tuple(numbers), 0
        lost = any(found.kind == "lost" and not found.field for found in differences)
        changed = not lost and any(found.weight == "content" for found in differences)
        fields = 0 if lost else sum(found.kind == "lost" and bool(found.field) for found in differences)
        self.counts = Counts(
            total=1,
            kept=int(not lost and not changed),
            changed=int(changed),
            lost=int(lost),
            poorer=int(fields > 0),
            fields=fields,
            unstated=sum(not found.stated for found in differences),
        )


class _Alike:
    """Messages of one sort with the same differences."""

    __slots__ = ("count", "differences", "examples", "subject")

    def __init__(self, subject: str, differences: list[Difference]) -> None:
        self.subject, self.differences = subject, differences
        self.count = 0
        self.examples: list[str] = []


class Tally:
    """Counts of parts, differences, events and checks. `begin` and `end` enclose the parts of one session."""

    def __init__(self) -> None:
        # Parts by type and semantics: the two tables of the report are sums of it.
        self.cells: dict[tuple[str, str], Counts] = {}
        self.log = LossLog()
        self.outside: dict[OutsideKey, Outside] = {}
        self.sessions: list[SessionResult] = []
        self.messages: dict[str, int] = {}
        self.events: dict[str, int] = {}
        self.event_errors: dict[tuple[str, str], EventErrors] = {}
        self.issues: dict[str, IssueCount] = {}
        self.checks = {name: Check() for name in CHECKS}
        self.left: dict[str, int] = {}
        self._outcomes: dict[tuple[Any, ...], Outcome] = {}
        self._outsides: dict[tuple[str, int], tuple[Difference, Outside]] = {}
        self._alike: dict[tuple[Any, ...], _Alike] = {}
        self._seen: dict[Outcome, int] = {}
        self._place = 0
        self._total = Counts()

    def begin(self, session: SessionResult) -> None:
        """Begin another session."""
        self.sessions.append(session)
        self._place, self._total, self._seen = len(self.sessions) - 1, session.parts, {}

    def begin_stray(self) -> None:
        """Begin parts that belong to no session."""
        self._place, self._total, self._seen = NOWHERE, Counts(), {}

    def part(self, kind: str, semantics: str, part_id: str, differences: list[Difference]) -> None:
        """Count one part with what differs of it; one that is lost as a whole has one difference without a field."""
        # Differences are looked up once and used again, so that their identity tells them apart.
        if not differences:
            key: tuple[Any, ...] = (kind, semantics)
        elif len(differences) == 1:
            key = (kind, semantics, id(differences[0]))
        else:
            key = (kind, semantics, *map(id, differences))
        outcome = self._outcomes.get(key)
        if outcome is None:
            outcome = self._outcomes[key] = self._outcome(kind, semantics, differences)
        seen = self._seen
        seen[outcome] = seen.get(outcome, 0) + 1
        for number in outcome.numbers:
            self.log.add(number, part_id, self._place)

    def end(self) -> None:
        """End the session: sum its parts up."""
        for outcome, count in self._seen.items():
            outcome.times += count
            self._total.add(outcome.counts, count)

    def _outcome(self, kind: str, semantics: str, differences: list[Difference]) -> Outcome:
        numbers = [
            self.log.number(
                Entry(
                    found.kind,
                    kind,
                    found.means or semantics,
                    found.field,
                    found.reason,
                    found.weight,
                    found.stated,
                )
            )
            for found in differences
        ]
        return Outcome(kind, semantics, tuple(differences), tuple(numbers))

    def cell(self, kind: str, semantics: str) -> Counts:
        """Return the counts of one type of part and one semantics."""
        found = self.cells.get((kind, semantics))
        if found is None:
            found = self.cells[kind, semantics] = Counts()
        return found

    def outside_parts(
        self, scope: Scope, subject: str, where: str, difference: Difference, semantics: str, count: int = 1
    ) -> None:
        """Count a difference of a message, a session or a table."""
        # As with parts, the identity of a difference tells it apart.
        known = self._outsides.get((subject, id(difference)))
        if known is None:
            known = self._outsides[subject, id(difference)] = (
                difference,
                self._outside(scope, subject, difference, semantics),
            )
        found = known[1]
        found.count += count
        if where and len(found.examples) < EXAMPLES:
            found.examples.append(where)

    def messages_alike(self, subject: str, differences: list[Difference], where: str) -> None:
        """Count the differences of one message; most messages differ in the same fields as many others."""
        key = (subject, *map(id, differences))
        alike = self._alike.get(key)
        if alike is None:
            alike = self._alike[key] = _Alike(subject, differences)
        alike.count += 1
        if alike.count <= EXAMPLES:
            alike.examples.append(where)

    def _count_alike(self) -> None:
        """Add the messages that were counted by what they have in common to all."""
        for alike in self._alike.values():
            for difference in alike.differences:
                outside = self._outside("message", alike.subject, difference, REST)
                outside.count += alike.count
                outside.examples = (outside.examples + alike.examples)[:EXAMPLES]
        self._alike = {}

    def _outside(self, scope: Scope, subject: str, difference: Difference, semantics: str) -> Outside:
        key = OutsideKey(
            scope,
            subject,
            difference.kind,
            difference.field,
            difference.reason,
            difference.means or semantics,
            difference.weight,
            difference.stated,
        )
        found = self.outside.get(key)
        if found is None:
            found = self.outside[key] = Outside(**key._asdict())
        return found

    def event_error(self, kind: str, error: str, where: str) -> None:
        """Count an event that the schema refuses."""
        found = self.event_errors.setdefault((kind, error), EventErrors(type=kind, error=error))
        found.count += 1
        if len(found.examples) < EXAMPLES:
            found.examples.append(where)

    def issue(self, issue: Issue) -> None:
        """Count something that is wrong with the source."""
        found = self.issues.setdefault(issue.kind, IssueCount(kind=issue.kind))
        found.count += 1
        found.unread += issue.unread
        if len(found.examples) < EXAMPLES:
            found.examples.append(issue)

    def take(self) -> Tally:
        """Return everything that was counted, and begin anew."""
        for outcome in self._outcomes.values():
            self.cell(outcome.type, outcome.semantics).add(outcome.counts, outcome.times)
        self._count_alike()
        taken = Tally.__new__(Tally)
        taken.__dict__ = self.__dict__
        self.__dict__ = Tally().__dict__
        # What is told apart by identity means nothing elsewhere.
        taken._outcomes, taken._outsides, taken._alike, taken._seen = {}, {}, {}, {}
        return taken

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally, whose sessions come after this one's; it must be one that was taken."""
        for cell, counts in other.cells.items():
            self.cell(*cell).add(counts)
        self.log.extend(other.log, len(self.sessions))
        self.sessions += other.sessions
        for key, outside in other.outside.items():
            known = self.outside.get(key)
            if known is None:
                self.outside[key] = outside
            else:
                known.count += outside.count
                known.examples = (known.examples + outside.examples)[:EXAMPLES]
        for mine, theirs in ((self.messages, other.messages), (self.events, other.events), (self.left, other.left)):
            for name, number in theirs.items():
                mine[name] = mine.get(name, 0) + number
        for pair, errors in other.event_errors.items():
            same = self.event_errors.setdefault(pair, EventErrors(type=errors.type, error=errors.error))
            same.count += errors.count
            same.examples = (same.examples + errors.examples)[:EXAMPLES]
        for kind, issues in other.issues.items():
            count = self.issues.setdefault(kind, IssueCount(kind=kind))
            count.count += issues.count
            count.unread += issues.unread
            count.examples = (count.examples + issues.examples)[:EXAMPLES]
        for name, check in other.checks.items():
            self.checks[name].merge(check)


def total_of(cells: dict[tuple[str, str], Counts], place: int) -> dict[str, Counts]:
    """Return the cells summed up by type (0) or by semantics (1), in the order of their names."""
    summed: dict[str, Counts] = {}
    for cell, counts in sorted(cells.items()):
        summed.setdefault(cell[place], Counts()).add(counts)
    return summed
