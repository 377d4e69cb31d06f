"""The pane of the signals: state, title, summary, and the commits of the last twelve weeks if they are counted."""

from collections.abc import Mapping

import msgspec
from textual.content import Content

from pawtui.probes.state import State
from pawtui.refresh.refresh_types import SignalReading
from pawtui.report.reading_facts import churn_facts
from pawtui.report.spans import state_span
from pawtui.report.words import sparkline
from pawtui.review.overview import Overview
from pawtui.review.subject_status import SignalStatus
from pawtui.tui.content import (
    ALERT,
    EMPTY,
    LINK,
    MUTED,
    line,
    spaced,
    state_cell,
    state_row,
    state_row_of_two_lines,
    trusted,
)
from pawtui.tui.line_list import LineList

_STATE_WIDTH = 9  # cells
# The newest weeks only: more columns would leave no space for the summary.
_WEEKS_SHOWN = 12


class SignalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the list; `incoming` is the new reading of a running refresh."""

    status: SignalStatus
    incoming: SignalReading | None = None

    @property
    def state(self) -> State:
        return self.incoming.state if self.incoming else self.status.effective

    @property
    def alerts(self) -> Content:
        """The alerts that restrict the state, or the progress of a running refresh."""
        status = self.status
        if self.incoming:
            changed = self.incoming.state != status.measured
            return line("state changed", ALERT) if changed else line("measured now")
        applies = {
            "needs renewal": status.renewal_reason,
            "by verdict": status.overridden,
            "stale evidence": status.stale,
            "unchecked evidence": status.unchecked,
        }
        return spaced(*(line(alert, ALERT) for alert in applies if applies[alert]))

    @property
    def summary(self) -> Content:
        """The result that decides the state."""
        status = self.status
        if self.incoming:
            text = next((probe.summary for probe in self.incoming.probes if probe.state == self.incoming.state), "")
        else:
            # Under a verdict, "needs a verdict" or another measured summary would contradict the state.
            text = status.verdict.reason if status.overridden and status.verdict else status.summary
        return line(text, MUTED)

    @property
    def weeks(self) -> Content:
        """The commits of the last weeks as bars; empty if they are not counted."""
        churn = churn_facts(self.incoming or self.status.reading)
        return trusted(f" {sparkline(churn.weeks[-_WEEKS_SHOWN:])}", LINK) if churn else EMPTY


class SignalsPane(LineList[SignalRow]):
    """The list of the upstream's signals."""

    BORDER_TITLE = "1 Signals"
    HELP = """
    Signals are statements about the upstream. Unknown never counts as met.
    <v:signal.verdict> gives your verdict. * marks rows that changed since you read them.
    """

    def __init__(self) -> None:
        super().__init__(empty="No signals in the tracker. Add [[signals]] to its file.", id="signals")
        # The new readings of a running refresh, by the id of the signal.
        self.incoming: Mapping[str, SignalReading] = {}

    def show(self, overview: Overview) -> None:
        rows = [SignalRow(status=status, incoming=self.incoming.get(status.signal.id)) for status in overview.signals]
        self.fill(rows, f"{overview.met_count} of {len(rows)} met")

    def key_of(self, item: SignalRow) -> str:
        return item.status.subject

    def searched_text(self, item: SignalRow) -> str:
        return f"{item.status.signal.id} {item.status.title} {item.state} {item.status.summary}"

    def row_lines(self, item: SignalRow, width: int) -> list[Content]:
        state, title = state_cell(state_span(item.state), _STATE_WIDTH), line(item.status.title)
        if self.row_height > 1:
            # An alert, such as stale evidence, has priority over the weeks.
            has_room = state.cell_length + item.alerts.cell_length + item.weeks.cell_length <= width
            weeks = item.weeks if has_room else EMPTY
            return state_row_of_two_lines(state, title, spaced(item.alerts, item.summary), width, weeks)
        return [state_row(state, title, item.alerts, item.summary, width)]
