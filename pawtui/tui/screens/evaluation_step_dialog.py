"""Dialogs for evaluation steps: choose the state of a step, then give evidence or a reason."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from pawtui.moments import minute_text
from pawtui.review.basis import ChangeFactory
from pawtui.review.evaluation import set_step
from pawtui.review.record_types import STEP_STATES, StepState
from pawtui.review.views import Overview, StepView
from pawtui.tui.choice_list import Choice, ChoiceList
from pawtui.tui.content import MUTED, STRONG, line, spaced
from pawtui.tui.line_list import LineList
from pawtui.tui.screens.dialog import Dialog
from pawtui.tui.screens.state_dialog import StateDialog


class StepDialog(StateDialog):
    """The dialog for one state of an evaluation step."""

    HELP = "Done needs evidence: a pin, one per line. Dropped needs a reason."

    def __init__(self, shown: Overview, step_id: str, state: StepState) -> None:
        super().__init__(shown, f"step:{step_id}", state, shown.step(step_id).entry)
        self._step_id = step_id
        self._state: StepState = state

    @property
    def _view(self) -> StepView:
        return self.shown.step(self._step_id)

    def state(self) -> Content:
        view = self._view
        entry = view.entry
        by = f"{entry.by}, {minute_text(entry.at)}" if entry else ""
        return spaced([line("now", MUTED), line(view.state), line(by, MUTED), line(entry.reason if entry else "")])

    def fields(self) -> ComposeResult:
        yield Static(line(self._view.step.title, STRONG))
        yield Static(self.state(), id="state")
        yield from self.reason_field("Reason" if self._state == "dropped" else "Comment (optional)")
        yield from self.evidence_field("Evidence" if self._state == "done" else "Evidence (optional)")

    def change_with_pins(self, pins: Sequence[str]) -> ChangeFactory:
        tracker, step_id, state, reason = self.app.workspace.tracker, self._step_id, self._state, self.reason()
        return lambda record, actor: set_step(record, tracker, step_id, state, actor, reason=reason, pins=pins)


class StepChoiceDialog(Dialog):
    """A choice of evaluation step and state, which opens its dialog."""

    HELP = "Evaluation steps of this gate. Choose a step and its new state."
    KEYS = (("Enter", "choose"), ("Esc", "cancel"))
    TITLE = "evaluation steps"

    def __init__(self, shown: Overview, step_ids: Sequence[str]) -> None:
        super().__init__()
        self._shown = shown
        self._choices = [(shown.step(step_id), state) for step_id in step_ids for state in STEP_STATES]

    def fields(self) -> ComposeResult:
        yield ChoiceList()

    def on_mount(self) -> None:
        self.query_one(ChoiceList).offer(
            [
                Choice(str(number), line(f"{view.step.id}: {state}"), "now" if state == view.state else view.step.title)
                for number, (view, state) in enumerate(self._choices)
            ]
        )

    @on(LineList.RowOpened)
    def _row_opened(self) -> None:
        self.action_submit()

    def action_submit(self) -> None:
        view, state = self._choices[self.query_one(ChoiceList).cursor]
        self.app.switch_screen(StepDialog(self._shown, view.step.id, state))
