"""Query a result by semantics, type, session or part, for reports and screens."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pawtui.replay.mapping.generation import ResumeRule
from pawtui.replay.results.differences import NO_SESSION, Difference, DifferenceKind
from pawtui.replay.results.result import Result
from pawtui.replay.results.totals import FIRST_MODEL, Counts, OutsideDifference, PartGroup, SessionResult


class PartDifference(NamedTuple):
    """One difference of one part. `session` is None if the message of the part is missing."""

    part: str
    session: SessionResult | None
    difference: Difference


def total(result: Result) -> Counts:
    """Return the counts of all parts."""
    summed = Counts()
    for group in result.totals.groups.values():
        summed.add(group.of_each, group.count)
    return summed


def invalid_events(result: Result) -> int:
    """Return the number of events that are invalid in the schema."""
    errors = result.totals.event_errors.values()
    return sum(found.count for found in errors if found.type != FIRST_MODEL)


def by_semantics(result: Result) -> list[tuple[str, Counts]]:
    """Return the name and the counts of each semantics, the worst first, and at the end those without parts."""
    named = _worst_first((group.semantics, group) for group in result.totals.groups.values())
    names = {name for name, _counts in named}
    return named + [(name, Counts()) for name in result.generation.semantics if name not in names]


def by_type(result: Result, semantics: str = "") -> list[tuple[str, Counts]]:
    """Return the name and the counts of each type of part, for one semantics or for all, the worst first."""
    groups = result.totals.groups.values()
    return _worst_first((group.type, group) for group in groups if semantics in ("", group.semantics))


def _worst_first(named_groups: Iterable[tuple[str, PartGroup]]) -> list[tuple[str, Counts]]:
    """Return the sum of the counts of each name, the worst first."""
    sums: dict[str, Counts] = {}
    for name, group in named_groups:
        sums.setdefault(name, Counts()).add(group.of_each, group.count)
    return sorted(sums.items(), key=lambda item: (_losses_sort_key(item[1]), item[0]))


def _losses_sort_key(counts: Counts) -> tuple[int, ...]:
    """Return a key that sorts the worst counts first."""
    return (-counts.lost, -counts.unstated, -counts.changed, -counts.fields, -counts.total)


def difference_counts(
    result: Result, kind: DifferenceKind | None = None, *, semantics: str = "", whole: bool = False
) -> list[tuple[Difference, int]]:
    """Return each difference of parts and the number of parts that have it, the most frequent first.

    `whole`: only the differences of whole parts.
    """
    counts: Counter[Difference] = Counter()
    for group in result.totals.groups.values():
        for found in group.differences:
            if kind in (None, found.kind) and semantics in ("", found.semantics) and not (whole and found.field):
                counts[found] += group.count
    return sorted(counts.items(), key=lambda item: (-item[1], _difference_sort_key(item[0])))


def _difference_sort_key(found: Difference) -> tuple[str, ...]:
    return found.kind, found.type, found.semantics, found.field, found.reason


def differences(result: Result, *, semantics: str = "", session: str = "") -> Iterator[PartDifference]:
    """Yield the differences of parts one by one, in the order of the parts."""
    sessions = result.totals.sessions
    for part, index, found in result.totals.differences():
        owner = sessions[index] if index != NO_SESSION else None
        is_wanted = not session or (owner is not None and owner.id == session)
        if is_wanted and semantics in ("", found.semantics):
            yield PartDifference(part, owner, found)


def sessions(result: Result) -> list[SessionResult]:
    """Return the sessions, the worst first."""
    return sorted(result.totals.sessions, key=lambda session: _losses_sort_key(session.parts))


def session_of(result: Result, session_id: str) -> SessionResult | None:
    """Return the session with an id, or None."""
    return next((session for session in result.totals.sessions if session.id == session_id), None)


def resume_rule(result: Result, state: str) -> ResumeRule | None:
    """Return what each runtime does with a session that stopped in this state, or None if the mapping has no rule."""
    return next((resume for resume in result.generation.resume if resume.state == state), None)


def outside_parts(result: Result) -> list[OutsideDifference]:
    """Return the differences outside parts: unstated ones first, then by weight, then the most frequent."""
    return sorted(
        result.totals.outside.values(),
        key=lambda found: (found.stated, found.weight, -found.count, found.scope, found.subject, found.field),
    )
