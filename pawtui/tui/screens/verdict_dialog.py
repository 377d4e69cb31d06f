"""The dialog for a verdict, which overrides the measured state of a signal: state, reason and end date."""

import datetime as dt
from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from pawtui.moments import minute_text
from pawtui.probes.state import STATES, State
from pawtui.review.basis import ChangeFactory
from pawtui.review.signal_actions import clear_verdict, give_verdict
from pawtui.review.views import Overview, SignalView
from pawtui.tui.choice_list import Choice, ChoiceList
from pawtui.tui.content import ALERT, MUTED, STRONG, editable, line, spaced, state_mark
from pawtui.tui.line_list import LineList
from pawtui.tui.screens.action_dialog import ActionDialog

_MEANINGS: Mapping[State, str] = {
    "met": "true",
    "partial": "partly true",
    "unmet": "not true",
    "unknown": "cannot be decided yet",
}
_CLEAR = Choice("clear", line("- clear"), "remove the verdict; the measured state applies")


class VerdictDialog(ActionDialog):
    """Gives, changes or clears a verdict. `state` is the state under the cursor at first."""

    HELP = """
    Your verdict on the signal. It overrides the measured state until the end date, or until the state or
    the watched code changes.
    """

    def __init__(self, shown: Overview, signal_id: str, state: State | None = None) -> None:
        super().__init__(shown)
        self._signal_id = signal_id
        self.subject = f"signal:{signal_id}"
        verdict = self._view.verdict
        self._state = state or (verdict.state if verdict else "met")
        self._initial_reason = editable(verdict.reason) if verdict else ""
        self.title = f"verdict on {signal_id}"

    @property
    def _view(self) -> SignalView:
        return self.shown.signal(self._signal_id)

    def state(self) -> Content:
        view = self._view
        measured = spaced([line("measured", MUTED), state_mark(view.measured), line(view.summary, MUTED)])
        if view.verdict is None:
            return measured
        by = f"{view.verdict.by}, {minute_text(view.verdict.at)}"
        expired = line(f"needs renewal: {view.renewal}", ALERT) if view.renewal else line("")
        verdict = spaced([line("verdict ", MUTED), state_mark(view.verdict.state), line(by, MUTED), expired])
        return Content("\n").join([measured, verdict])

    def show_state(self) -> None:
        """Show the signal again; the cursor stays on its state."""
        super().show_state()
        self._offer(self._chosen() or self._state)

    def fields(self) -> ComposeResult:
        view = self._view
        yield Static(line(view.signal.title, STRONG))
        yield Static(self.state(), id="state")
        yield ChoiceList()
        yield Label("Reason", classes="label")
        yield TextArea(self._initial_reason, id="reason", classes="few", show_line_numbers=False)
        yield Label("Until (date, such as 2026-12-31)", classes="label")
        yield Input(
            str(view.verdict.until) if view.verdict and view.verdict.until else "",
            id="until",
            placeholder="Empty: until the measured state or its files change",
        )

    def on_mount(self) -> None:
        self._offer(self._state)
        self.query_one(ChoiceList).focus()

    def _offer(self, current: str) -> None:
        choices = [Choice(state, state_mark(state), _MEANINGS[state]) for state in STATES]
        self.query_one(ChoiceList).offer([*choices, _CLEAR] if self._view.verdict else choices, current)

    def _chosen(self) -> str | None:
        return self.query_one(ChoiceList).key

    @on(LineList.RowOpened)
    def _row_opened(self) -> None:
        self.query_one("#reason", TextArea).focus()

    def dirty(self) -> bool:
        return self.query_one("#reason", TextArea).text.strip() != self._initial_reason.strip()

    def change(self) -> ChangeFactory | None:
        tracker, signal_id = self.app.workspace.tracker, self._signal_id
        state = self._chosen() or self._state
        if state == _CLEAR.key:
            return lambda record, actor: clear_verdict(record, tracker, signal_id, actor)
        reason = self.query_one("#reason", TextArea).text
        typed = self.query_one("#until", Input).value.strip()
        try:
            end = dt.date.fromisoformat(typed) if typed else None
        except ValueError:
            self.show_mistake("The end is not a date. Write it as 2026-12-31, or leave it empty.")
            return None
        return lambda record, actor: give_verdict(record, tracker, signal_id, state, actor, reason=reason, until=end)
