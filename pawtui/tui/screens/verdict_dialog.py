"""The dialog for a verdict, which overrides the measured state of a signal: state, reason and end date."""

import datetime as dt
from collections.abc import Mapping

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from pawtui.probes.state import STATES, State
from pawtui.report.spans import signature
from pawtui.review.actions import ActionError, ChangeFactory
from pawtui.review.overview import Overview
from pawtui.review.subject_status import SignalStatus
from pawtui.review.verdict_actions import clear_verdict, give_verdict
from pawtui.sources.sanitize import safe_text
from pawtui.tui.choice_list import Choice, ChoiceList
from pawtui.tui.content import ALERT, EMPTY, MUTED, STRONG, line, shown_text, spaced, state_mark
from pawtui.tui.screens.action_dialog import ActionDialog
from pawtui.tui.screens.dialog import labelled
from pawtui.tui.text_fields import TextField

_MEANINGS: Mapping[State, str] = {
    "met": "true",
    "partial": "partly true",
    "unmet": "not true",
    "unknown": "cannot be decided yet",
}
_CLEAR = Choice("clear", line("- clear"), "remove the verdict; the measured state applies")


class VerdictDialog(ActionDialog):
    """The dialog that gives, changes or clears a verdict.

    `state` is the state under the cursor at first; None for that of the current verdict, or else `met`.
    """

    HELP = """
    Your verdict on the signal. It overrides the measured state until it expires, or until the measured state
    or its files change.
    """

    def __init__(self, shown: Overview, signal_id: str, state: State | None) -> None:
        super().__init__(shown, f"signal:{signal_id}")
        self._signal_id = signal_id
        self._first_state = state
        self.title = f"Verdict on {signal_id}"

    @property
    def _status(self) -> SignalStatus:
        return self.shown.signal(self._signal_id)

    def heading(self) -> Content:
        return line(self._status.title, STRONG)

    def current_state(self) -> Content:
        status = self._status
        measured = spaced(line("measured", MUTED), state_mark(status.measured), line(status.summary, MUTED))
        if (verdict := status.verdict) is None:
            return measured
        by = shown_text(signature(verdict.by, verdict.at))
        renewal = line(f"needs renewal: {status.renewal_reason}", ALERT) if status.renewal_reason else EMPTY
        given = spaced(line("verdict ", MUTED), state_mark(verdict.state), by, renewal)
        return Content("\n").join([measured, given])

    def show_state(self) -> None:
        """Show the signal again; the cursor stays on its choice."""
        super().show_state()
        choices = self.query_one(ChoiceList)
        choices.offer(self._choices(), choices.chosen)

    def inputs(self) -> ComposeResult:
        verdict = self._status.verdict
        state = self._first_state or (verdict.state if verdict else "met")
        reason = safe_text(verdict.reason) if verdict else ""
        until = str(verdict.until) if verdict and verdict.until else ""
        placeholder = "Empty: until the measured state or its files change"
        yield ChoiceList(self._choices(), state)
        yield from labelled("Reason", TextField(reason, id="reason", classes="few-lines"))
        yield from labelled("Expires on (date, such as 2026-12-31)", Input(until, id="until", placeholder=placeholder))

    def _choices(self) -> list[Choice]:
        choices = [Choice(state, state_mark(state), _MEANINGS[state]) for state in STATES]
        return [*choices, _CLEAR] if self._status.verdict else choices

    def prepare_change(self) -> ChangeFactory:
        state = self.query_one(ChoiceList).chosen
        if state == _CLEAR.key:
            return lambda context: clear_verdict(context, self._signal_id)
        reason, until = self.typed["reason"], self.typed["until"].strip()
        try:
            end = dt.date.fromisoformat(until) if until else None
        except ValueError:
            raise ActionError("The date is not valid. Write it as 2026-12-31, or leave it empty.") from None
        return lambda context: give_verdict(context, self._signal_id, state, reason=reason, until=end)
