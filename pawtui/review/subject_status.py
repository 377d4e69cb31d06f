"""The status of a signal, a gate and an evaluation step: all that screens, commands and exports show of it."""

from collections.abc import Mapping

import msgspec

from pawtui.phrases import counted
from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Drift, PartReading, SignalReading
from pawtui.review.record_types import EvaluationStepEntry, GateEntry, GateState, Note, StepState, Verdict
from pawtui.tracker.tracker_types import EvaluationStep, Gate, Signal, Tracker

# The titles of the four kinds of verification by their keys in the tracker file.
VERIFICATION_TITLES: Mapping[str, str] = {
    "old_sessions": "Old sessions",
    "compaction": "Compaction",
    "tools": "Tools",
    "recovery": "Recovery",
}


class SubjectStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The common part of the statuses of a signal, a gate and an evaluation step.

    `subject` is that of its changes and notes: `signal:ID`, `gate:ID` or `step:ID`. `evidence` are the pins on which it
    is based.
    """

    subject: str
    title: str
    evidence: tuple[Drift, ...] = ()

    @property
    def stale(self) -> tuple[Drift, ...]:
        """The pins of the evidence that are out of date."""
        return tuple(drift for drift in self.evidence if drift.is_stale)

    @property
    def unchecked(self) -> tuple[Drift, ...]:
        """The pins of the evidence that could not be checked."""
        return tuple(drift for drift in self.evidence if drift.failed)

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
        """Why the evidence does not count, as a clause: `evidence moved`; empty if it counts."""
        if self.stale:
            state = self.stale[0].state
            return "evidence is gone" if state == "gone" else f"evidence {state}"
        return "evidence was not checked" if self.unchecked else ""


class SignalStatus(SubjectStatus, frozen=True, kw_only=True):
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
    def probe_readings(self) -> tuple[ProbeReading, ...]:
        """The readings of the probes at the last refresh; empty before the first one."""
        return self.reading.probes if self.reading else ()

    @property
    def part_readings(self) -> tuple[PartReading, ...]:
        """The readings of the parts at the last refresh; empty for a signal without parts."""
        return self.reading.parts if self.reading else ()

    @property
    def overridden(self) -> bool:
        """Whether a verdict counts and differs from the measured state."""
        return self.verdict is not None and not self.renewal_reason and self.verdict.state != self.measured


class GateStatus(SubjectStatus, frozen=True, kw_only=True):
    """The current state of a gate. Its evidence is its own pins; without them, the pins of its notes."""

    gate: Gate
    entry: GateEntry | None
    notes: tuple[Note, ...] = ()

    @property
    def has_evidence(self) -> bool:
        """Whether the gate has a pin or a note."""
        return bool(self.evidence or self.notes)

    @property
    def state(self) -> GateState:
        """The recorded state. A satisfied gate is `untested` again if it has a new part, or no evidence left."""
        recorded = self.entry.state if self.entry else "untested"
        return "untested" if recorded == "satisfied" and not (self.all_ticked and self.has_evidence) else recorded

    @property
    def summary(self) -> str:
        """The reason of the state or the problem with the evidence, and the number of ticked parts."""
        reason = self.entry.reason if self.entry else ""
        if self.state == "satisfied":
            # A problem replaces the reason: the gate does not count as satisfied.
            return self.evidence_problem or reason
        parts = self.ticked_summary
        if parts and self.all_ticked and not self.has_evidence and not self.reopened_reason:
            parts += ", no evidence yet"
        # The reason is that of the recorded state, which a reopened gate does not have any more.
        stated = self.reopened_reason or reason
        if stated and parts:
            return f"{stated.removesuffix('.')}; {parts}"
        return stated or parts

    @property
    def own_pins(self) -> tuple[str, ...]:
        """The pins of the gate itself, without those of its notes and steps."""
        return self.entry.pins if self.entry else ()

    @property
    def ticked_parts(self) -> tuple[str, ...]:
        """The ids of the ticked parts that the gate has."""
        return tuple(part.id for part in self.gate.parts if self.entry and part.id in self.entry.parts)

    @property
    def all_ticked(self) -> bool:
        """Whether every part is ticked; true for a gate without parts."""
        return len(self.ticked_parts) == len(self.gate.parts)

    @property
    def ticked_summary(self) -> str:
        """The number of ticked parts, as text: `2 of 6 parts`; empty for a gate without parts."""
        return f"{len(self.ticked_parts)} of {counted(len(self.gate.parts), 'part')}" if self.gate.parts else ""

    @property
    def reopened_reason(self) -> str:
        """Why a gate that was satisfied is untested again; empty for other gates."""
        if self.state != "untested" or self.entry is None or self.entry.state != "satisfied":
            return ""
        return f"was satisfied; {'no evidence left' if self.all_ticked else 'the tracker has a new part'}"

    @property
    def counts_as_satisfied(self) -> bool:
        """Whether the decision counts the gate as satisfied: not if there is a problem with its evidence."""
        return self.state == "satisfied" and not self.evidence_problem


class EvaluationStepStatus(SubjectStatus, frozen=True, kw_only=True):
    """The current state of an evaluation step: `planned` until a maintainer sets another state."""

    step: EvaluationStep
    entry: EvaluationStepEntry | None
    state: StepState

    @property
    def own_pins(self) -> tuple[str, ...]:
        """The pins of the step."""
        return self.entry.pins if self.entry else ()


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
