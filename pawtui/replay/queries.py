"""Ask a result: by semantics, by type, by session, by part. What reports and screens show comes from here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pawtui.replay.comparing import Kind
from pawtui.replay.loss_log import NOWHERE, Entry
from pawtui.replay.result import Counts, Outside, SessionResult
from pawtui.replay.run import Result
from pawtui.replay.tally import total_of


class Named(NamedTuple):
    """Counts of one type or of one semantics."""

    name: str
    counts: Counts


class Group(NamedTuple):
    """Parts that differ in the same field for the same reason."""

    entry: Entry
    parts: int


class PartDifference(NamedTuple):
    """One difference of one part. `session` is None where the part belongs to none."""

    part: str
    session: SessionResult | None
    entry: Entry


def total(result: Result) -> Counts:
    """Return the counts of all parts."""
    found = Counts()
    for counts in result.tally.cells.values():
        found.add(counts)
    return found


def by_semantics(result: Result) -> list[Named]:
    """Return the counts of each semantics of which there is a part, the worst first."""
    return _worst_first(total_of(result.tally.cells, 1))


def by_type(result: Result, semantics: str = "") -> list[Named]:
    """Return the counts of each type of part, of all semantics or of one, the worst first."""
    cells = {cell: counts for cell, counts in result.tally.cells.items() if semantics in ("", cell[1])}
    return _worst_first(total_of(cells, 0))


def absent(result: Result) -> list[str]:
    """Return the semantics of the mapping of which there is no part."""
    there = {semantics for _type, semantics in result.tally.cells}
    return [name for name in result.semantics if name not in there]


def _worst_first(counted: dict[str, Counts]) -> list[Named]:
    return [Named(name, counts) for name, counts in sorted(counted.items(), key=lambda item: _badness(item[1]))]


def _badness(counts: Counts) -> tuple[int, ...]:
    return (-counts.lost, -counts.unstated, -counts.changed, -counts.fields, -counts.total)


def groups(result: Result, kind: Kind | None = None, *, semantics: str = "", whole: bool | None = None) -> list[Group]:
    """Return what differs in parts, the most frequent first.

    Args:
        whole: True for parts that are lost as a whole, False for fields.
    """
    return [
        Group(entry, count)
        for entry, count in result.tally.log.counts()
        if kind in (None, entry.kind)
        and semantics in ("", entry.semantics)
        and (whole is None or whole == (not entry.field))
    ]


def differences(
    result: Result, kind: Kind | None = None, *, semantics: str = "", session: str = "", part: str = ""
) -> Iterator[PartDifference]:
    """Yield the differences of parts one by one, in the order in which they were found."""
    sessions = result.tally.sessions
    for found in result.tally.log:
        entry = found.entry
        owner = sessions[found.session] if found.session != NOWHERE else None
        if (
            kind in (None, entry.kind)
            and semantics in ("", entry.semantics)
            and part in ("", found.part)
            and (not session or (owner is not None and owner.id == session))
        ):
            yield PartDifference(found.part, owner, entry)


def sessions(result: Result, *, worst_first: bool = True) -> list[SessionResult]:
    """Return the sessions, those that lose most first, or in the order of the sources."""
    found = list(result.tally.sessions)
    return sorted(found, key=lambda session: _badness(session.parts)) if worst_first else found


def session_of(result: Result, session_id: str) -> SessionResult | None:
    """Return one session by its id, or None."""
    return next((session for session in result.tally.sessions if session.id == session_id), None)


def children_of(result: Result, session_id: str) -> list[SessionResult]:
    """Return the sessions whose parent it is."""
    return [session for session in result.tally.sessions if session.parent == session_id]


def outside(result: Result) -> list[Outside]:
    """Return the differences outside parts: those that people would miss first, then the most frequent."""
    found = result.tally.outside.values()
    return sorted(found, key=lambda one: (one.stated, one.weight, -one.count, one.scope, one.subject, one.field))
