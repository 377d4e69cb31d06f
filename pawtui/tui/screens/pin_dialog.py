"""The dialog that adds a pin to a gate."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from pawtui.phrases import counted
from pawtui.review.basis import ChangeFactory
from pawtui.review.gate_actions import add_pin
from pawtui.review.views import Overview
from pawtui.tui.content import MUTED, STRONG, line, spaced
from pawtui.tui.pin_field import PinInput
from pawtui.tui.screens.gate_dialog import gate_state_line
from pawtui.tui.screens.pin_field_dialog import PinFieldDialog


class PinDialog(PinFieldDialog):
    """The dialog for one pin of a gate; `offered` is filled in, and typing replaces it."""

    HELP = "A pin is a path at a commit (up:path/file.ts#L10-L20), an issue (owner/repo#12) or a link."

    def __init__(self, shown: Overview, gate_id: str, offered: str = "") -> None:
        super().__init__(shown)
        self._gate_id = gate_id
        self.subject = f"gate:{gate_id}"
        self._offered = offered
        self.title = f"pin to {gate_id}"

    def state(self) -> Content:
        view = self.shown.gate(self._gate_id)
        pins = counted(len(view.entry.pins) if view.entry else 0, "pin")
        return spaced([gate_state_line(view), line(pins, MUTED)])

    def fields(self) -> ComposeResult:
        yield Static(line(self.shown.gate(self._gate_id).gate.title, STRONG))
        yield Static(self.state(), id="state")
        yield from self.pin_fields("Pin", PinInput(self._offered, id="pin", placeholder="up:path/file.ts#L10-L20"))

    def dirty(self) -> bool:
        return self.pins() not in ([], [self._offered])

    def change_with_pins(self, pins: Sequence[str]) -> ChangeFactory:
        tracker, gate_id = self.app.workspace.tracker, self._gate_id
        pin = next(iter(pins), "")
        return lambda record, actor: add_pin(record, tracker, gate_id, pin, actor)
