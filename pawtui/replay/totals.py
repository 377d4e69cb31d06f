"""All counts of a replay. The totals of different sessions can be merged."""

from __future__ import annotations

from collections import Counter
from copy import copy
from typing import Any, NamedTuple

from pawtui.replay.comparing import Difference, Kind, Weight
from pawtui.replay.loss_log import NOWHERE, Entry, LossLog
from pawtui.replay.result import Check, Counts, EventErrors, IssueCount, Outside, Scope, SessionResult, add_examples
from pawtui.replay.session_types import Issue

# The semantics of parts for which no rule names a semantics.
REST = "message"
CHECKS = ("open", "read", "resume", "export")


class OutsideKey(NamedTuple):
    """The common properties of differences outside parts that are counted together."""

    scope: Scope
    subject: str
    kind: Kind
    field: str
    reason: str
    semantics: str
    weight: Weight
    stated: bool


class Outcome:
    """The parts of one type and semantics that have the same differences.

    `numbers` are the entries of the differences in the log, `times` is the number of parts, `counts` are those of one
    part. The reference to `differences` is needed: their ids are part of a key, and must not be used again.
    """

    __slots__ = ("counts", "differences", "numbers", "semantics", "times", "type")

    def __init__(self, kind: str, semantics: str, differences: tuple[Difference, ...], numbers: list[int]) -> None:
        self.type, self.semantics = kind, semantics
        self.differences, self.numbers, self.times = differences, numbers, 0
        lost = any(difference.kind == "lost" and not difference.field for difference in differences)
        changed = not lost and any(difference.weight == "content" for difference in differences)
        fields = 0 if lost else sum(difference.kind == "lost" for difference in differences)
        self.counts = Counts(
            total=1,
            kept=int(not lost and not changed),
            changed=int(changed),
            lost=int(lost),
            poorer=int(fields > 0),
            fields=fields,
            unstated=sum(not difference.stated for difference in differences),
        )


class _MessageGroup:
    """Messages of one rule that have the same differences."""

    __slots__ = ("count", "differences", "examples", "subject")

    def __init__(self, subject: str, differences: list[Difference]) -> None:
        self.subject, self.differences = subject, differences
        self.count = 0
        self.examples: list[str] = []


class Totals:
    """Counts of parts, differences, events and checks.

    Call `begin_session` before and `end_session` after the parts of a session. A difference is identified by its id:
    the comparers create each `Difference` once and use it for all parts.
    """

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        # By (type, semantics): both tables of the report are sums of these counts.
        self.cells: dict[tuple[str, str], Counts] = {}
        self.log = LossLog()
        self.outside: dict[OutsideKey, Outside] = {}
        self.sessions: list[SessionResult] = []
        self.messages: dict[str, int] = {}
        self.events: Counter[str] = Counter()
        self.event_errors: dict[tuple[str, str], EventErrors] = {}
        self.issues: dict[str, IssueCount] = {}
        self.checks = {name: Check() for name in CHECKS}
        self.left: dict[str, int] = {}
        self._outcomes: dict[tuple[Any, ...], Outcome] = {}
        self._outside_by_id: dict[tuple[str, int], tuple[Difference, Outside]] = {}
        self._message_groups: dict[tuple[Any, ...], _MessageGroup] = {}
        self._session_outcomes: dict[Outcome, int] = {}
        self._session_index = NOWHERE
        self._session_counts = Counts()

    def begin_session(self, session: SessionResult) -> None:
        """Begin the parts of a session."""
        self._session_index, self._session_counts, self._session_outcomes = len(self.sessions), session.parts, {}
        self.sessions.append(session)

    def begin_orphans(self) -> None:
        """Begin parts that belong to no session."""
        self._session_index, self._session_counts, self._session_outcomes = NOWHERE, Counts(), {}

    def count_part(self, kind: str, semantics: str, part_id: str, differences: list[Difference]) -> None:
        """Count one part with its differences. A part that is lost has one difference without a field."""
        if not differences:
            key: tuple[Any, ...] = (kind, semantics)
        elif len(differences) == 1:
            key = (kind, semantics, id(differences[0]))
        else:
            key = (kind, semantics, *map(id, differences))
        outcome = self._outcomes.get(key)
        if outcome is None:
            outcome = self._outcomes[key] = self._outcome(kind, semantics, differences)
        outcomes = self._session_outcomes
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        for number in outcome.numbers:
            self.log.add(number, part_id, self._session_index)

    def end_session(self) -> None:
        """Add the parts of the session to its counts and to all counts."""
        for outcome, count in self._session_outcomes.items():
            outcome.times += count
            self._session_counts.add(outcome.counts, count)

    def _outcome(self, kind: str, semantics: str, differences: list[Difference]) -> Outcome:
        numbers = [
            self.log.number_of(
                Entry(
                    difference.kind,
                    kind,
                    difference.semantics or semantics,
                    difference.field,
                    difference.reason,
                    difference.weight,
                    difference.stated,
                )
            )
            for difference in differences
        ]
        return Outcome(kind, semantics, tuple(differences), numbers)

    def count_outside(
        self, scope: Scope, subject: str, example: str, difference: Difference, semantics: str, count: int = 1
    ) -> None:
        """Count a difference of a message, a session or a table. `example` is its id, or empty."""
        key = (subject, id(difference))
        known = self._outside_by_id.get(key)
        if known is None:
            outside = self._outside(scope, subject, difference, semantics)
            known = self._outside_by_id[key] = (difference, outside)
        outside = known[1]
        outside.count += count
        if example:
            add_examples(outside.examples, [example])

    def count_message_differences(self, subject: str, differences: list[Difference], message_id: str) -> None:
        """Count the differences of one message. Messages with the same differences are one group until `take`."""
        key = (subject, *map(id, differences))
        group = self._message_groups.get(key)
        if group is None:
            group = self._message_groups[key] = _MessageGroup(subject, differences)
        group.count += 1
        add_examples(group.examples, [message_id])

    def _count_message_groups(self) -> None:
        """Add each group of messages to the differences outside parts."""
        for group in self._message_groups.values():
            for difference in group.differences:
                outside = self._outside("message", group.subject, difference, REST)
                outside.count += group.count
                add_examples(outside.examples, group.examples)
        self._message_groups = {}

    def _outside(self, scope: Scope, subject: str, difference: Difference, semantics: str) -> Outside:
        key = OutsideKey(
            scope,
            subject,
            difference.kind,
            difference.field,
            difference.reason,
            difference.semantics or semantics,
            difference.weight,
            difference.stated,
        )
        outside = self.outside.get(key)
        if outside is None:
            outside = self.outside[key] = Outside(**key._asdict())
        return outside

    def count_event_error(self, kind: str, error: str, example: str) -> None:
        """Count an event that is invalid in the schema."""
        errors = self.event_errors.setdefault((kind, error), EventErrors(type=kind, error=error))
        errors.count += 1
        add_examples(errors.examples, [example])

    def count_issue(self, issue: Issue) -> None:
        """Count an issue of the source."""
        issues = self.issues.setdefault(issue.kind, IssueCount(kind=issue.kind))
        issues.count += 1
        issues.unread += issue.unread
        add_examples(issues.examples, [issue])

    def take(self) -> Totals:
        """Return all counts, and start again from zero."""
        for outcome in self._outcomes.values():
            self._cell(outcome.type, outcome.semantics).add(outcome.counts, outcome.times)
        self._count_message_groups()
        taken = copy(self)
        self._clear()
        # Ids of objects have no meaning in another process.
        taken._outcomes, taken._outside_by_id, taken._message_groups, taken._session_outcomes = {}, {}, {}, {}
        return taken

    def _cell(self, kind: str, semantics: str) -> Counts:
        return self.cells.setdefault((kind, semantics), Counts())

    def merge(self, other: Totals) -> None:
        """Add totals that `take` returned. Their sessions come after the sessions of these totals."""
        for cell, counts in other.cells.items():
            self._cell(*cell).add(counts)
        self.log.extend(other.log, len(self.sessions))
        self.sessions += other.sessions
        for key, outside in other.outside.items():
            same = self.outside.setdefault(key, Outside(**key._asdict()))
            same.count += outside.count
            add_examples(same.examples, outside.examples)
        self.events.update(other.events)
        for mine, theirs in ((self.messages, other.messages), (self.left, other.left)):
            for name, number in theirs.items():
                mine[name] = mine.get(name, 0) + number
        for pair, errors in other.event_errors.items():
            known_errors = self.event_errors.setdefault(pair, EventErrors(type=errors.type, error=errors.error))
            known_errors.count += errors.count
            add_examples(known_errors.examples, errors.examples)
        for kind, issues in other.issues.items():
            known_issues = self.issues.setdefault(kind, IssueCount(kind=kind))
            known_issues.count += issues.count
            known_issues.unread += issues.unread
            add_examples(known_issues.examples, issues.examples)
        for name, check in other.checks.items():
            self.checks[name].merge(check)


def total_of(cells: dict[tuple[str, str], Counts], position: int) -> dict[str, Counts]:
    """Return the sums of the cells by type (position 0) or by semantics (position 1), ordered by name."""
    summed: dict[str, Counts] = {}
    for cell, counts in sorted(cells.items()):
        summed.setdefault(cell[position], Counts()).add(counts)
    return summed
