"""The pane of the gates: state, title and remark."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content

from pawtui.report.words import GATE_GLYPH, gate_shown
from pawtui.review.views import GateView, Overview
from pawtui.tui.content import ALERT, GATE_STYLE, MUTED, concat, fit, line, right, spaced
from pawtui.tui.line_list import LineList

_WORD = 10
# The minimum width of a remark, in cells.
_LEAST = 16


class GatesPane(LineList[GateView]):
    """The list of the downstream's gates."""

    BORDER_TITLE: ClassVar[str] = "2 Gates"
    HELP = """
    Gates are conditions of your project. Stale or unchecked evidence
    does not count. * marks rows that changed since you read them.
    """

    def __init__(self) -> None:
        super().__init__(empty="No gates in the tracker. Run: pawtui validate", id="gates")

    def show(self, overview: Overview) -> None:
        """Show the gates."""
        self.fill(overview.gates)
        satisfied = sum(view.is_satisfied for view in overview.gates)
        self.caption(f"{satisfied} of {len(overview.gates)} satisfied")

    def key_of(self, item: GateView) -> str:
        """Return the id of the gate."""
        return item.gate.id

    def summary_of(self, item: GateView) -> str:
        """Return the text that the filter searches."""
        return f"{item.gate.id} {item.gate.title} {item.state} {gate_shown(item)} {item.summary}"

    def paint(self, item: GateView, width: int) -> list[Content]:
        """Return one or two lines, by the row height."""
        shown = gate_shown(item)
        style = GATE_STYLE[shown]
        head = concat(line(GATE_GLYPH[shown], f"bold {style}"), " ", fit(line(shown, style), _WORD))
        rest = width - _WORD - 4
        title, summary = line(item.gate.title), _summary(item)
        if self.row_height > 1:
            return [concat(head, fit(title, rest)), concat(" " * (_WORD + 4), fit(summary, rest))]
        remark = summary if width >= 74 else _short(item)
        # The title has priority. A remark that does not fit is omitted.
        left = rest - title.cell_length - 2
        if remark.cell_length > left and (_doubt(item) or left < _LEAST):
            remark = _short(item) if _doubt(item) else line("")
            left = remark.cell_length
        side = min(remark.cell_length, left)
        return [concat(head, fit(title, rest - side - 2), "  ", right(remark, side))]


def _summary(item: GateView) -> Content:
    if item.state == "satisfied" and not item.is_satisfied:
        return line(f"satisfied; evidence {_doubt(item)}: does not count", ALERT)
    doubt = _doubt(item)
    evidence = line(f"evidence {doubt}" if doubt else "", ALERT)
    return spaced([evidence, line(item.summary or _no_reason(item), MUTED)])


def _doubt(item: GateView) -> str:
    """Return the doubt about the evidence of a gate, `unchecked` or the state of a stale pin; empty without doubt."""
    return item.stale[0].state if item.stale else "unchecked" if item.unchecked else ""


def _no_reason(item: GateView) -> str:
    count = len(item.notes)
    return f"{count} note{'' if count == 1 else 's'}" if count else "not reviewed yet" if not item.entry else ""


def _short(item: GateView) -> Content:
    """Return the most important remark in a few cells."""
    if doubt := _doubt(item):
        return line(doubt, ALERT)
    if item.gate.parts and item.state != "satisfied":
        return line(f"{len(item.entry.parts) if item.entry else 0}/{len(item.gate.parts)}", MUTED)
    return line(item.entry.reason if item.entry else "", MUTED)
