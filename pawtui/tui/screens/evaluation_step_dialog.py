"""Dialogs for evaluation steps: choose the state of a step, then give evidence or a reason."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from pawtui.report.spans import signature
from pawtui.review.actions import ChangeFactory
from pawtui.review.overview import Overview
from pawtui.review.record_types import STEP_STATES, StepState
from pawtui.review.step_actions import set_step
from pawtui.tui.choice_list import Choice, ChoiceList
from pawtui.tui.content import MUTED, STRONG, line, shown_text, spaced
from pawtui.tui.pin_field import PinArea
from pawtui.tui.screens.dialog import Dialog
from pawtui.tui.screens.pin_field_dialog import StateDialog


class EvaluationStepDialog(StateDialog):
    HELP = "Done needs evidence: a pin, one per line. Dropped needs a reason."

    def __init__(self, shown: Overview, step_id: str, state: StepState) -> None:
        super().__init__(shown, f"step:{step_id}", state, shown.step(step_id).entry)
        self._step_id = step_id
        self._new_state: StepState = state

    def heading(self) -> Content:
        return line(self.shown.step(self._step_id).step.title, STRONG)

    def current_state(self) -> Content:
        status = self.shown.step(self._step_id)
        state = spaced(line("now", MUTED), line(status.state))
        if status.entry is None:
            return state
        by = shown_text(signature(status.entry.by, status.entry.at))
        return spaced(state, by, line(status.entry.reason))

    def inputs(self) -> ComposeResult:
        yield from self.reason_field("Reason" if self._new_state == "dropped" else "Comment (optional)")
        yield from self.pin_fields("Evidence" if self._new_state == "done" else "Evidence (optional)", PinArea(""))

    def prepare_change(self) -> ChangeFactory:
        reason, pins = self.typed["reason"], self.full_pins()
        return lambda context: set_step(context, self._step_id, self._new_state, reason=reason, pins=pins)


class StepChoiceDialog(Dialog):
    """The dialog that chooses an evaluation step and its new state, and opens the dialog for it."""

    HELP = "Evaluation steps of this gate. Choose a step and its new state."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "submit", "Choose", id="dialog.save", show=False)]
    TITLE = "Evaluation steps"

    def __init__(self, shown: Overview, step_ids: Sequence[str]) -> None:
        super().__init__()
        self._shown = shown
        self._choices = [(shown.step(step_id), state) for step_id in step_ids for state in STEP_STATES]

    def fields(self) -> ComposeResult:
        yield ChoiceList(
            [
                Choice(
                    str(number),
                    line(f"{status.step.id}: {state}"),
                    "its state now" if state == status.state else status.title,
                )
                for number, (status, state) in enumerate(self._choices)
            ]
        )

    @on(ChoiceList.Chosen)
    def _choice_made(self) -> None:
        self.action_submit()

    def action_submit(self) -> None:
        status, state = self._choices[int(self.query_one(ChoiceList).chosen)]
        self.app.switch_screen(EvaluationStepDialog(self._shown, status.step.id, state))
