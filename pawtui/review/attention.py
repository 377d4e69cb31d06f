"""Changes by a refresh that a maintainer must check: signals, gates, their evidence, and verdicts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from pawtui.phrases import counted
from pawtui.refresh.refresh_types import Drift
from pawtui.review.overview import Overview, make_overview
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
    """The changes since an earlier overview: each has its kind and its subject (`signal:ID`, `gate:ID`)."""

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


def find_attention(before: Overview, after: Overview) -> Attention:
    """Return the changes since an earlier overview (`before`) that a maintainer must check."""
    if before.last is not None:
        # On the day of its refresh: a verdict that ended by its date since then is a change, too.
        before = make_overview(before.tracker, before.record, before.last.at.date())
    old_statuses = before.statuses
    changes = [
        (kind, subject)
        for subject, status in after.statuses.items()
        for kind in _kinds_of_change(old_statuses.get(subject), status)
    ]
    return Attention(tuple(changes))


def _kinds_of_change(
    before: SignalStatus | GateStatus | None, after: SignalStatus | GateStatus
) -> Iterator[AttentionKind]:
    if isinstance(after, SignalStatus):
        old = before if isinstance(before, SignalStatus) else None
        if old is not None and old.reading is not None and old.measured != after.measured:
            yield "changed"
        if after.renewal_reason and not (old and old.renewal_reason):
            yield "renewal"
    if _has_new(before.stale if before else (), after.stale):
        yield "stale signal" if isinstance(after, SignalStatus) else "stale gate"
    if _has_new(before.unchecked if before else (), after.unchecked):
        yield "unchecked signal" if isinstance(after, SignalStatus) else "unchecked gate"


def _has_new(before: Iterable[Drift], after: Iterable[Drift]) -> bool:
    """Return whether a pin was not there before, or had another state."""
    known = {(drift.pin, drift.state) for drift in before}
    return any((drift.pin, drift.state) not in known for drift in after)


def changed_since_review(overview: Overview) -> frozenset[str]:
    """Return the subjects that changed since the last closed review and have not been decided since.

    The result is empty if the review of the last refresh is closed.
    """
    last, since = overview.last, compared_refresh(overview.record)
    if last is None or since is None or last.id in overview.record.reviews:
        return frozenset()
    changed = {
        status.subject
        for status in overview.signals
        if (earlier := since.signal(status.signal.id)) is not None and earlier.state != status.measured
    }
    stale_before = {drift.pin for drift in since.drift if drift.is_stale}
    for subject, status in overview.statuses.items():
        if any(drift.pin not in stale_before for drift in status.stale):
            changed.add(subject)
    return frozenset(changed - decided_since_refresh(overview.record).keys())


def update_changed(changed: frozenset[str], before: Overview, after: Overview) -> frozenset[str]:
    """Return the changed subjects after a change of the record: a newer refresh adds some, a decision removes one."""
    if after.last is not None and (before.last is None or before.last.id != after.last.id):
        changed |= find_attention(before, after).subjects
    return changed - decided_since_refresh(after.record).keys()
