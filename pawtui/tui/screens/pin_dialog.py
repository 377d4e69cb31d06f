"""Pinning evidence straight to a gate."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Label, Static

from pawtui.review.actions import add_pin
from pawtui.review.views import GateView
from pawtui.tui.background import ChangeFactory
from pawtui.tui.content import STRONG, line
from pawtui.tui.pin_input import checked, typed_pins
from pawtui.tui.screens.pins_dialog import PinningDialog


class PinDialog(PinningDialog):
    """One pin, checked as it is typed."""

    HELP = "A pin is a place at a commit (up:path/file.ts#L10-L20), an issue (owner/repo#12) or a link."

    def __init__(self, view: GateView) -> None:
        super().__init__()
        self._view = view
        self.card_title = f"pin to {view.gate.id}"

    def fields(self) -> ComposeResult:
        """The gate's sentence and the pin."""
        yield Static(line(self._view.gate.title, STRONG))
        yield Label("Pin", classes="label")
        yield Input(id="pin", placeholder="up:path/file.ts#L10-L20")
        yield Static(checked([], {}, {})[0][0], id="checked", classes="checked")

    def pins(self) -> list[str]:
        """The pin, once something was typed."""
        return typed_pins(self.query_one("#pin", Input).value)

    @on(Input.Changed, "#pin")
    def _typed(self) -> None:
        self.show_pins()
        self.touched()

    @on(Input.Submitted, "#pin")
    def _entered(self) -> None:
        self.action_submit()

    def dirty(self) -> bool:
        """Whether a pin was typed."""
        return bool(self.pins())

    def submit(self) -> ChangeFactory | None:
        """Pin it."""
        pin = self.query_one("#pin", Input).value
        if wrong := self.wrong_pin():
            self.wrong(wrong)
            return None
        tracker, gate_id = self.app.workspace.tracker, self._view.gate.id
        return lambda record, actor: add_pin(record, tracker, gate_id, pin, actor)
