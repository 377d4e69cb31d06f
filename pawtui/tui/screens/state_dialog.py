"""The base class of the dialogs that set a state with a reason and pins."""

from textual.app import ComposeResult
from textual.widgets import Input, Label

from pawtui.review.record_types import EvaluationStepEntry, GateEntry
from pawtui.review.views import Overview
from pawtui.tui.content import editable
from pawtui.tui.pin_field import PinArea
from pawtui.tui.screens.pin_field_dialog import PinFieldDialog
from pawtui.tui.typed_pins import split_pins


class StateDialog(PinFieldDialog):
    """A dialog that sets the state of a subject.

    `entry` is the recorded state; its reason is filled in if the state stays the same. `pins` are filled in too.
    """

    def __init__(
        self, shown: Overview, subject: str, state: str, entry: GateEntry | EvaluationStepEntry | None, pins: str = ""
    ) -> None:
        super().__init__(shown)
        self.subject = subject
        self.title = f"{subject.partition(':')[2]}: {state}"
        self._initial_reason = editable(entry.reason) if entry and entry.state == state else ""
        self._initial_pins = pins

    def reason_field(self, label: str) -> ComposeResult:
        yield Label(label, classes="label")
        yield Input(self._initial_reason, id="reason")

    def evidence_field(self, label: str) -> ComposeResult:
        yield from self.pin_fields(
            label, PinArea(self._initial_pins, id="pins", classes="few", show_line_numbers=False)
        )

    def dirty(self) -> bool:
        return self.pins() != split_pins(self._initial_pins) or self.reason() != self._initial_reason.strip()

    def reason(self) -> str:
        return self.query_one("#reason", Input).value.strip()
