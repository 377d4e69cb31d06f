"""The subject that the keys of a screen act on, and which of them apply to it."""

from collections.abc import Sequence

import msgspec

from pawtui.review.overview import Overview
from pawtui.review.record_types import Note
from pawtui.review.subject_status import EvaluationStepStatus, GateStatus, SignalStatus


class SelectedSubject(msgspec.Struct, frozen=True):
    """A subject in an overview: `signal:ID`, `gate:ID`, `note:ID`, `refresh:ID`; empty if nothing is selected."""

    overview: Overview
    subject: str

    @property
    def kind(self) -> str:
        """The part of the subject before the colon."""
        return self.subject.partition(":")[0]

    @property
    def signal(self) -> SignalStatus | None:
        status = self.overview.status(self.subject)
        return status if isinstance(status, SignalStatus) else None

    @property
    def gate(self) -> GateStatus | None:
        status = self.overview.status(self.subject)
        return status if isinstance(status, GateStatus) else None

    @property
    def note(self) -> Note | None:
        return self.overview.note(self.subject)

    @property
    def steps(self) -> tuple[EvaluationStepStatus, ...]:
        """The evaluation steps that serve the gate."""
        gate = self.gate
        return self.overview.steps_of(gate.gate.id) if gate else ()

    @property
    def pins(self) -> Sequence[str]:
        """The pins of the gate or note itself."""
        if self.note:
            return self.note.pins
        return self.gate.own_pins if self.gate else ()

    @property
    def has_removable_pins(self) -> bool:
        """Whether the gate or one of its steps has a pin."""
        return any(status.own_pins for status in (self.gate, *self.steps) if status)

    @property
    def note_subject(self) -> str:
        """The subject of a note that is written here: the signal or gate, that of the selected note, else `review`."""
        if self.note:
            return self.note.subject
        return self.subject if self.kind in ("signal", "gate") else "review"

    @property
    def can_renew(self) -> bool:
        """Whether the subject has a stale pin with a known new place."""
        return bool(self.overview.renewable_pins(self.subject))

    def allows(self, action: str) -> bool:
        """Return whether an action of `SubjectScreen` applies."""
        match action:
            case "next_state" | "gate" | "explain_verdict":
                return self.kind == "gate"
            case "set_step":
                return bool(self.steps)
            case "verdict":
                return self.kind == "signal"
            case "edit_note":
                return self.kind == "note"
            case "remove":
                return self.kind == "note" or self.has_removable_pins
            case "renew":
                return self.can_renew
            case "pin":
                return self.kind != "refresh"
            case _:
                return True
