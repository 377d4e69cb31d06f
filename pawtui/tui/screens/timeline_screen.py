"""All signals by week: a chart with one column per week, and the week under the cursor."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from pawtui.phrases import counted
from pawtui.report.document import Document
from pawtui.report.documents.timeline_document import (
    EVENTS_LEGEND,
    LEGEND,
    NO_WEEKS,
    STATES_LEGEND,
    TimelineRow,
    month_names,
    timeline_rows,
    week_document,
)
from pawtui.review.overview import Overview
from pawtui.review.timeline import Week, group_by_week
from pawtui.tui.content import MUTED, ROLE_STYLE, concat, fit, line, trusted
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.subject_screen import SubjectScreen

_LABEL_WIDTH = 18
_CURSOR = "▼"


class TimelineScreen(DocumentScreen, inherit_bindings=False):
    """The chart of all weeks that fit, above the document of the week under the cursor.

    A chart with more rows than fit above the document scrolls.
    """

    CSS_PATH = "timeline_screen.tcss"
    BINDING_GROUP_TITLE = "Timeline"
    HELP = """
    One column per week: signal states, then churn, releases and breaks. <←:timeline.earlier> and <→:timeline.later>
    choose the week. Tab goes to the chart.
    """
    AUTO_FOCUS = "DocumentView"
    # In the order of the footer. Inherited bindings would come before those of this class.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "week(-1)", "Earlier", id="timeline.earlier", tooltip="Previous week"),
        Binding("right,l", "week(1)", "Later", id="timeline.later", tooltip="Next week"),
        Binding("left_square_bracket", "first", "First", id="timeline.first", show=False, tooltip="First week"),
        Binding("right_square_bracket", "last", "Last", id="timeline.last", show=False, tooltip="Newest week"),
        *SubjectScreen.BINDINGS,
        *DocumentScreen.BINDINGS,
        *Screen.BINDINGS,
    ]
    TITLE = "Timeline"

    def __init__(self) -> None:
        super().__init__()
        self._weeks: tuple[Week, ...] = ()
        self._rows: tuple[TimelineRow, ...] = ()
        self._index = -1

    def compose_content(self) -> ComposeResult:
        self.chart = Static(id="chart")
        yield VerticalScroll(self.chart, id="chart-area")
        yield self.document_view

    def show_overview(self, overview: Overview) -> None:
        self._weeks = group_by_week(overview.record)
        self._rows = timeline_rows(overview.tracker, self._weeks)
        if self._index < 0:
            self._index = len(self._weeks) - 1
        self.show()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def remark(self) -> str:
        if not self._weeks:
            return ""
        return f"{self._weeks[0].start} to {self._weeks[-1].start}, {counted(len(self._weeks), 'week')}"

    def show(self) -> None:
        self._draw()
        super().show()

    def document(self) -> Document | None:
        if not self._weeks:
            return None
        return week_document(self._weeks[self._index], self.document_context)

    def action_week(self, by: int) -> None:
        if self._weeks:
            self._index = max(0, min(self._index + by, len(self._weeks) - 1))
            self.show()

    def action_first(self) -> None:
        self.action_week(-len(self._weeks))

    def action_last(self) -> None:
        self.action_week(len(self._weeks))

    def _draw(self) -> None:
        if not self._weeks:
            self.chart.update(line(NO_WEEKS, MUTED))
            return
        # The last cell is the scroll bar.
        width = max(self.size.width - 3, 20)
        # Two cells per week if all weeks fit.
        week_width = 2 if _LABEL_WIDTH + 2 * len(self._weeks) <= width else 1
        shown = (width - _LABEL_WIDTH) // week_width
        first = max(0, min(self._index - shown // 2, len(self._weeks) - shown))
        drawn = [trusted(" " * (_LABEL_WIDTH + (self._index - first) * week_width) + _CURSOR)]
        drawn += [self._row(row, first, first + shown, week_width) for row in self._rows]
        months = month_names(self._weeks[first : first + shown], week_width)
        drawn.append(trusted(f"{' ' * _LABEL_WIDTH}{months}", MUTED))
        legend = (LEGEND,) if len(LEGEND) <= width else (STATES_LEGEND, EVENTS_LEGEND)
        drawn += [line(words, MUTED) for words in legend]
        self.chart.update(Content("\n").join(row.truncate(width, ellipsis=True) for row in drawn))

    def _row(self, row: TimelineRow, first: int, last: int, week_width: int) -> Content:
        cells = []
        for index, cell in enumerate(row.cells[first:last], first):
            style = ROLE_STYLE.get(cell.role, "")
            cell_style = f"{style} reverse".strip() if index == self._index else style
            cells.append(concat(trusted(cell.text, cell_style), " " * (week_width - 1)))
        return concat(fit(line(row.label), _LABEL_WIDTH), *cells)
