"""What a view shows of a signal, a gate and the whole: frozen structs of facts and what they add up to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import msgspec

from pawtui.probes.finding import State
from pawtui.refresh.refresh_types import Decision, Drift, DriftState, PlanStatus, Refresh, SignalReading
from pawtui.review.record_types import GateEntry, GateState, Note, Record, StepEntry, StepState, Verdict
from pawtui.tracker.tracker_types import EvaluationStep, Gate, Signal, Tracker

_T = TypeVar("_T")


ReasonKind = Literal[
    "blocked",
    "untested",
    "stale",
    "unchecked",
    "renewal",
    "unmet",
    "partial",
    "unknown",
    "doubtful-ref",
    "no-signals",
    "no-gates",
]
_LABELS: Mapping[ReasonKind, str] = {
    "blocked": "Blocked",
    "untested": "Untested",
    "stale": "Stale evidence",
    "unchecked": "Evidence not checked",
    "renewal": "Verdict needs renewal",
    "unmet": "Unmet",
    "partial": "Partial",
    "unknown": "Unknown",
    "doubtful-ref": "Upstream not read",
    "no-signals": "No signals",
    "no-gates": "No gates",
}


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that keeps the decision from `go`: what is missing, of which signal or gate, and the detail.

    `subject` is `signal:ID` or `gate:ID`. Both `subject` and `title` are empty where the reason concerns the followed
    ref or the tracker as a whole.
    """

    kind: ReasonKind
    subject: str = ""
    title: str = ""
    detail: str = ""

    @property
    def label(self) -> str:
        """What is missing, as a label."""
        return _LABELS[self.kind]

    @property
    def text(self) -> str:
        """The reason on one line: `Blocked: "The replay maps": skill parts do not map`."""
        title = f'"{self.title}"' if self.title else ""
        return ": ".join(part for part in (self.label, title, self.detail) if part)


class SignalView(msgspec.Struct, frozen=True, kw_only=True):
    """A signal now: what was measured, what a person says of it, and which of the two counts (`effective`).

    `renewal` says why the verdict must be given again; while it is set, the measured state counts. `summary` is one
    short line. A signal rests on the pins of its newest note that has any, or on a verdict given after that. `stale`
    are those of the pins that are out of date, `unchecked` those that a failure kept from being checked.
    """

    signal: Signal
    reading: SignalReading | None
    measured: State
    effective: State
    summary: str
    verdict: Verdict | None = None
    renewal: str = ""
    notes: tuple[Note, ...] = ()
    stale: tuple[Drift, ...] = ()
    unchecked: tuple[Drift, ...] = ()

    @property
    def overridden(self) -> bool:
        """Whether a verdict counts that differs from the measured state."""
        return self.verdict is not None and not self.renewal and self.verdict.state != self.measured


class GateView(msgspec.Struct, frozen=True, kw_only=True):
    """A gate now. `is_satisfied` is False if evidence is stale, or if a failure prevented its check (`unchecked`).

    The evidence is the gate's own pins; without them, the pins of its notes.
    """

    gate: Gate
    entry: GateEntry | None
    state: GateState
    is_satisfied: bool
    summary: str
    notes: tuple[Note, ...] = ()
    stale: tuple[Drift, ...] = ()
    unchecked: tuple[Drift, ...] = ()


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluation step now. It is `planned` until a person sets another state."""

    step: EvaluationStep
    entry: StepEntry | None
    state: StepState
    stale: tuple[Drift, ...] = ()
    unchecked: tuple[Drift, ...] = ()


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a view shows. `reasons` say why the decision is not `go`; `earliest` is when it could change.

    `plan` is where the plan stands, as the last refresh found it or as a maintainer recorded since.
    """

    tracker: Tracker
    record: Record
    today: dt.date
    last: Refresh | None
    previous: Refresh | None
    signals: tuple[SignalView, ...]
    gates: tuple[GateView, ...]
    steps: tuple[StepView, ...]
    decision: Decision
    reasons: tuple[Reason, ...]
    earliest: dt.date | None
    drift: Mapping[str, Drift]
    due: dt.date | None
    plan: PlanStatus | None = None

    def signal(self, signal_id: str) -> SignalView:
        """The view of that signal; KeyError if the tracker has none."""
        return _first(view for view in self.signals if view.signal.id == signal_id)

    def gate(self, gate_id: str) -> GateView:
        """The view of that gate; KeyError if the tracker has none."""
        return _first(view for view in self.gates if view.gate.id == gate_id)

    def step(self, step_id: str) -> StepView:
        """The view of that evaluation step; KeyError if the tracker has none."""
        return _first(view for view in self.steps if view.step.id == step_id)

    def steps_of(self, gate_id: str) -> tuple[StepView, ...]:
        """The evaluation steps that serve a gate."""
        return tuple(view for view in self.steps if gate_id in view.step.gates)

    def drift_counts(self) -> dict[DriftState, int]:
        """How many pins are in each state of drift."""
        counts: dict[DriftState, int] = {"fresh": 0, "changed": 0, "moved": 0, "gone": 0, "unchecked": 0}
        for drift in self.drift.values():
            counts[drift.state] += 1
        return counts


def _first(found: Iterable[_T]) -> _T:
    for one in found:
        return one
    raise KeyError
