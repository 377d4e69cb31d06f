"""The result of a replay, and its parts."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from pawtui.replay.mapping.generation import Generation
from pawtui.replay.reading.find_session_files import SourceKind
from pawtui.replay.reading.session_types import Inventory
from pawtui.replay.results.totals import Occurrences, Totals

EventSide = Literal["", "ours", "theirs"]
StoredForm = Literal["events", "rows"]


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
    kind: SourceKind = ""
    bytes: int = 0
    wal_sha256: str = ""
    copied: bool = False
    error: str = ""
    inventory: Inventory | None = None


class Disagreement(Occurrences[str], kw_only=True):
    """A difference between our events and the upstream's. `only` is the side that alone has the event or the field.

    `event` is `(session)` for a difference between the two rows of a session.
    """

    event: str
    field: str
    only: EventSide
    reason: str
    explained: bool
    parts: int = 0


class UpstreamResult(msgspec.Struct, kw_only=True):
    """The agreement of our mapping with the upstream's own events or rows.

    `agreed` counts the parts, of `parts`, whose events are equal on both sides. `explained` counts the other parts
    whose differences all have a reason, `unexplained` the differences without a reason. `alone` counts sessions that
    have no messages of the first model, so that there is nothing to compare.
    """

    generation: str
    stored: StoredForm
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
                same.add(difference.examples, difference.count)

    @property
    def agreement(self) -> float:
        """The share of parts that agree, from 0 to 1."""
        return self.agreed / self.parts if self.parts else 0.0


def _identity(difference: Disagreement) -> tuple[str, ...]:
    return difference.event, difference.field, difference.only, difference.reason


class Result(NamedTuple):
    """The result of a replay. `source` is the sum of all sources; with several, its digest is that of their digests.

    `skipped` are files in folders that have no sessions.
    """

    source: SourceInfo
    sources: list[SourceInfo]
    skipped: list[str]
    generation: Generation
    schema: SchemaUse | None
    totals: Totals
    upstream: list[UpstreamResult]

    @property
    def complete(self) -> bool:
        """Whether all data of every source could be read."""
        unread = any(issues.unread for issues in self.totals.issues.values())
        return not unread and not any(source.error for source in self.sources)
