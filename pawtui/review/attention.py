"""Changes by a refresh that a maintainer must check: signals, gates, their evidence, and verdicts."""

from collections.abc import Iterator, Mapping

import msgspec

from pawtui.phrases import counted
from pawtui.refresh.refresh_types import STALE
from pawtui.review.views import GateView, Overview, SignalView
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
    found: dict[str, list[str]] = {}
    old_signals = {view.signal.id: view for view in before.signals}
    for view in after.signals:
        for kind in _signal_kinds(old_signals.get(view.signal.id), view):
            found.setdefault(kind, []).append(f"signal:{view.signal.id}")
    old_gates = {view.gate.id: view for view in before.gates}
    for gate in after.gates:
        for kind in _gate_kinds(old_gates.get(gate.gate.id), gate):
            found.setdefault(kind, []).append(f"gate:{gate.gate.id}")
    return Attention({kind: tuple(subjects) for kind, subjects in found.items()})


def _signal_kinds(before: SignalView | None, after: SignalView) -> Iterator[str]:
    if before is not None and before.reading is not None and before.measured != after.measured:
        yield "changed"
    if _new_doubt(before, after, stale=True):
        yield "stale signal"
    if after.renewal and not (before and before.renewal):
        yield "renewal"
    if _new_doubt(before, after, stale=False):
        yield "unchecked"


def _gate_kinds(before: GateView | None, after: GateView) -> Iterator[str]:
    if _new_doubt(before, after, stale=True):
        yield "stale gate"
    if _new_doubt(before, after, stale=False):
        yield "unchecked"


def _new_doubt(before: SignalView | GateView | None, after: SignalView | GateView, *, stale: bool) -> bool:
    """Return whether a pin is newly stale; if `stale` is False, whether a pin newly could not be checked."""
    old, new = ((view.stale if stale else view.unchecked) if view else () for view in (before, after))
    known = {(drift.pin, drift.state) for drift in old}
    return any((drift.pin, drift.state) not in known for drift in new)


def changed_since_review(overview: Overview) -> frozenset[str]:
    """Return the subjects that changed since the last closed review and have not been decided since.

    The result is empty if the review of the last refresh is closed.
    """
    last, since = overview.last, last_reviewed(overview.record)
    if last is None or since is None or last.id in overview.record.reviews:
        return frozenset()
    found = {
        f"signal:{view.signal.id}"
        for view in overview.signals
        if (earlier := since.signal(view.signal.id)) is not None and earlier.state != view.measured
    }
    stale_before = {drift.pin for drift in since.drift if drift.state in STALE}
    views = [(f"signal:{view.signal.id}", view.stale) for view in overview.signals]
    views += [(f"gate:{view.gate.id}", view.stale) for view in overview.gates]
    found |= {subject for subject, stale in views if any(drift.pin not in stale_before for drift in stale)}
    return frozenset(found - decided_since_refresh(overview.record).keys())
