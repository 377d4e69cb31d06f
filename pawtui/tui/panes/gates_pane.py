"""The pane of the gates: state, title and remark."""

from textual.content import Content

from pawtui.phrases import counted
from pawtui.report.documents.document_parts import gate_span
from pawtui.review.overview import Overview
from pawtui.review.subject_status import GateStatus
from pawtui.tui.content import ALERT, EMPTY, MUTED, concat, ends, fit, line, spaced, state_cell
from pawtui.tui.line_list import LineList

# Widths in cells.
_STATE_WIDTH = 11
_MIN_REMARK_WIDTH = 16


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
        state = state_cell(gate_span(item), _STATE_WIDTH)
        rest = width - state.cell_length
        title, summary = line(item.title), _summary(item)
        if self.row_height > 1:
            return [concat(state, fit(title, rest)), concat(" " * state.cell_length, fit(summary, rest))]
        space = rest - title.cell_length - 2
        remark = summary if summary.cell_length <= space else _short_remark(item)
        if not item.evidence_state and remark.cell_length > space:
            # The title has priority, except over the state of the evidence, which is always shown.
            remark = fit(remark, space) if space >= _MIN_REMARK_WIDTH else EMPTY
        return [ends(concat(state, title), remark, width)]


def _summary(item: GateStatus) -> Content:
    evidence = item.evidence_state
    if item.state == "satisfied" and not item.counts_as_satisfied:
        return line(f"evidence {evidence}: does not count as satisfied", ALERT)
    summary = item.summary
    if not summary and item.notes:
        summary = counted(len(item.notes), "note")
    elif not summary and item.entry is None:
        summary = "not set yet"
    return spaced(line(f"evidence {evidence}" if evidence else "", ALERT), line(summary, MUTED))


def _short_remark(item: GateStatus) -> Content:
    """Return the most important remark in a few cells."""
    if evidence := item.evidence_state:
        return line(evidence, ALERT)
    if item.gate.parts and item.state != "satisfied":
        return line(f"{len(item.ticked_parts)}/{len(item.gate.parts)}", MUTED)
    return line(item.entry.reason if item.entry else "", MUTED)
