"""What a gate's state needs: evidence for satisfied, a reason for blocked."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from pawtui.review.acts import heads_of, set_gate
from pawtui.review.model import GateState
from pawtui.review.views import GateView
from pawtui.tui.pages.common import gate_mark
from pawtui.tui.pinning import checked, typed_pins
from pawtui.tui.screens.dialog import Dialog
from pawtui.tui.text import STRONG, editable, glued, line
from pawtui.tui.work import Make


class GateDialog(Dialog):
    """Asks for what the state needs."""

    def __init__(self, view: GateView, state: GateState) -> None:
        super().__init__()
        self._view = view
        self._state: GateState = state
        self.card_title = f"{view.gate.id}: {state}"

    def fields(self) -> ComposeResult:
        """The sentence, then reason and pins in the order in which the state needs them."""
        yield Static(glued(gate_mark(self._state), "  ", line(self._view.gate.title, STRONG)))
        blocked = self._state == "blocked"
        if blocked:
            yield from self._reason("What blocks it")
        yield Label("Evidence" if not blocked else "Evidence, if there is any", classes="label")
        yield TextArea(id="pins", classes="few", show_line_numbers=False)
        yield Static(Content("\n").join(checked([], {})[0]), id="checked", classes="checked")
        if not blocked:
            yield from self._reason("In a few words, if you like")

    def _reason(self, label: str) -> ComposeResult:
        yield Label(label, classes="label")
        entry = self._view.entry
        was = entry.reason if entry and entry.state == self._state else ""
        yield Input(editable(was), id="reason")

    @on(TextArea.Changed, "#pins")
    def _typed(self) -> None:
        said, _wrong = checked(self._pins(), self._heads())
        self.query_one("#checked", Static).update(Content("\n").join(said))
        self.touched()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_submit()

    def _pins(self) -> list[str]:
        return typed_pins(self.query_one("#pins", TextArea).text)

    def _heads(self) -> dict[str, tuple[str, str]]:
        overview = self.pawtui.overview
        return heads_of(overview.record) if overview else {}

    def dirty(self) -> bool:
        """Whether a reason or a pin was typed."""
        return bool(self._pins() or self.query_one("#reason", Input).value.strip())

    def submit(self) -> Make | None:
        """Set the gate, with its reason and pins."""
        pins = self._pins()
        reason = self.query_one("#reason", Input).value
        _said, wrong = checked(pins, self._heads())
        if wrong:
            self.wrong(wrong)
            return None
        tracker, gate_id, state = self.pawtui.desk.tracker, self._view.gate.id, self._state
        return lambda record, who: set_gate(record, tracker, gate_id, state, who, reason=reason, pins=pins)
