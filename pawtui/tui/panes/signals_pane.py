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
    align_right,
    concat,
    ends,
    fit,
    line,
    spaced,
    state_cell,
    trusted,
)
from pawtui.tui.line_list import LineList
from pawtui.tui.pane_layout import WIDTH_WITH_SUMMARY

_STATE_WIDTH = 9  # cells
# The newest weeks only: more columns would leave no space for the summary.
_WEEKS_SHOWN = 12
# A summary with less space after the alerts is omitted, because its beginning alone would say nothing.
_MIN_SUMMARY_WIDTH = 10  # cells


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

    def summary_with_alerts(self, width: int) -> Content:
        """Return the alerts and the result that decides the state; only the alerts if `width` has no space for both."""
        status, alerts = self.status, self.alerts
        if self.incoming:
            text = next((probe.summary for probe in self.incoming.probes if probe.state == self.incoming.state), "")
        else:
            # Under a verdict, "needs a verdict" or another measured summary would contradict the state.
            text = status.verdict.reason if status.overridden and status.verdict else status.summary
        summary = line(text, MUTED)
        room = width - (alerts.cell_length + 2 if alerts.plain else 0)
        return spaced(alerts, summary) if room >= min(summary.cell_length, _MIN_SUMMARY_WIDTH) else alerts

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
        alerts, weeks = item.alerts, item.weeks
        rest = width - state.cell_length
        if self.row_height > 1:
            space = rest - weeks.cell_length
            second = concat(" " * state.cell_length, fit(item.summary_with_alerts(space), space), weeks)
            return [concat(state, fit(title, rest)), second]

        if width < WIDTH_WITH_SUMMARY:
            # Only the alerts have priority over the title.
            space = max(rest - title.cell_length - 2, alerts.cell_length)
            remark = item.summary_with_alerts(space).truncate(space, ellipsis=True)
        else:
            # The remark gets two fifths of the width, or all that no title needs.
            widest = max(line(row.status.title).cell_length for row in (item, *self.items))
            space = max(rest - widest - 2, rest * 2 // 5)
            # The weeks have no priority over an alert, such as stale evidence.
            if weeks.plain and alerts.cell_length <= space - weeks.cell_length:
                space -= weeks.cell_length
                remark = concat(fit(item.summary_with_alerts(space), space), weeks)
            else:
                remark = align_right(item.summary_with_alerts(space), space)
        return [ends(concat(state, title), remark, width)]
