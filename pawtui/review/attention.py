"""Changes by a refresh that a maintainer must check: signals, gates, their evidence, and verdicts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec
from msgspec.structs import replace

from pawtui.phrases import counted
from pawtui.refresh.refresh_types import Drift
from pawtui.review.overview import Overview, make_overview
from pawtui.review.record_types import Record
from pawtui.review.subject_status import GateStatus, SignalStatus
from pawtui.review.walk import compared_refresh, decided_since_refresh

AttentionKind = Literal["changed", "stale gate", "stale signal", "renewal", "unchecked gate", "unchecked signal"]
# By kind, in the order of the text: the words for one subject and for several.
_WORDS: Mapping[AttentionKind, tuple[str, str]] = {
    "changed": ("signal changed", "signals changed"),
    "stale gate": ("gate has stale evidence", "gates have stale evidence"),
    "stale signal": ("signal has stale evidence", "signals have stale evidence"),
    "renewal": ("verdict needs renewal", "verdicts need renewal"),
    "unchecked gate": ("gate has unchecked evidence", "gates have unchecked evidence"),
    "unchecked signal": ("signal has unchecked evidence", "signals have unchecked evidence"),
}


class Attention(msgspec.Struct, frozen=True):
    """The changes since an earlier record: each has its kind and its subject (`signal:ID`, `gate:ID`)."""

    changes: tuple[tuple[AttentionKind, str], ...]

    @property
    def subjects(self) -> frozenset[str]:
        """The subjects that changed."""
        return frozenset(subject for _, subject in self.changes)

    @property
    def text(self) -> str:
        """The number of each kind: `1 signal changed, 2 gates have stale evidence`; empty without changes."""
        counts = Counter(kind for kind, _ in self.changes)
        return ", ".join(counted(counts[kind], *words) for kind, words in _WORDS.items() if counts[kind])


def find_attention(before: Record, after: Overview) -> Attention:
    """Return the changes since an earlier record (`before`) that a maintainer must check."""
    # On the day of its refresh: a verdict that expired since then is a change, too.
    day = before.last.at.date() if before.last else after.today
    old_statuses = make_overview(after.tracker, before, day).statuses
    changes = [
        (kind, subject)
        for subject, status in after.statuses.items()
        for kind in _kinds_of_change(old_statuses[subject], status)
    ]
    return Attention(tuple(changes))


def changed_since_review(overview: Overview) -> frozenset[str]:
    """Return the subjects that changed since the last closed review and have not been decided since.

    The result is empty if the review of the last refresh is closed.
    """
    record, since = overview.record, compared_refresh(overview.record)
    if record.last is None or since is None or record.last.id in record.reviews:
        return frozenset()
    earlier = record.refreshes[: record.refreshes.index(since) + 1]
    changed = find_attention(replace(record, refreshes=earlier), overview).subjects
    return changed - decided_since_refresh(overview).keys()


def update_changed(changed: frozenset[str], before: Overview, after: Overview) -> frozenset[str]:
    """Return the changed subjects after a change of the record: a newer refresh adds some, a decision removes one."""
    if after.last is not None and (before.last is None or before.last.id != after.last.id):
        changed |= find_attention(before.record, after).subjects
    return changed - decided_since_refresh(after).keys()


def _kinds_of_change(before: SignalStatus | GateStatus, after: SignalStatus | GateStatus) -> Iterator[AttentionKind]:
    """Yield what a maintainer must check, because it changed from one status of a signal or gate to the next."""
    if isinstance(before, SignalStatus) and isinstance(after, SignalStatus):
        if before.reading is not None and before.measured != after.measured:
            yield "changed"
        if after.renewal_reason and not before.renewal_reason:
            yield "renewal"
    is_gate = isinstance(after, GateStatus)
    if _has_new(before.stale, after.stale):
        yield "stale gate" if is_gate else "stale signal"
    if _has_new(before.unchecked, after.unchecked):
        yield "unchecked gate" if is_gate else "unchecked signal"


def _has_new(before: Iterable[Drift], after: Iterable[Drift]) -> bool:
    """Return whether a pin was not there before, or had another state."""
    known = {(drift.pin, drift.state) for drift in before}
    return any((drift.pin, drift.state) not in known for drift in after)
