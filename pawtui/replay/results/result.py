"""The result of a replay, its parts, and its counts by semantics, type, session or part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from pawtui.replay.mapping.generation import Generation
from pawtui.replay.reading.find_session_files import SourceKind
from pawtui.replay.reading.session_types import Inventory
from pawtui.replay.results.totals import (
    V1_DATA,
    Counts,
    Difference,
    Occurrences,
    OutsideDifference,
    PartDifference,
    PartGroup,
    SessionResult,
    Totals,
)

EventSide = Literal["", "ours", "theirs"]
StoredForm = Literal["events", "rows"]


class SchemaInfo(msgspec.Struct, kw_only=True):
    """The schema that events were validated against. `path` is its file name or pin, `events` its number of events."""

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
    """A difference between the events of the mapping and the upstream's own events.

    `only` is the side that alone has the event or the field: `ours` is the mapping, `theirs` the upstream. `event` is
    `(session)` for a difference between the two rows of a session.
    """

    event: str
    field: str
    only: EventSide
    reason: str
    explained: bool
    parts: int = 0


class UpstreamResult(msgspec.Struct, kw_only=True):
    """The agreement of our mapping with the upstream's own events or rows in one database.

    `source` is the index of the database in the result. `agreed` counts the parts, of `parts`, whose events are equal
    on both sides. `explained` counts the other parts whose differences all have a reason, `unexplained` the differences
    without a reason. `alone` counts sessions that have no messages of V1, so that there is nothing to
    compare.
    """

    generation: str
    stored: StoredForm
    source: int = 0
    sessions: int = 0
    alone: int = 0
    parts: int = 0
    agreed: int = 0
    explained: int = 0
    unexplained: int = 0
    differences: list[Disagreement] = []

    @property
    def agreement(self) -> float:
        """The share of parts that agree, from 0 to 1."""
        return self.agreed / self.parts if self.parts else 0.0


class Result(NamedTuple):
    """The result of a replay. `source` is the sum of all sources; with several, its digest is that of their digests.

    `skipped` are files in folders that have no sessions.
    """

    source: SourceInfo
    sources: list[SourceInfo]
    skipped: list[str]
    generation: Generation
    schema: SchemaInfo | None
    totals: Totals
    upstream: list[UpstreamResult]

    @property
    def complete(self) -> bool:
        """Whether all data of every source could be read."""
        unread = any(issues.unread for issues in self.totals.issues.values())
        return not unread and not any(source.error for source in self.sources)

    def counts(self) -> Counts:
        """Return the counts of all parts."""
        summed = Counts()
        for group in self.totals.groups.values():
            summed.add(group.counts_of_each, group.count)
        return summed

    def lost_messages(self) -> int:
        """Return the number of messages that are lost, also those without parts."""
        of_messages = [(key[1], found) for key, found in self.totals.outside.items() if key[0] == "message"]
        return sum(found.count for difference, found in of_messages if difference.is_whole_loss)

    def has_losses(self) -> bool:
        """Return whether a part or a message is lost."""
        return bool(self.counts().lost or self.lost_messages())

    def has_changes(self) -> bool:
        """Return whether a part, message or session is changed or lacks a field, or differs without a reason."""
        counts = self.counts()
        is_changed_outside = any(found.kind != "added" or not found.stated for found in self.totals.outside.values())
        return is_changed_outside or bool(counts.changed or counts.lost_fields or counts.unstated)

    def invalid_events(self) -> int:
        """Return the number of events that are invalid in the schema."""
        errors = self.totals.event_errors.values()
        return sum(found.count for found in errors if found.type != V1_DATA)

    def by_semantics(self) -> list[tuple[str, Counts]]:
        """Return the name and the counts of each semantics, the worst first, and at the end those without parts."""
        named = _worst_first((group.semantics, group) for group in self.totals.groups.values())
        names = {name for name, _counts in named}
        return named + [(name, Counts()) for name in self.generation.semantics if name not in names]

    def by_type(self, semantics: str = "") -> list[tuple[str, Counts]]:
        """Return the name and the counts of each type of part, for one semantics or for all, the worst first."""
        groups = self.totals.groups.values()
        return _worst_first((group.type, group) for group in groups if semantics in ("", group.semantics))

    def difference_counts(self, semantics: str = "") -> list[tuple[Difference, int]]:
        """Return each difference of parts, of one semantics or of all, and the number of parts that have it.

        The most frequent come first.
        """
        counts: Counter[Difference] = Counter()
        for group in self.totals.groups.values():
            for found in group.differences:
                if semantics in ("", found.semantics):
                    counts[found] += group.count
        in_order = sorted(
            counts, key=lambda one: (-counts[one], one.kind, one.type, one.semantics, one.field, one.reason)
        )
        return [(found, counts[found]) for found in in_order]

    def differences(self, *, semantics: str = "", session: SessionResult | None = None) -> Iterator[PartDifference]:
        """Yield the differences of parts one by one, in the order of the parts."""
        for found in self.totals.differences():
            is_wanted = session is None or found.session is session
            if is_wanted and semantics in ("", found.difference.semantics):
                yield found

    def sessions(self) -> list[SessionResult]:
        """Return the sessions, the worst first."""
        return sorted(self.totals.sessions, key=lambda session: _losses_sort_key(session.parts))

    def sessions_of(self, session_id: str) -> list[SessionResult]:
        """Return the sessions with an id: several if several sources have the same session."""
        return [session for session in self.totals.sessions if session.id == session_id]

    def outside_differences(self) -> list[OutsideDifference]:
        """Return the differences outside parts: unstated ones first, then by weight, then the most frequent."""
        return sorted(
            self.totals.outside.values(),
            key=lambda found: (found.stated, found.weight, -found.count, found.scope, found.subject, found.field),
        )


def _worst_first(named_groups: Iterable[tuple[str, PartGroup]]) -> list[tuple[str, Counts]]:
    """Return the sum of the counts of each name, the worst first."""
    sums: dict[str, Counts] = {}
    for name, group in named_groups:
        sums.setdefault(name, Counts()).add(group.counts_of_each, group.count)
    return sorted(sums.items(), key=lambda item: (_losses_sort_key(item[1]), item[0]))


def _losses_sort_key(counts: Counts) -> tuple[int, ...]:
    return (-counts.lost, -counts.unstated, -counts.changed, -counts.lost_fields, -counts.total)
