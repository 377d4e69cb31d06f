"""The counts of a replay. They have ids and names of fields only, because sessions are private."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Literal, Protocol, TypeVar

import msgspec

from pawtui.replay.reading.session_types import DataIssue
from pawtui.replay.results.differences import DifferenceKind, Weight

DifferenceScope = Literal["session", "message", "table"]
# The event type in errors about a message of the first model (V1). It is part of the JSON.
FIRST_MODEL = "(first model)"
# The number of examples that a result keeps of each finding.
MAX_EXAMPLES = 5

_Example = TypeVar("_Example")


def add_examples(examples: list[_Example], more: Iterable[_Example]) -> None:
    """Append examples to a list until it has `MAX_EXAMPLES` of them."""
    examples.extend(islice(more, MAX_EXAMPLES - len(examples)))


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
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name) * times)


class OutsideDifference(msgspec.Struct, kw_only=True):
    """A difference outside parts, with its number of occurrences and some ids."""

    scope: DifferenceScope
    kind: DifferenceKind
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

    `source` is the index of its source in the result, `stopped_in` the state in which the session stopped (in the JSON:
    `left`). `opened`, `read` and `export` are the checks that it passes.
    """

    id: str
    parent: str = ""
    source: int = 0
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


class IssueCount(msgspec.Struct, kw_only=True):
    """Issues of one kind, with some examples. `unread` counts the issues that left data unread."""

    count: int = 0
    unread: int = 0
    examples: list[DataIssue] = []
