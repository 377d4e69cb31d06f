"""Go, hold or no-go, and why.

The policy: `no-go` while any gate is blocked; `go` when every signal is met (measured, or by a standing verdict), every
gate is satisfied and no evidence under them is stale; `hold` otherwise, saying what is missing and from which date.
Unknown never counts as met. Without signals or gates, or where the followed ref may be the wrong one, it is never `go`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from pawtui.refresh.model import Decision
from pawtui.review.views import GateView, Reason, SignalView


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """The decision, what keeps it from `go` and, where every missing signal names a date, the day it could change."""

    state: Decision
    reasons: tuple[Reason, ...]
    earliest: dt.date | None = None


def _signal_reasons(view: SignalView) -> list[Reason]:
    subject, title = f"signal:{view.signal.id}", view.signal.title
    reasons = []
    if view.effective != "met":
        reasons.append(Reason(kind=view.effective, subject=subject, title=title, detail=view.summary))
    else:
        reasons += _evidence_reasons(subject, title, view)
    if view.renewal:
        reasons.append(Reason(kind="renewal", subject=subject, title=title, detail=view.renewal))
    return reasons


def _gate_reasons(view: GateView) -> list[Reason]:
    subject, title = f"gate:{view.gate.id}", view.gate.title
    if view.state == "satisfied":
        return _evidence_reasons(subject, title, view)
    return [Reason(kind=view.state, subject=subject, title=title, detail=view.summary)]


def _evidence_reasons(subject: str, title: str, view: SignalView | GateView) -> list[Reason]:
    if view.stale:
        stale = view.stale[0]
        return [Reason(kind="stale", subject=subject, title=title, detail=f"{stale.pin} {stale.state}")]
    if view.unchecked:
        return [Reason(kind="unchecked", subject=subject, title=title, detail=view.unchecked[0].pin)]
    return []


def _met_on(view: SignalView) -> dt.date | None:
    """Return the day this signal will be met if nothing else happens, where each of its missing probes names one.

    A verdict ends on no day that a measurement knows, and what does not decide keeps no signal from being met.
    """
    if view.reading is None or view.overridden:
        return None
    days = []
    for probe in view.reading.probes:
        if probe.state == "met" or not probe.decides:
            continue
        if probe.facts is None or probe.facts.met_on is None:
            return None
        days.append(probe.facts.met_on)
    return max(days, default=None)


def decide(signals: Sequence[SignalView], gates: Sequence[GateView], *, doubt: str = "") -> Ruling:
    """Decide over all signals and gates; `doubt` says why the followed upstream ref may be the wrong one."""
    blocked = [view for view in gates if view.state == "blocked"]
    missing = [Reason(kind="doubtful-ref", detail=doubt)] if doubt else []
    missing += [] if signals else [Reason(kind="no-signals", detail="nothing says that the upstream is ready")]
    missing += [] if gates else [Reason(kind="no-gates", detail="nothing says that the downstream is ready")]
    missing += [reason for view in signals for reason in _signal_reasons(view)]
    missing += [reason for view in gates if view not in blocked for reason in _gate_reasons(view)]
    blocks = [reason for view in blocked for reason in _gate_reasons(view)]
    if blocks:
        return Ruling(state="no-go", reasons=tuple(blocks + missing))
    if not missing:
        return Ruling(state="go", reasons=())
    waits = [day for view in signals if view.effective != "met" and (day := _met_on(view))]
    return Ruling(state="hold", reasons=tuple(missing), earliest=max(waits, default=None))
