"""The signals: state, title, finding, and twelve weeks of commits where they are counted."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual.content import Content

from pawtui.probes.finding import State
from pawtui.refresh.refresh_types import SignalReading
from pawtui.report.reading_facts import churn_facts
from pawtui.report.words import STATE_GLYPH, sparkline
from pawtui.review.views import Overview, SignalView
from pawtui.tui.content import ALERT, LINK, MUTED, STATE_STYLE, concat, fit, line, right, spaced, trusted
from pawtui.tui.line_list import LineList

_WORD = 9
# From this many cells on, title and finding stand side by side.
SIDE_BY_SIDE = 74


class SignalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A signal as listed; `incoming` is what a running refresh has just measured."""

    view: SignalView
    incoming: SignalReading | None = None

    @property
    def state(self) -> State:
        """The state that counts, or the one that has just come in."""
        return self.incoming.state if self.incoming else self.view.effective

    def finding(self) -> Content:
        """What was found, and what restricts it."""
        view = self.view
        if self.incoming:
            summary = next((probe.summary for probe in self.incoming.probes if probe.state == self.incoming.state), "")
            return spaced([line("new reading", ALERT), line(summary, MUTED)])
        marks = []
        if view.renewal:
            marks.append(line("verdict expired", ALERT))
        if view.overridden:
            marks.append(line(f"overrides “{view.measured}”", ALERT))
        if view.stale:
            marks.append(line("stale evidence", ALERT))
        if view.unchecked:
            marks.append(line("unchecked evidence", ALERT))
        return spaced([*marks, line(view.summary, MUTED)])


class SignalsPane(LineList[SignalRow]):
    """The signals of the upstream."""

    BORDER_TITLE: ClassVar[str] = "1 Signals"
    HELP = """
    Signals are conditions of the upstream. Unknown never counts as met.
    v gives your verdict. * marks rows that changed since you read them.
    """

    def __init__(self) -> None:
        super().__init__(empty="No signals in the tracker. Run: pawtui validate", id="signals")

    def show(self, overview: Overview, incoming: dict[str, SignalReading]) -> None:
        """Show the signals, with what a running refresh has measured so far."""
        self.fill([SignalRow(view=view, incoming=incoming.get(view.signal.id)) for view in overview.signals])
        met = sum(view.effective == "met" for view in overview.signals)
        self.caption(f"{met} of {len(overview.signals)} met")

    def key_of(self, item: SignalRow) -> str:
        """The signal's id."""
        return item.view.signal.id

    def summary_of(self, item: SignalRow) -> str:
        """What `/` looks through."""
        return f"{item.view.signal.id} {item.view.signal.title} {item.state} {item.view.summary}"

    def paint(self, item: SignalRow, width: int) -> list[Content]:
        """One or two lines, by the row height."""
        state = item.state
        head = concat(
            line(STATE_GLYPH[state], f"bold {STATE_STYLE[state]}"), " ", fit(line(state, STATE_STYLE[state]), _WORD)
        )
        room = width - _WORD - 2
        title, finding = line(item.view.signal.title), item.finding()
        churn = churn_facts(item.incoming or item.view.reading)
        weeks = trusted(sparkline(churn.weeks), LINK) if churn else line("")
        if self.row_height > 1:
            second = concat(" " * (_WORD + 2), fit(finding, room - weeks.cell_length - 1), " ", weeks)
            return [concat(head, fit(title, room)), second]
        side = _side_width(room, finding.cell_length)
        if width >= SIDE_BY_SIDE and weeks.cell_length:
            summary = concat(fit(finding, side - weeks.cell_length - 1), " ", weeks)
        else:
            summary = right(finding, side)
        return [concat(head, fit(title, room - side - 2), "  ", summary)]


def _side_width(room: int, wanted: int) -> int:
    """How much of a line the finding gets beside the title."""
    return max(min(wanted, room * 2 // 5), room // 3)
