"""A person's verdict over a signal's measurement: state, reason, and until when it stands."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from pawtui.probes.finding import STATES, State
from pawtui.report.words import minute
from pawtui.review.basis import ChangeFactory
from pawtui.review.judgements import clear_verdict, give_verdict
from pawtui.review.views import Overview, SignalView
from pawtui.tui.content import ALERT, MUTED, STRONG, concat, editable, line, spaced, state_mark
from pawtui.tui.line_list import LineList
from pawtui.tui.screens.action_dialog import ActionDialog

_MEANS: dict[str, str] = {
    "met": "holds",
    "partial": "holds in part",
    "unmet": "does not hold",
    "unknown": "cannot be judged yet",
    "clear": "remove the verdict; the measured state applies",
}


class States(LineList[str]):
    """The states a verdict can give."""

    def key_of(self, item: str) -> str:
        """The state."""
        return item

    def paint(self, item: str, width: int) -> list[Content]:
        """The state and what it says."""
        mark = state_mark(item) if item in STATES else line("- clear")
        return [concat(mark, " " * max(1, 12 - mark.cell_length), line(_MEANS[item], MUTED))]


class VerdictDialog(ActionDialog):
    """Gives, changes or clears a verdict."""

    HELP = """
    Your judgement of the signal. It overrides the measured state until the end date, or until the state or
    the watched code changes.
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, shown: Overview, signal_id: str, state: State | None = None) -> None:
        super().__init__(shown)
        self._signal_id = signal_id
        self.subject = f"signal:{signal_id}"
        verdict = self._view.verdict
        self._state = state or (verdict.state if verdict else "met")
        self._was = editable(verdict.reason) if verdict else ""
        self.card_title = f"verdict on {signal_id}"

    @property
    def _view(self) -> SignalView:
        return self.shown.signal(self._signal_id)

    def state(self) -> Content:
        """What was measured, and the verdict over it where there is one."""
        view = self._view
        measured = spaced([line("measured", MUTED), state_mark(view.measured), line(view.summary, MUTED)])
        if view.verdict is None:
            return measured
        by = f"{view.verdict.by}, {minute(view.verdict.at)}"
        expired = line(f"expired: {view.renewal}", ALERT) if view.renewal else line("")
        verdict = spaced([line("verdict ", MUTED), state_mark(view.verdict.state), line(by, MUTED), expired])
        return Content("\n").join([measured, verdict])

    def show_state(self) -> None:
        """Show the signal anew; the state under the cursor stays."""
        super().show_state()
        self._fill(self.query_one(States).current or self._state)

    def fields(self) -> ComposeResult:
        """What was measured, the states, the reason, the end."""
        view = self._view
        yield Static(line(view.signal.title, STRONG))
        yield Static(self.state(), id="state")
        yield States(empty="", id="states")
        yield Label("Reason", classes="label")
        yield TextArea(self._was, id="reason", classes="few", show_line_numbers=False)
        yield Label("Until (date, such as 2026-12-31)", classes="label")
        yield Input(
            str(view.verdict.until) if view.verdict and view.verdict.until else "",
            id="until",
            placeholder="Empty: until the measured state or the code changes",
        )

    def on_mount(self) -> None:
        """The states, with the one that stands under the cursor."""
        self._fill(self._state)
        self.query_one(States).focus()

    def _fill(self, state: str) -> None:
        states = self.query_one(States)
        states.fill([*STATES, "clear"] if self._view.verdict else list(STATES))
        states.styles.height = len(states.items) + 2
        states.go_to(state)

    @on(LineList.Chosen)
    def _chosen(self) -> None:
        self.query_one("#reason", TextArea).focus()

    @on(TextArea.Changed)
    @on(Input.Changed)
    def _typed(self) -> None:
        self.touched()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_submit()

    def dirty(self) -> bool:
        """Whether a reason was typed."""
        return self.query_one("#reason", TextArea).text.strip() != self._was.strip()

    def submit(self) -> ChangeFactory | None:
        """Give the verdict, or take it back."""
        tracker, signal_id = self.app.workspace.tracker, self._signal_id
        state = self.query_one(States).current or self._state
        if state == "clear":
            return lambda record, actor: clear_verdict(record, tracker, signal_id, actor)
        reason = self.query_one("#reason", TextArea).text
        typed = self.query_one("#until", Input).value.strip()
        try:
            end = dt.date.fromisoformat(typed) if typed else None
        except ValueError:
            self.wrong("The end is not a date. Write it as 2026-12-31, or leave it empty.")
            return None
        return lambda record, actor: give_verdict(record, tracker, signal_id, state, actor, reason=reason, until=end)
