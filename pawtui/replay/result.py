"""The result of a replay. Counts and ids only: nothing of what was said in a session."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from pawtui.replay.comparing import Kind, Weight
from pawtui.replay.model import Inventory, Issue

Status = Literal["kept", "changed", "lost"]
Scope = Literal["session", "message", "table"]


class Counts(msgspec.Struct, kw_only=True):
    """How many parts arrive.

    `kept`: what it says arrives. `changed`: it arrives, with a stated change of what it says. `lost`: it does not.
    `poorer`: how many of those that arrive lack some field. `fields`: how many fields those lack in all.
    `unstated`: how many differences the mapping gives no reason for.
    """

    total: int = 0
    kept: int = 0
    changed: int = 0
    lost: int = 0
    poorer: int = 0
    fields: int = 0
    unstated: int = 0

    def add(self, other: Counts, times: int = 1) -> None:
        """Add another count to this one."""
        self.total += other.total * times
        self.kept += other.kept * times
        if other.whole:
            return
        self.changed += other.changed * times
        self.lost += other.lost * times
        self.poorer += other.poorer * times
        self.fields += other.fields * times
        self.unstated += other.unstated * times

    @property
    def whole(self) -> bool:
        """Whether at least one is there and all arrive as they are."""
        return self.total > 0 and not (self.changed or self.lost or self.fields or self.unstated)


class Outside(msgspec.Struct, kw_only=True):
    """A difference outside parts, with how often it occurs and some ids of where."""

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
    """What became of one session. `left` is the state that it was left in, `source` the place of its source.

    `opened`, `read` and `export` say which checks it passes.
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
    """One of open, read, resume, export: sessions that pass, and those that do not with the reason's kind."""

    passed: int = 0
    failed: int = 0
    reasons: dict[str, int] = {}
    examples: list[str] = []

    def fail(self, session: str, reason: str) -> None:
        """Count one session that does not pass."""
        self.failed += 1
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        if len(self.examples) < 5:
            self.examples.append(session)

    def merge(self, other: Check) -> None:
        """Add the counts of another check."""
        self.passed += other.passed
        self.failed += other.failed
        for reason, count in other.reasons.items():
            self.reasons[reason] = self.reasons.get(reason, 0) + count
        self.examples = (self.examples + other.examples)[:5]


class EventErrors(msgspec.Struct, kw_only=True):
    """Events of one type that the upstream's schema refuses, for one reason."""

    type: str
    error: str
    count: int = 0
    examples: list[str] = []


class SchemaUse(msgspec.Struct, kw_only=True):
    """The schema document that events were checked against."""

    path: str
    sha256: str
    title: str
    version: str
    events: int


class SourceInfo(msgspec.Struct, kw_only=True):
    """What was read. `error` is why nothing or not all of it could be."""

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
    """Issues of one kind, with some of them."""

    kind: str
    count: int = 0
    unread: int = 0
    examples: list[Issue] = []


def plain(value: Any) -> Any:
    """Return a struct as dictionaries and lists."""
    return msgspec.to_builtins(value)
