"""All counts of a replay. The totals of different sessions can be merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pawtui.replay.reading.session_types import DataIssue
from pawtui.replay.results.counts import (
    CheckCounts,
    Counts,
    DifferenceScope,
    EventErrors,
    IssueCount,
    OutsideDifference,
    SessionResult,
    add_examples,
    add_occurrences,
)
from pawtui.replay.results.differences import NO_SESSION, Difference, DifferenceEntry, DifferenceLog

# The semantics of parts for which no rule names a semantics, and of differences outside parts.
DEFAULT_SEMANTICS = "message"
CHECKS = ("open", "read", "resume", "export")


class _PartGroup:
    """The parts of one type and semantics that have the same differences.

    `entries` are the numbers of the differences' entries in the log, `count` is the number of parts, and `counts` are
    those of one part.
    """

    __slots__ = ("count", "counts", "differences", "entries", "semantics", "type")

    def __init__(self, part_type: str, semantics: str, differences: Sequence[Difference], entries: list[int]) -> None:
        self.type, self.semantics, self.entries = part_type, semantics, entries
        # The key of the group has the ids of these objects. They are stored here, so that no other object gets the ids.
        self.differences = tuple(differences)
        self.count = 0
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


class Cell(NamedTuple):
    """The parts of one type with one semantics."""

    type: str
    semantics: str


@dataclass(slots=True)
class _OutsideGroup:
    """Messages, sessions or tables with the same name that have the same differences."""

    scope: DifferenceScope
    name: str
    differences: tuple[Difference, ...]
    count: int = 0
    examples: list[str] = field(default_factory=list)


class Totals:
    """Counts of parts, differences, events and checks.

    Call `begin_session` before and `end_session` after the parts of a session. A difference is identified by the id of
    its object: the comparers create each `Difference` once and use it for all parts.
    """

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        # Both tables of the report, by type and by semantics, are sums of these counts.
        self.cells: dict[Cell, Counts] = {}
        self.log = DifferenceLog()
        self.outside: dict[tuple[DifferenceScope, DifferenceEntry], OutsideDifference] = {}
        self.sessions: list[SessionResult] = []
        self.messages: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.event_errors: dict[tuple[str, str], EventErrors] = {}
        self.issues: dict[str, IssueCount] = {}
        self.checks = {name: CheckCounts() for name in CHECKS}
        # By the state in which sessions stopped.
        self.stopped_in: Counter[str] = Counter()
        self._part_groups: dict[tuple[Any, ...], _PartGroup] = {}
        self._outside_groups: dict[tuple[Any, ...], _OutsideGroup] = {}
        self.begin_session(None)

    def begin_session(self, session: SessionResult | None) -> None:
        """Begin the parts of a session, or parts that belong to no session (None)."""
        self._session_groups: dict[_PartGroup, int] = {}
        if session is None:
            self._session_index, self._session_counts = NO_SESSION, Counts()
        else:
            self._session_index, self._session_counts = len(self.sessions), session.parts
            self.sessions.append(session)

    def count_part(self, part_type: str, semantics: str, part_id: str, differences: list[Difference]) -> None:
        """Count one part with its differences. A part that is lost has one difference without a field."""
        if not differences:
            key: tuple[Any, ...] = (part_type, semantics)
        elif len(differences) == 1:
            key = (part_type, semantics, id(differences[0]))
        else:
            key = (part_type, semantics, *map(id, differences))
        group = self._part_groups.get(key)
        if group is None:
            entries = [
                self.log.number_of(DifferenceEntry.of(part_type, semantics, difference)) for difference in differences
            ]
            group = self._part_groups[key] = _PartGroup(part_type, semantics, differences, entries)
        groups = self._session_groups
        groups[group] = groups.get(group, 0) + 1
        for number in group.entries:
            self.log.add(number, part_id, self._session_index)

    def end_session(self) -> None:
        """Add the parts of the session to its counts and to all counts."""
        for group, count in self._session_groups.items():
            group.count += count
            self._session_counts.add(group.counts, count)

    def count_outside(
        self, scope: DifferenceScope, name: str, differences: Sequence[Difference], example: str = "", count: int = 1
    ) -> None:
        """Count the differences of a message, a session or a table. `example` is its id."""
        key = (scope, name, *map(id, differences))
        group = self._outside_groups.get(key)
        if group is None:
            group = self._outside_groups[key] = _OutsideGroup(scope, name, tuple(differences))
        group.count += count
        if example:
            add_examples(group.examples, [example])

    def count_event_errors(self, event_type: str, error: str, examples: Sequence[str], count: int = 1) -> None:
        """Count events that are invalid in the schema."""
        errors = self.event_errors.setdefault((event_type, error), EventErrors(type=event_type, error=error))
        add_occurrences(errors, examples, count)

    def count_issue(self, issue: DataIssue) -> None:
        """Count an issue of the source."""
        self._count_issues(issue.kind, [issue], 1, int(issue.unread))

    def _count_issues(self, kind: str, examples: Sequence[DataIssue], count: int, unread: int) -> None:
        issues = self.issues.setdefault(kind, IssueCount())
        issues.unread += unread
        add_occurrences(issues, examples, count)

    def take(self) -> Totals:
        """Return all counts, and start again from zero."""
        for part_group in self._part_groups.values():
            self._cell(Cell(part_group.type, part_group.semantics)).add(part_group.counts, part_group.count)
        for group in self._outside_groups.values():
            for difference in group.differences:
                key = (group.scope, DifferenceEntry.of(group.name, DEFAULT_SEMANTICS, difference))
                add_occurrences(self._outside(*key), group.examples, group.count)
        taken = copy(self)
        self._clear()
        # Ids of objects have no meaning in another process.
        taken._part_groups, taken._outside_groups, taken._session_groups = {}, {}, {}
        return taken

    def _cell(self, cell: Cell) -> Counts:
        return self.cells.setdefault(cell, Counts())

    def _outside(self, scope: DifferenceScope, entry: DifferenceEntry) -> OutsideDifference:
        found = self.outside.get((scope, entry))
        if found is None:
            found = self.outside[scope, entry] = OutsideDifference(
                scope=scope,
                kind=entry.kind,
                subject=entry.type,
                field=entry.field,
                reason=entry.reason,
                semantics=entry.semantics,
                weight=entry.weight,
                stated=entry.stated,
            )
        return found

    def merge(self, other: Totals) -> None:
        """Add totals that `take` returned. Their sessions come after the sessions of these totals."""
        for cell, counts in other.cells.items():
            self._cell(cell).add(counts)
        self.log.extend(other.log, len(self.sessions))
        self.sessions += other.sessions
        for key, outside in other.outside.items():
            add_occurrences(self._outside(*key), outside.examples, outside.count)
        self.messages.update(other.messages)
        self.events.update(other.events)
        self.stopped_in.update(other.stopped_in)
        for errors in other.event_errors.values():
            self.count_event_errors(errors.type, errors.error, errors.examples, errors.count)
        for kind, issues in other.issues.items():
            self._count_issues(kind, issues.examples, issues.count, issues.unread)
        for name, check in other.checks.items():
            self.checks[name].merge(check)
