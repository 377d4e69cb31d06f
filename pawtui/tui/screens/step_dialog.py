"""The state of an evaluation step: done asks for evidence, dropped for a reason."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from pawtui.report.words import minute
from pawtui.review.basis import ChangeFactory
from pawtui.review.evaluation import set_step
from pawtui.review.record_types import StepState
from pawtui.review.views import Overview, StepView
from pawtui.tui.content import MUTED, STRONG, editable, line, spaced
from pawtui.tui.pin_field import PinArea
from pawtui.tui.pin_input import checked, typed_pins
from pawtui.tui.screens.pins_dialog import PinningDialog


class StepDialog(PinningDialog):
    """Sets an evaluation step to one state."""

    HELP = "Done needs evidence: a pin, one per line. Dropped needs a reason."

    def __init__(self, shown: Overview, step_id: str, state: StepState) -> None:
        super().__init__(shown)
        self._step_id = step_id
        self._state: StepState = state
        self.subject = f"step:{step_id}"
        entry = self._view.entry
        self._was = editable(entry.reason) if entry and entry.state == state else ""
        self.card_title = f"{step_id}: {state}"

    @property
    def _view(self) -> StepView:
        return self.shown.step(self._step_id)

    def state(self) -> Content:
        """The step's state now, by whom, when and why."""
        view = self._view
        entry = view.entry
        by = f"{entry.by}, {minute(entry.at)}" if entry else ""
        return spaced([line("now", MUTED), line(view.state), line(by, MUTED), line(entry.reason if entry else "")])

    def fields(self) -> ComposeResult:
        """The step, its state, the reason and the pins."""
        yield Static(line(self._view.step.title, STRONG))
        yield Static(self.state(), id="state")
        yield Label("Reason" if self._state == "dropped" else "Comment (optional)", classes="label")
        yield Input(self._was, id="reason")
        yield Label("Evidence" if self._state == "done" else "Evidence (optional)", classes="label")
        yield PinArea(id="pins", classes="few", show_line_numbers=False)
        yield Static(id="completions", classes="completions")
        yield Static(Content("\n").join(checked([], {}, {})[0]), id="checked", classes="checked")

    @on(TextArea.Changed, "#pins")
    def _typed(self) -> None:
        self.show_pins()
        self.touched()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_submit()

    def pins(self) -> list[str]:
        """What was typed, one pin a line."""
        return typed_pins(self.query_one("#pins", TextArea).text)

    def dirty(self) -> bool:
        """Whether a pin was typed, or another reason."""
        return bool(self.pins() or self.query_one("#reason", Input).value.strip() != self._was.strip())

    def submit(self) -> ChangeFactory | None:
        """Set the step, with its reason and pins."""
        reason = self.query_one("#reason", Input).value
        if wrong := self.wrong_pin():
            self.wrong(wrong)
            return None
        pins = self.full_pins()
        tracker, step_id, state = self.app.workspace.tracker, self._step_id, self._state
        return lambda record, actor: set_step(record, tracker, step_id, state, actor, reason=reason, pins=pins)
