"""Changes by a refresh that a maintainer must check: signals, gates, their evidence, and verdicts."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from pawtui.phrases import counted
from pawtui.refresh.refresh_types import STALE, Drift
from pawtui.review.views import EvidenceView, GateView, Overview, SignalView
from pawtui.review.walk import decided_since_refresh, last_reviewed

# By kind, in the order of the text: the words for one subject and for several.
_WORDS: Mapping[str, tuple[str, str]] = {
    "changed": ("signal changed", "signals changed"),
    "stale gate": ("gate is stale", "gates are stale"),
    "stale signal": ("signal has stale evidence", "signals have stale evidence"),
    "renewal": ("verdict needs renewal", "verdicts need renewal"),
    "unchecked": ("evidence item could not be checked", "evidence items could not be checked"),
}


class Attention(msgspec.Struct, frozen=True):
    """The subjects (`signal:ID`, `gate:ID`) that changed since an earlier overview, by the kind of change."""

    subjects: Mapping[str, tuple[str, ...]]

    @property
    def all(self) -> frozenset[str]:
        """The subjects of all kinds of change."""
        return frozenset(subject for subjects in self.subjects.values() for subject in subjects)

    @property
    def text(self) -> str:
        """The number of each kind: `1 signal changed, 2 gates are stale`; empty if there is no subject."""
        counts = ((len(self.subjects.get(kind, ())), words) for kind, words in _WORDS.items())
        return ", ".join(counted(count, *words) for count, words in counts if count)


def attention(before: Overview, after: Overview) -> Attention:
    """Return the changes since an earlier overview (`before`) that a maintainer must check."""
    changed: dict[str, list[str]] = {}
    old_signals = {view.subject: view for view in before.signals}
    for view in after.signals:
        for kind in _signal_kinds(old_signals.get(view.subject), view):
            changed.setdefault(kind, []).append(view.subject)
    old_gates = {view.subject: view for view in before.gates}
    for gate in after.gates:
        for kind in _evidence_kinds(old_gates.get(gate.subject), gate, "stale gate"):
            changed.setdefault(kind, []).append(gate.subject)
    return Attention({kind: tuple(subjects) for kind, subjects in changed.items()})


def _signal_kinds(before: SignalView | None, after: SignalView) -> Iterator[str]:
    if before is not None and before.reading is not None and before.measured != after.measured:
        yield "changed"
    if after.renewal and not (before and before.renewal):
        yield "renewal"
    yield from _evidence_kinds(before, after, "stale signal")


def _evidence_kinds(before: EvidenceView | None, after: EvidenceView, stale: str) -> Iterator[str]:
    if _has_new(before.stale if before else (), after.stale):
        yield stale
    if _has_new(before.unchecked if before else (), after.unchecked):
        yield "unchecked"


def _has_new(before: Iterable[Drift], after: Iterable[Drift]) -> bool:
    """Return whether a pin was not there before, or had another state."""
    known = {(drift.pin, drift.state) for drift in before}
    return any((drift.pin, drift.state) not in known for drift in after)


def changed_since_review(overview: Overview) -> frozenset[str]:
    """Return the subjects that changed since the last closed review and have not been decided since.

    The result is empty if the review of the last refresh is closed.
    """
    last, since = overview.last, last_reviewed(overview.record)
    if last is None or since is None or last.id in overview.record.reviews:
        return frozenset()
    changed = {
        view.subject
        for view in overview.signals
        if (earlier := since.signal(view.signal.id)) is not None and earlier.state != view.measured
    }
    stale_before = {drift.pin for drift in since.drift if drift.state in STALE}
    views: tuple[SignalView | GateView, ...] = (*overview.signals, *overview.gates)
    for view in views:
        if any(drift.pin not in stale_before for drift in view.stale):
            changed.add(view.subject)
    return frozenset(changed - decided_since_refresh(overview.record).keys())
