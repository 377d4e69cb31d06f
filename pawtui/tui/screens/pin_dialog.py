"""Pinning evidence straight to a gate."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Static

from pawtui.report.words import counted
from pawtui.review.basis import ChangeFactory
from pawtui.review.gate_actions import add_pin
from pawtui.review.views import Overview
from pawtui.tui.content import MUTED, STRONG, line, spaced
from pawtui.tui.pin_field import PinInput
from pawtui.tui.pin_input import checked, typed_pins
from pawtui.tui.screens.gate_dialog import gate_standing
from pawtui.tui.screens.pins_dialog import PinningDialog


class PinDialog(PinningDialog):
    """One pin, checked as it is typed."""

    HELP = "A pin is a place at a commit (up:path/file.ts#L10-L20), an issue (owner/repo#12) or a link."

    def __init__(self, shown: Overview, gate_id: str, offered: str = "") -> None:
        """`offered` is a pin to begin with: typing replaces it."""
        super().__init__(shown)
        self._gate_id = gate_id
        self.subject = f"gate:{gate_id}"
        self._first = offered
        self.card_title = f"pin to {gate_id}"

    def state(self) -> Content:
        """The gate's state, and its evidence."""
        view = self.shown.gate(self._gate_id)
        pins = counted(len(view.entry.pins) if view.entry else 0, "pin")
        return spaced([gate_standing(view), line(pins, MUTED)])

    def fields(self) -> ComposeResult:
        """The gate's sentence, its state, and the pin."""
        yield Static(line(self.shown.gate(self._gate_id).gate.title, STRONG))
        yield Static(self.state(), id="state")
        yield Label("Pin", classes="label")
        yield PinInput(self._first, id="pin", placeholder="up:path/file.ts#L10-L20")
        yield Static(id="completions", classes="completions")
        yield Static(checked([], {}, {})[0][0], id="checked", classes="checked")

    def pins(self) -> list[str]:
        """The pin, once something was typed."""
        return typed_pins(self.query_one("#pin", Input).value)

    def on_mount(self) -> None:
        """Look the offered pin up."""
        if self._first:
            self.show_pins()

    @on(Input.Changed, "#pin")
    def _typed(self) -> None:
        self.show_pins()
        self.touched()

    @on(Input.Submitted, "#pin")
    def _entered(self) -> None:
        self.action_submit()

    def dirty(self) -> bool:
        """Whether a pin was typed."""
        return self.pins() not in ([], [self._first])

    def submit(self) -> ChangeFactory | None:
        """Pin it."""
        if wrong := self.wrong_pin():
            self.wrong(wrong)
            return None
        tracker, gate_id = self.app.workspace.tracker, self._gate_id
        pin = next(iter(self.full_pins()), "")
        return lambda record, actor: add_pin(record, tracker, gate_id, pin, actor)
