"""Everything that is counted while sessions are replayed. Two tallies of different sessions can be merged."""

from __future__ import annotations

from typing import Any, NamedTuple

from pawtui.replay.comparing import Difference, Kind, Weight
from pawtui.replay.loss_log import Entry, LossLog
from pawtui.replay.model import Issue
from pawtui.replay.result import Check, Counts, EventErrors, IssueCount, Outside, Scope, SessionResult

EXAMPLES = 5
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

    `numbers` are those of the differences in the log. The differences are kept, so that their identity stays theirs.
    """

    __slots__ = ("counts", "differences", "numbers", "semantics", "type")

    def __init__(
        self, kind: str, semantics: str, differences: tuple[Difference, ...], numbers: tuple[int, ...]
    ) -> None:
        self.type, self.semantics = kind, semantics
        self.differences, self.numbers = differences, numbers
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
        self._seen: dict[Outcome, int] = {}

    def begin(self, session: SessionResult) -> None:
        """Begin another session."""
        self.sessions.append(session)
        self._seen = {}

    def part(self, kind: str, semantics: str, part_id: str, differences: list[Difference]) -> None:
        """Count one part with what differs of it; one that is lost as a whole has one difference without a field."""
        # Differences are looked up once and used again, so that their identity tells them apart.
        key = (kind, semantics, *map(id, differences))
        outcome = self._outcomes.get(key)
        if outcome is None:
            outcome = self._outcomes[key] = self._outcome(kind, semantics, differences)
        self._seen[outcome] = self._seen.get(outcome, 0) + 1
        for number in outcome.numbers:
            self.log.add(number, part_id, len(self.sessions) - 1)

    def end(self) -> None:
        """End the session: add its parts to all."""
        total = self.sessions[-1].parts
        for outcome, count in self._seen.items():
            total.add(outcome.counts, count)
            self.cell(outcome.type, outcome.semantics).add(outcome.counts, count)

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
        found.count += count
        if where and len(found.examples) < EXAMPLES:
            found.examples.append(where)

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

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally, whose sessions come after this one's."""
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
