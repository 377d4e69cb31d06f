"""The data that screens, commands and exports show of a signal, a gate, a step and the whole tracker."""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec

from pawtui.phrases import counted
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Decision, Drift, DriftState, PlanStatus, Refresh, SignalReading
from pawtui.review.record_types import EvaluationStepEntry, GateEntry, GateState, Note, Record, StepState, Verdict
from pawtui.tracker.tracker_types import EvaluationStep, Gate, Signal, Tracker

# One line each: reasons of a gate, of the evidence of a gate or signal, of a signal, and of the whole tracker.
ReasonKind = (
    Literal["blocked", "untested"]
    | Literal["stale", "unchecked"]
    | Literal["renewal", "unmet", "partial", "unknown"]
    | Literal["upstream-unread", "new-rules", "no-signals", "no-gates"]
)
_LABELS: Mapping[ReasonKind, str] = {
    "blocked": "Blocked",
    "untested": "Untested",
    "stale": "Stale evidence",
    "unchecked": "Evidence not checked",
    "renewal": "Verdict needs renewal",
    "unmet": "Unmet",
    "partial": "Partial",
    "unknown": "Unknown",
    "upstream-unread": "Upstream not read",
    "new-rules": "Tracker changed since the last refresh",
    "no-signals": "No signals",
    "no-gates": "No gates",
}
# The titles of the four kinds of verification by their keys in the tracker file.
VERIFICATION_TITLES: Mapping[str, str] = {
    "old_sessions": "Old sessions",
    "compaction": "Compaction",
    "tools": "Tools",
    "recovery": "Recovery",
}


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason why the decision is not `go`.

    `subject` is `signal:ID` or `gate:ID`. `subject` and `title` are empty if the reason concerns the followed ref or
    the whole tracker.
    """

    kind: ReasonKind
    subject: str = ""
    title: str = ""
    detail: str = ""

    @property
    def label(self) -> str:
        """The kind as a label: `Stale evidence`."""
        return _LABELS[self.kind]

    @property
    def text(self) -> str:
        """The reason on one line: `Blocked: "The replay maps": skill parts do not map`."""
        title = f'"{self.title}"' if self.title else ""
        return ": ".join(part for part in (self.label, title, self.detail) if part)


class SubjectView(msgspec.Struct, frozen=True, kw_only=True):
    """The common part of the views of a signal, a gate and an evaluation step: the problems with their pins.

    `stale` are the pins that are out of date, `unchecked` those that could not be checked. `renewable_pins` maps each
    stale pin that has a new place to the new pin: pins of the subject and of all its notes, for a gate also those of
    the evaluation steps that serve it.
    """

    stale: tuple[Drift, ...] = ()
    unchecked: tuple[Drift, ...] = ()
    renewable_pins: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def problem_pins(self) -> tuple[Drift, ...]:
        """The stale and the unchecked pins."""
        return (*self.stale, *self.unchecked)

    @property
    def new_places(self) -> tuple[str, ...]:
        """The pins to the places where the last refresh found the text of the stale pins, as far as they are known."""
        return tuple(drift.place for drift in self.stale if drift.place)

    @property
    def evidence_problem(self) -> str:
        """Why the evidence does not count, as a clause: `evidence is stale: moved`; empty if it counts."""
        if self.stale:
            return f"evidence is stale: {self.stale[0].state}"
        return "evidence was not checked" if self.unchecked else ""


class SignalView(SubjectView, frozen=True, kw_only=True):
    """The current state of a signal: measured, by a verdict, and the one of both that counts (`effective`).

    `renewal_reason` is why the verdict needs renewal (the measured state then counts), or empty. `summary` is one short
    line. The evidence of a signal is its newest note with pins, or a later verdict.
    """

    signal: Signal
    reading: SignalReading | None
    measured: State
    effective: State
    summary: str
    verdict: Verdict | None = None
    renewal_reason: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def subject(self) -> str:
        """The subject of its notes and changes: `signal:ID`."""
        return f"signal:{self.signal.id}"

    @property
    def title(self) -> str:
        """The title of the signal."""
        return self.signal.title

    @property
    def overridden(self) -> bool:
        """Whether a verdict counts and differs from the measured state."""
        return self.verdict is not None and not self.renewal_reason and self.verdict.state != self.measured


class GateView(SubjectView, frozen=True, kw_only=True):
    """The current state of a gate. Its evidence is its own pins; without them, the pins of its notes.

    A gate that was satisfied is `untested` again if the tracker has a new part for it, or if it has no evidence left.
    """

    gate: Gate
    entry: GateEntry | None
    state: GateState
    summary: str
    notes: tuple[Note, ...] = ()

    @property
    def subject(self) -> str:
        """The subject of its notes and changes: `gate:ID`."""
        return f"gate:{self.gate.id}"

    @property
    def title(self) -> str:
        """The title of the gate."""
        return self.gate.title

    @property
    def ticked(self) -> tuple[str, ...]:
        """The ids of the ticked parts that the gate has."""
        return tuple(part.id for part in self.gate.parts if self.entry and part.id in self.entry.parts)

    @property
    def all_ticked(self) -> bool:
        """Whether every part is ticked; true for a gate without parts."""
        return len(self.ticked) == len(self.gate.parts)

    @property
    def parts_ticked(self) -> str:
        """The number of ticked parts, as text: `2 of 6 parts`; empty for a gate without parts."""
        return f"{len(self.ticked)} of {counted(len(self.gate.parts), 'part')}" if self.gate.parts else ""

    @property
    def reopened(self) -> str:
        """Why a gate that was satisfied is untested again; empty for other gates."""
        if self.state != "untested" or self.entry is None or self.entry.state != "satisfied":
            return ""
        return f"was satisfied; {'no evidence left' if self.all_ticked else 'the tracker has a new part'}"

    @property
    def counts_as_satisfied(self) -> bool:
        """Whether the decision counts the gate as satisfied: not if there is a problem with its evidence."""
        return self.state == "satisfied" and not self.evidence_problem


class EvaluationStepView(SubjectView, frozen=True, kw_only=True):
    """The current state of an evaluation step: `planned` until a maintainer sets another state."""

    step: EvaluationStep
    entry: EvaluationStepEntry | None
    state: StepState

    @property
    def subject(self) -> str:
        """The subject of its changes: `step:ID`."""
        return f"step:{self.step.id}"


def verified_kinds(tracker: Tracker) -> Mapping[str, str]:
    """Return the kinds of verification that the evaluation steps of a tracker have: their titles by key."""
    return {
        key: title
        for key, title in VERIFICATION_TITLES.items()
        if any(getattr(step.verify, key) for step in tracker.steps)
    }


def verifications(step: EvaluationStep) -> tuple[tuple[str, str], ...]:
    """Return the kinds of verification that a step has, as pairs of title and description."""
    described = ((title, getattr(step.verify, key)) for key, title in VERIFICATION_TITLES.items())
    return tuple((title, description) for title, description in described if description)


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """All data that screens, commands and exports show. `reasons` are why the decision is not `go`.

    `earliest` is the first day on which the decision can become `go`, from the signals whose day is known. `last` and
    `previous` are the last two refreshes. `drift` has the drift of each pin. `due` is the day of the next review.
    `plan` is the state of the plan: found by the last refresh, or recorded by a maintainer since.
    """

    tracker: Tracker
    record: Record
    today: dt.date
    last: Refresh | None
    previous: Refresh | None
    signals: tuple[SignalView, ...]
    gates: tuple[GateView, ...]
    steps: tuple[EvaluationStepView, ...]
    decision: Decision
    reasons: tuple[Reason, ...]
    earliest: dt.date | None
    drift: Mapping[str, Drift]
    due: dt.date | None
    plan: PlanStatus | None = None

    @property
    def met_count(self) -> int:
        """The number of signals that are met, by measurement or verdict."""
        return sum(view.effective == "met" for view in self.signals)

    @property
    def satisfied_count(self) -> int:
        """The number of gates that count as satisfied."""
        return sum(view.counts_as_satisfied for view in self.gates)

    @property
    def is_due(self) -> bool:
        """Whether the day of the next review has come."""
        return self.due is not None and self.due <= self.today

    @property
    def views(self) -> dict[str, SignalView | GateView]:
        """The views of all signals, then of all gates, by `signal:ID` and `gate:ID`."""
        return {view.subject: view for view in self.signals} | {view.subject: view for view in self.gates}

    @property
    def undefined_subjects(self) -> tuple[str, ...]:
        """The subjects with a decision that the tracker does not define, such as a gate whose id was changed."""
        record = self.record
        decided = [f"signal:{signal_id}" for signal_id in record.verdicts]
        decided += [f"gate:{entry.id}" for entry in record.gates.values() if entry.state != "untested"]
        decided += [f"step:{entry.id}" for entry in record.steps.values() if entry.state != "planned"]
        defined = {*self.views, *(f"step:{view.step.id}" for view in self.steps)}
        return tuple(subject for subject in decided if subject not in defined)

    def view(self, subject: str) -> SignalView | GateView | None:
        """Return the view of `signal:ID` or `gate:ID`; None for another subject."""
        return self.views.get(subject)

    def note(self, subject: str) -> Note | None:
        """Return the note of `note:ID`; None for another subject, or if there is no such note."""
        return self.record.notes.get(subject.removeprefix("note:")) if subject.startswith("note:") else None

    def signal(self, signal_id: str) -> SignalView:
        """Return the view of that signal. Raises `KeyError` if the tracker does not have it."""
        return {view.signal.id: view for view in self.signals}[signal_id]

    def gate(self, gate_id: str) -> GateView:
        """Return the view of that gate. Raises `KeyError` if the tracker does not have it."""
        return {view.gate.id: view for view in self.gates}[gate_id]

    def step(self, step_id: str) -> EvaluationStepView:
        """Return the view of that evaluation step. Raises `KeyError` if the tracker does not have it."""
        return {view.step.id: view for view in self.steps}[step_id]

    def steps_of(self, gate_id: str) -> tuple[EvaluationStepView, ...]:
        """Return the evaluation steps that serve a gate."""
        return tuple(view for view in self.steps if gate_id in view.step.gates)

    def drift_counts(self) -> dict[DriftState, int]:
        """Return the number of pins in each drift state."""
        counts: dict[DriftState, int] = {"fresh": 0, "changed": 0, "moved": 0, "gone": 0, "unchecked": 0}
        for drift in self.drift.values():
            counts[drift.state] += 1
        return counts
