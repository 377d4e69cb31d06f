"""All counts of a replay. The totals of different sessions can be merged.

They have ids and names of fields only, because sessions are private.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import msgspec

from pawtui.replay.reading.decode import decode_any, encode
from pawtui.replay.reading.session_types import DataIssue, IssueKind

DifferenceKind = Literal["lost", "changed", "added"]
Weight = Literal["content", "detail"]
DifferenceScope = Literal["session", "message", "table"]
# The field of a difference that concerns a whole part or message.
WHOLE = ""
# The event type in errors about a message of V1. It is part of the JSON.
V1_DATA = "(V1 data)"
# The number of examples that a result keeps of each finding.
MAX_EXAMPLES = 5
# The semantics of parts for which no rule names a semantics, and of differences outside parts.
DEFAULT_SEMANTICS = "message"
CHECKS = ("open", "read", "resume", "export")

_Example = TypeVar("_Example")


def add_examples(examples: list[_Example], more: Iterable[_Example]) -> None:
    """Append examples to a list until it has `MAX_EXAMPLES` of them."""
    examples.extend(islice(more, MAX_EXAMPLES - len(examples)))


class Difference(NamedTuple):
    """A difference of one field.

    `field` is the dotted path, with `*` for elements of lists; it is empty for a whole part or message. `stated` is
    true if the mapping has the reason. `semantics` is that of the statement, if it names one. `of_type` adds the type
    of the part and its semantics.
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

    def of_type(self, part_type: str, semantics: str) -> Difference:
        """Return the difference with this type and semantics; outside parts, the type is the name of what differs."""
        kind, field, reason, weight, own, stated, _ = self
        return Difference(kind, field, reason, weight, own or semantics, stated, part_type)


class Occurrences(msgspec.Struct, Generic[_Example], kw_only=True):
    """What was found several times: its number, and some examples."""

    count: int = 0
    examples: list[_Example] = []

    def add(self, examples: Iterable[_Example], count: int = 1) -> None:
        """Add to the number and to the examples."""
        self.count += count
        add_examples(self.examples, examples)

    def merge(self, other: Occurrences[_Example]) -> None:
        """Add what was found in other sessions."""
        self.add(other.examples, other.count)


class Counts(msgspec.Struct, kw_only=True):
    """Numbers of parts.

    `kept`: the content of the part arrives. `changed`: the part arrives with different content. `lost`: the part does
    not arrive. `lacks_fields`: parts that arrive without some field. `lost_fields`: all fields that they lack.
    `unstated`: differences for which the mapping has no reason.
    """

    total: int = 0
    kept: int = 0
    changed: int = 0
    lost: int = 0
    lacks_fields: int = 0
    lost_fields: int = 0
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
    session, `stopped_in` the state in which the session stopped. `failed` has the reason of each check that it fails.
    """

    id: str
    parent: str = ""
    source: int = 0
    skip_reason: str = ""
    messages: int = 0
    parts: Counts = msgspec.field(default_factory=Counts)
    stopped_in: str = ""
    failed: dict[str, str] = {}
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
        self.reasons = dict(Counter(self.reasons) + Counter(other.reasons))
        add_examples(self.examples, other.examples)


class EventErrors(Occurrences[str], kw_only=True):
    """Events of one type that are invalid in the upstream's schema for one reason."""

    type: str
    error: str


class IssueCount(Occurrences[DataIssue], kw_only=True):
    """Issues of one kind, with some examples. `unread` counts the issues that left data unread."""

    unread: int = 0

    def merge(self, other: Occurrences[DataIssue]) -> None:
        """Add the issues of the same kind of other sessions."""
        super().merge(other)
        if isinstance(other, IssueCount):
            self.unread += other.unread


@dataclass(eq=False, slots=True)
class PartGroup:
    """Parts of one type and semantics with the same differences: the counts of each part, and the number of parts."""

    type: str
    semantics: str
    differences: list[Difference]
    counts_of_each: Counts
    count: int = 0

    def merge(self, other: PartGroup) -> None:
        """Add the parts of other sessions."""
        self.count += other.count


class PartDifference(NamedTuple):
    """One difference of one part. `session` is None if the message of the part is missing."""

    part: str
    session: SessionResult | None
    difference: Difference


class _SessionDifferences(NamedTuple):
    """The parts of a session that have differences: their ids as JSON, so that millions fit in memory, and groups."""

    session: SessionResult | None
    ids: bytes
    groups: list[PartGroup]


def _counts_of_part(differences: Sequence[Difference]) -> Counts:
    lost = any(difference.is_whole_loss for difference in differences)
    changed = not lost and any(difference.weight == "content" for difference in differences)
    lost_fields = 0 if lost else sum(difference.kind == "lost" for difference in differences)
    return Counts(
        total=1,
        kept=int(not lost and not changed),
        changed=int(changed),
        lost=int(lost),
        lacks_fields=int(lost_fields > 0),
        lost_fields=lost_fields,
        unstated=sum(not difference.stated for difference in differences),
    )


class Totals:
    """Counts of parts, differences, events and checks.

    Call `begin_session` before and `end_session` after the parts of a session.
    """

    def __init__(self) -> None:
        # The tables of the report, by type and by semantics, are sums over these groups.
        self.groups: dict[tuple[Any, ...], PartGroup] = {}
        self._differences: list[_SessionDifferences] = []
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
        self._session = session
        self._part_groups: list[PartGroup] = []
        self._ids: list[str] = []
        if session is not None:
            self.sessions.append(session)

    def count_part(self, part_type: str, semantics: str, part_id: str, differences: list[Difference]) -> None:
        """Count one part with its differences. A part that is lost has one difference without a field."""
        key = (part_type, semantics, *differences)
        group = self.groups.get(key)
        if group is None:
            of_parts = [difference.of_type(part_type, semantics) for difference in differences]
            group = self.groups[key] = PartGroup(part_type, semantics, of_parts, _counts_of_part(differences))
        self._part_groups.append(group)
        if differences:
            self._ids.append(part_id)

    def end_session(self) -> None:
        """Add the parts of the session to its counts and to their groups."""
        for group, count in Counter(self._part_groups).items():
            group.count += count
            if self._session is not None:
                self._session.parts.add(group.counts_of_each, count)
        if self._ids:
            groups = [group for group in self._part_groups if group.differences]
            self._differences.append(_SessionDifferences(self._session, encode(self._ids), groups))

    def differences(self) -> Iterator[PartDifference]:
        """Yield the differences of parts one by one, in the order of the parts."""
        for session, ids, groups in self._differences:
            for part, group in zip(decode_any(ids), groups, strict=True):
                for difference in group.differences:
                    yield PartDifference(part, session, difference)

    def count_outside(
        self, scope: DifferenceScope, name: str, differences: Sequence[Difference], example: str = "", count: int = 1
    ) -> None:
        """Count the differences of a message, a session or a table. `example` is its id."""
        for difference in differences:
            key = scope, difference.of_type(name, DEFAULT_SEMANTICS)
            if key not in self.outside:
                fields = key[1]._asdict()
                self.outside[key] = OutsideDifference(scope=scope, subject=fields.pop("type"), **fields)
            self.outside[key].add([example] if example else (), count)

    def count_event_error(self, event_type: str, error: str, message_id: str) -> None:
        """Count an event of a message that is invalid in the schema."""
        errors = self.event_errors.setdefault((event_type, error), EventErrors(type=event_type, error=error))
        errors.add([message_id])

    def count_issue(self, issue: DataIssue) -> None:
        """Count an issue of the source."""
        issues = self.issues.setdefault(issue.kind, IssueCount())
        issues.unread += issue.unread
        issues.add([issue])

    def merge(self, other: Totals) -> None:
        """Add other totals, which must not be used any more. Their sessions come after these sessions."""
        tables: list[tuple[dict[Any, Any], dict[Any, Any]]] = [
            (self.groups, other.groups),
            (self.outside, other.outside),
            (self.event_errors, other.event_errors),
            (self.issues, other.issues),
            (self.checks, other.checks),
        ]
        for own, added in tables:
            for key, value in added.items():
                if key in own:
                    own[key].merge(value)
                else:
                    own[key] = value
        own_groups = {group: self.groups[key] for key, group in other.groups.items()}
        for found in other._differences:
            groups = [own_groups[group] for group in found.groups]
            self._differences.append(found._replace(groups=groups))
        self.sessions += other.sessions
        self.messages.update(other.messages)
        self.events.update(other.events)
        self.stopped_in.update(other.stopped_in)
