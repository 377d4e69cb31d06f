"""What a refresh changed that needs a person: signals, gates, their evidence, and verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from pawtui.refresh.refresh_types import STALE
from pawtui.review.views import GateView, Overview, SignalView
from pawtui.review.walk import decided_since_refresh, last_reviewed

# In the order in which they are told: what happened to how many, as one and as many.
_WORDS: Mapping[str, tuple[str, str]] = {
    "changed": ("signal changed", "signals changed"),
    "stale gate": ("gate went stale", "gates went stale"),
    "stale signal": ("signal has stale evidence", "signals have stale evidence"),
    "renewal": ("verdict needs renewal", "verdicts need renewal"),
    "unchecked": ("piece of evidence could not be checked", "pieces of evidence could not be checked"),
}


class Attention(msgspec.Struct, frozen=True):
    """What needs a person since an earlier overview: the subjects (`signal:ID`, `gate:ID`) of each kind."""

    subjects: Mapping[str, tuple[str, ...]]

    @property
    def all(self) -> frozenset[str]:
        """Every subject."""
        return frozenset(subject for subjects in self.subjects.values() for subject in subjects)

    @property
    def text(self) -> str:
        """How many of each: `1 signal changed, 2 gates went stale`; empty where nothing needs a person."""
        counts = ((len(self.subjects.get(kind, ())), words) for kind, words in _WORDS.items())
        return ", ".join(f"{count} {one if count == 1 else many}" for count, (one, many) in counts if count)


def attention(before: Overview, after: Overview) -> Attention:
    """Return what needs a person in `after` and did not in `before`, the overview of an earlier refresh."""
    found: dict[str, list[str]] = {}
    for view in after.signals:
        for kind in _signal_kinds(_signal_of(before, view), view):
            found.setdefault(kind, []).append(f"signal:{view.signal.id}")
    for gate in after.gates:
        for kind in _gate_kinds(_gate_of(before, gate), gate):
            found.setdefault(kind, []).append(f"gate:{gate.gate.id}")
    return Attention({kind: tuple(subjects) for kind, subjects in found.items()})


def _signal_of(overview: Overview, view: SignalView) -> SignalView | None:
    return next((one for one in overview.signals if one.signal.id == view.signal.id), None)


def _gate_of(overview: Overview, view: GateView) -> GateView | None:
    return next((one for one in overview.gates if one.gate.id == view.gate.id), None)


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
    """Whether a pin is out of date (or could not be checked) that was not so, or not in the same way, before."""
    was, now = ((view.stale if stale else view.unchecked) if view else () for view in (before, after))
    known = {(drift.pin, drift.state) for drift in was}
    return any((drift.pin, drift.state) not in known for drift in now)


def unread(overview: Overview) -> frozenset[str]:
    """Return the subjects that changed since the last closed review and have not been decided since.

    Nothing where the review of the last refresh is closed.
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
