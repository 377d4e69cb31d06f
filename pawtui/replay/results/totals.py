"""All counts of a replay. The totals of different sessions can be merged.

They have ids and names of fields only, because sessions are private.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Generic, Literal, TypeVar

import msgspec

from pawtui.replay.reading.session_types import DataIssue, IssueKind
from pawtui.replay.results.differences import NO_SESSION, Difference, DifferenceKind, PartLog, Weight

DifferenceScope = Literal["session", "message", "table"]
# The event type in errors about a message of the first model (V1). It is part of the JSON.
FIRST_MODEL = "(first model)"
# The number of examples that a result keeps of each finding.
MAX_EXAMPLES = 5
# The semantics of parts for which no rule names a semantics, and of differences outside parts.
DEFAULT_SEMANTICS = "message"
CHECKS = ("open", "read", "resume", "export")

_Example = TypeVar("_Example")


def add_examples(examples: list[_Example], more: Iterable[_Example]) -> None:
    """Append examples to a list until it has `MAX_EXAMPLES` of them."""
    examples.extend(islice(more, MAX_EXAMPLES - len(examples)))


class Occurrences(msgspec.Struct, Generic[_Example], kw_only=True):
    """What was found several times: its number, and some examples."""

    count: int = 0
    examples: list[_Example] = []

    def add(self, examples: Iterable[_Example], count: int = 1) -> None:
        """Add to the number and to the examples."""
        self.count += count
        add_examples(self.examples, examples)


class Counts(msgspec.Struct, kw_only=True):
    """Numbers of parts.

    `kept`: the content of the part arrives. `changed`: the part arrives with different content. `lost`: the part does
    not arrive. `poorer`: parts that arrive without some field. `fields`: all fields that those parts lack. `unstated`:
    differences for which the mapping has no reason.
    """

    total: int = 0
    kept: int = 0
    changed: int = 0
    lost: int = 0
    poorer: int = 0
    fields: int = 0
    unstated: int = 0

    def add(self, other: Counts, times: int = 1) -> None:
        """Add the other counts, multiplied by `times`."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name) * times)


class OutsideDifference(Occurrences[str], kw_only=True):
    """A difference outside parts, with its number of occurrences and some ids."""

    scope: DifferenceScope
    kind: DifferenceKind
    subject: str
    field: str
    reason: str
    semantics: str
    weight: Weight
    stated: bool


class SessionResult(msgspec.Struct, kw_only=True):
    """The counts of one session.

    `source` is the index of its source in the result. `skip_reason` is the reason why the upstream does not have the
    session (in the JSON: `refused`), `stopped_in` the state in which the session stopped (in the JSON: `left`).
    `opened`, `read` and `export` are the checks that it passes.
    """

    id: str
    parent: str = ""
    source: int = 0
    skip_reason: str = msgspec.field(default="", name="refused")
    messages: int = 0
    parts: Counts = msgspec.field(default_factory=Counts)
    stopped_in: str = msgspec.field(default="", name="left")
    opened: bool = True
    read: bool = True
    export: bool = True
    issues: int = 0


class CheckCounts(msgspec.Struct, kw_only=True):
    """Numbers of sessions that pass and fail one of open, read, resume and export; `reasons` counts the failures."""

    passed: int = 0
    failed: int = 0
    reasons: dict[str, int] = {}
    examples: list[str] = []

    def count(self, session_id: str, reason: str = "") -> None:
        """Count one session that fails for a reason, or passes without a reason."""
        if not reason:
            self.passed += 1
            return
        self.failed += 1
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        add_examples(self.examples, [session_id])

    def merge(self, other: CheckCounts) -> None:
        """Add the counts of the same check in other sessions."""
        self.passed += other.passed
        self.failed += other.failed
        for reason, count in other.reasons.items():
            self.reasons[reason] = self.reasons.get(reason, 0) + count
        add_examples(self.examples, other.examples)


class EventErrors(Occurrences[str], kw_only=True):
    """Events of one type that are invalid in the upstream's schema for one reason."""

    type: str
    error: str


class IssueCount(Occurrences[DataIssue], kw_only=True):
    """Issues of one kind, with some examples. `unread` counts the issues that left data unread."""

    unread: int = 0


@dataclass(eq=False, slots=True)
class PartGroup:
    """Parts of one type and semantics with the same differences.

    `number` is the position among all groups, `of_each` the counts of each part, and `count` the number of parts.
    """

    number: int
    type: str
    semantics: str
    differences: list[Difference]
    of_each: Counts
    count: int = 0


def _counts_of_part(differences: Sequence[Difference]) -> Counts:
    """Return the counts of one part with these differences."""
    lost = any(difference.is_whole_loss for difference in differences)
    changed = not lost and any(difference.weight == "content" for difference in differences)
    fields = 0 if lost else sum(difference.kind == "lost" for difference in differences)
    return Counts(
        total=1,
        kept=int(not lost and not changed),
        changed=int(changed),
        lost=int(lost),
        poorer=int(fields > 0),
        fields=fields,
        unstated=sum(not difference.stated for difference in differences),
    )


class Totals:
    """Counts of parts, differences, events and checks.

    Call `begin_session` before and `end_session` after the parts of a session.
    """

    def __init__(self) -> None:
        # The tables of the report, by type and by semantics, are sums over these groups.
        self.groups: dict[tuple[Any, ...], PartGroup] = {}
        self._log = PartLog()
        self.outside: dict[tuple[DifferenceScope, Difference], OutsideDifference] = {}
        self.sessions: list[SessionResult] = []
        self.messages: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.event_errors: dict[tuple[str, str], EventErrors] = {}
        self.issues: dict[IssueKind, IssueCount] = {}
        self.checks = {name: CheckCounts() for name in CHECKS}
        # By the state in which sessions stopped.
        self.stopped_in: Counter[str] = Counter()
        self.begin_session(None)

    def begin_session(self, session: SessionResult | None) -> None:
        """Begin the parts of a session, or parts that belong to no session (None)."""
        self._session_groups: dict[PartGroup, int] = {}
        if session is None:
            self._session_index, self._session_counts = NO_SESSION, Counts()
        else:
            self._session_index, self._session_counts = len(self.sessions), session.parts
            self.sessions.append(session)

    def count_part(self, part_type: str, semantics: str, part_id: str, differences: list[Difference]) -> None:
        """Count one part with its differences. A part that is lost has one difference without a field."""
        group = self.groups.get((part_type, semantics, *differences))
        if group is None:
            of_parts = [difference.of(part_type, semantics) for difference in differences]
            group = PartGroup(len(self.groups), part_type, semantics, of_parts, _counts_of_part(differences))
            self.groups[part_type, semantics, *differences] = group
        groups = self._session_groups
        groups[group] = groups.get(group, 0) + 1
        if differences:
            self._log.add(part_id, self._session_index, group.number)

    def end_session(self) -> None:
        """Add the parts of the session to its counts and to their groups."""
        for group, count in self._session_groups.items():
            self._session_counts.add(group.of_each, count)
            group.count += count

    def differences(self) -> Iterator[tuple[str, int, Difference]]:
        """Yield (part id, index of its session or `NO_SESSION`, difference), in the order of the parts."""
        groups = list(self.groups.values())
        for part, session, number in self._log:
            for difference in groups[number].differences:
                yield part, session, difference

    def count_outside(
        self, scope: DifferenceScope, name: str, differences: Sequence[Difference], example: str = "", count: int = 1
    ) -> None:
        """Count the differences of a message, a session or a table. `example` is its id."""
        for difference in differences:
            outside = self._outside(scope, difference.of(name, DEFAULT_SEMANTICS))
            outside.add([example] if example else (), count)

    def count_event_errors(self, event_type: str, error: str, examples: Sequence[str], count: int = 1) -> None:
        """Count events that are invalid in the schema."""
        errors = self.event_errors.setdefault((event_type, error), EventErrors(type=event_type, error=error))
        errors.add(examples, count)

    def count_issue(self, issue: DataIssue) -> None:
        """Count an issue of the source."""
        issues = self.issues.setdefault(issue.kind, IssueCount())
        issues.unread += issue.unread
        issues.add([issue])

    def _outside(self, scope: DifferenceScope, difference: Difference) -> OutsideDifference:
        outside = self.outside.get((scope, difference))
        if outside is None:
            fields = difference._asdict()
            outside = OutsideDifference(scope=scope, subject=fields.pop("type"), **fields)
            self.outside[scope, difference] = outside
        return outside

    def merge(self, other: Totals) -> None:
        """Add other totals. Their sessions come after the sessions of these totals."""
        numbers = []
        for key, group in other.groups.items():
            own = self.groups.setdefault(key, replace(group, number=len(self.groups), count=0))
            own.count += group.count
            numbers.append(own.number)
        self._log.extend(other._log, len(self.sessions), numbers)
        self.sessions += other.sessions
        for key, outside in other.outside.items():
            self._outside(*key).add(outside.examples, outside.count)
        self.messages.update(other.messages)
        self.events.update(other.events)
        self.stopped_in.update(other.stopped_in)
        for errors in other.event_errors.values():
            self.count_event_errors(errors.type, errors.error, errors.examples, errors.count)
        for kind, issues in other.issues.items():
            own_issues = self.issues.setdefault(kind, IssueCount())
            own_issues.unread += issues.unread
            own_issues.add(issues.examples, issues.count)
        for name, check in other.checks.items():
            self.checks[name].merge(check)
