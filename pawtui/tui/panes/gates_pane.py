"""The pane of the gates: state, title and remark."""

from textual.content import Content

from pawtui.report.documents.document_parts import gate_span
from pawtui.review.overview import Overview
from pawtui.review.subject_status import GateStatus
from pawtui.tui.content import ALERT, MUTED, line, spaced, state_cell, state_row, state_row_of_two_lines
from pawtui.tui.line_list import LineList

_STATE_WIDTH = 11  # cells


class GatesPane(LineList[GateStatus]):
    """The list of the downstream's gates."""

    BORDER_TITLE = "2 Gates"
    HELP = """
    Gates are statements about your project. Stale or unchecked evidence
    does not count. * marks rows that changed since you read them.
    """

    def __init__(self) -> None:
        super().__init__(empty="No gates in the tracker. Add [[gates]] to its file.", id="gates")

    def show(self, overview: Overview) -> None:
        self.fill(overview.gates, f"{overview.satisfied_count} of {len(overview.gates)} satisfied")

    def key_of(self, item: GateStatus) -> str:
        return item.subject

    def searched_text(self, item: GateStatus) -> str:
        return f"{item.gate.id} {item.title} {item.state} {gate_span(item).text} {item.summary}"

    def row_lines(self, item: GateStatus, width: int) -> list[Content]:
        state, title = state_cell(gate_span(item), _STATE_WIDTH), line(item.title)
        alert = line(item.evidence_problem, ALERT)
        summary = line("" if item.summary == item.evidence_problem else item.summary, MUTED)
        if self.row_height > 1:
            return state_row_of_two_lines(state, title, spaced(alert, summary), width)
        return [state_row(state, title, alert, summary, width)]
