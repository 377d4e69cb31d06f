"""Pinning evidence straight to a gate."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Label, Static

from pawtui.review.acts import add_pin, heads_of
from pawtui.review.views import GateView
from pawtui.tui.pinning import checked
from pawtui.tui.screens.dialog import Dialog
from pawtui.tui.text import STRONG, line
from pawtui.tui.work import Make


class PinDialog(Dialog):
    """One pin, checked as it is typed."""

    def __init__(self, view: GateView) -> None:
        super().__init__()
        self._view = view
        self.card_title = f"pin to {view.gate.id}"

    def fields(self) -> ComposeResult:
        """The gate's sentence and the pin."""
        yield Static(line(self._view.gate.title, STRONG))
        yield Label("Pin", classes="label")
        yield Input(id="pin", placeholder="up:path/file.ts#L10-L20")
        yield Static(checked([], {})[0][0], id="checked", classes="checked")

    def _heads(self) -> dict[str, tuple[str, str]]:
        overview = self.pawtui.overview
        return heads_of(overview.record) if overview else {}

    @on(Input.Changed, "#pin")
    def _typed(self, event: Input.Changed) -> None:
        said, _wrong = checked([event.value] if event.value.strip() else [], self._heads())
        self.query_one("#checked", Static).update(said[0])
        self.touched()

    @on(Input.Submitted, "#pin")
    def _entered(self) -> None:
        self.action_submit()

    def dirty(self) -> bool:
        """Whether a pin was typed."""
        return bool(self.query_one("#pin", Input).value.strip())

    def submit(self) -> Make | None:
        """Pin it."""
        pin = self.query_one("#pin", Input).value
        tracker, gate_id = self.pawtui.desk.tracker, self._view.gate.id
        return lambda record, who: add_pin(record, tracker, gate_id, pin, who)
