"""The result of a replay: counts, ids and names of fields only, because sessions are private."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Literal, Protocol, TypeVar

import msgspec

from pawtui.replay.comparing import Kind, Weight
from pawtui.replay.session_types import Inventory, Issue

Scope = Literal["session", "message", "table"]
Side = Literal["", "ours", "theirs"]
Stored = Literal["events", "rows"]
# The number of examples that a result keeps of each finding.
EXAMPLES = 5

_Example = TypeVar("_Example")


def add_examples(examples: list[_Example], more: Iterable[_Example]) -> None:
    """Append examples to a list until it has `EXAMPLES` of them."""
    examples.extend(islice(more, EXAMPLES - len(examples)))


class _Counted(Protocol[_Example]):
    count: int
    examples: list[_Example]


def add_occurrences(counted: _Counted[_Example], examples: Iterable[_Example], count: int) -> None:
    """Add to the count and to the examples of a finding."""
    counted.count += count
    add_examples(counted.examples, examples)


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
        self.total += other.total * times
        self.kept += other.kept * times
        self.changed += other.changed * times
        self.lost += other.lost * times
        self.poorer += other.poorer * times
        self.fields += other.fields * times
        self.unstated += other.unstated * times


class OutsideDifference(msgspec.Struct, kw_only=True):
    """A difference outside parts, with its number of occurrences and some ids."""

    scope: Scope
    kind: Kind
    subject: str
    field: str
    reason: str
    semantics: str
    weight: Weight
    stated: bool
    count: int = 0
    examples: list[str] = []


class SessionResult(msgspec.Struct, kw_only=True):
    """The counts of one session.

    `source` is the index of its source in the result, `left` the state in which the session stopped. `opened`, `read`
    and `export` are the checks that it passes.
    """

    id: str
    parent: str = ""
    source: int = 0
    messages: int = 0
    parts: Counts = msgspec.field(default_factory=Counts)
    left: str = ""
    opened: bool = True
    read: bool = True
    export: bool = True
    issues: int = 0


class Check(msgspec.Struct, kw_only=True):
    """Numbers of sessions that pass and fail one of open, read, resume and export; `reasons` counts the failures."""

    passed: int = 0
    failed: int = 0
    reasons: dict[str, int] = {}
    examples: list[str] = []

    def fail(self, session_id: str, reason: str) -> None:
        """Count one session that fails."""
        self.failed += 1
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        add_examples(self.examples, [session_id])

    def merge(self, other: Check) -> None:
        """Add the counts of another check."""
        self.passed += other.passed
        self.failed += other.failed
        for reason, count in other.reasons.items():
            self.reasons[reason] = self.reasons.get(reason, 0) + count
        add_examples(self.examples, other.examples)


class EventErrors(msgspec.Struct, kw_only=True):
    """Events of one type that are invalid in the upstream's schema for one reason."""

    type: str
    error: str
    count: int = 0
    examples: list[str] = []


class SchemaUse(msgspec.Struct, kw_only=True):
    """The schema document that events were validated against."""

    path: str
    sha256: str
    title: str
    version: str
    events: int


class SourceInfo(msgspec.Struct, kw_only=True):
    """A file that was read. `error` is the reason if it could not be read."""

    path: str
    sha256: str = ""
    kind: Literal["database", "export", ""] = ""
    bytes: int = 0
    wal_sha256: str = ""
    copied: bool = False
    error: str = ""
    inventory: Inventory | None = None


class GenerationInfo(msgspec.Struct, kw_only=True):
    """The mapping that was used."""

    name: str
    title: str
    sources: dict[str, str]


class IssueCount(msgspec.Struct, kw_only=True):
    """Issues of one kind, with some examples. `unread` counts the issues that left data unread."""

    count: int = 0
    unread: int = 0
    examples: list[Issue] = []


class Disagreement(msgspec.Struct, kw_only=True):
    """A difference between our events and the upstream's. `only` is the side that alone has the event or the field.

    `event` is `(session)` for a difference between the two rows of a session.
    """

    event: str
    field: str
    only: Side
    reason: str
    explained: bool
    count: int = 0
    parts: int = 0
    examples: list[str] = []


class UpstreamResult(msgspec.Struct, kw_only=True):
    """The agreement of our mapping with the upstream's own events or rows.

    `agreed` counts the parts, of `parts`, whose events are equal on both sides. `explained` counts the other parts
    whose differences all have a reason, `unexplained` the differences without a reason. `alone` counts sessions that
    have no messages of the first model, so that there is nothing to compare.
    """

    generation: str
    stored: Stored
    sessions: int = 0
    alone: int = 0
    parts: int = 0
    agreed: int = 0
    explained: int = 0
    unexplained: int = 0
    differences: list[Disagreement] = []

    def add(self, other: UpstreamResult) -> None:
        """Add the counts of another source's comparison."""
        for name in ("sessions", "alone", "parts", "agreed", "explained", "unexplained"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        known = {_identity(difference): difference for difference in self.differences}
        for difference in other.differences:
            same = known.get(_identity(difference))
            if same is None:
                self.differences.append(difference)
            else:
                same.parts += difference.parts
                add_occurrences(same, difference.examples, difference.count)

    @property
    def agreement(self) -> float:
        """The share of parts that agree, from 0 to 1."""
        return self.agreed / self.parts if self.parts else 0.0


def _identity(difference: Disagreement) -> tuple[str, ...]:
    return difference.event, difference.field, difference.only, difference.reason
