"""The gates: state, title, and a remark."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content

from pawtui.report.words import GATE_GLYPH, gate_shown
from pawtui.review.views import GateView, Overview
from pawtui.tui.content import ALERT, GATE_STYLE, MUTED, concat, fit, line, right, spaced
from pawtui.tui.line_list import LineList

_WORD = 10
# A remark is cut to no less than this many cells.
_LEAST = 16


class GatesPane(LineList[GateView]):
    """The gates of the downstream."""

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
        """The gate's id."""
        return item.gate.id

    def summary_of(self, item: GateView) -> str:
        """What `/` looks through."""
        return f"{item.gate.id} {item.gate.title} {item.state} {gate_shown(item)} {item.summary}"

    def paint(self, item: GateView, width: int) -> list[Content]:
        """One or two lines, by the row height."""
        shown = gate_shown(item)
        style = GATE_STYLE[shown]
        head = concat(line(GATE_GLYPH[shown], f"bold {style}"), " ", fit(line(shown, style), _WORD))
        room = width - _WORD - 4
        title, summary = line(item.gate.title), _summary(item)
        if self.row_height > 1:
            return [concat(head, fit(title, room)), concat(" " * (_WORD + 4), fit(summary, room))]
        aside = summary if width >= 74 else _short(item)
        # The title comes first: the remark gets what room is left, and is left out rather than cut short.
        left = room - title.cell_length - 2
        if aside.cell_length > left and (_found(item) or left < _LEAST):
            aside = _short(item) if _found(item) else line("")
            left = aside.cell_length
        side = min(aside.cell_length, left)
        return [concat(head, fit(title, room - side - 2), "  ", right(aside, side))]


def _summary(item: GateView) -> Content:
    if item.state == "satisfied" and not item.is_satisfied:
        return line(f"satisfied; evidence {_found(item)}: does not count", ALERT)
    found = _found(item)
    doubt = line(f"evidence {found}" if found else "", ALERT)
    return spaced([doubt, line(item.summary or _nothing(item), MUTED)])


def _found(item: GateView) -> str:
    """What the last refresh found about its evidence, where that is a doubt."""
    return item.stale[0].state if item.stale else "unchecked" if item.unchecked else ""


def _nothing(item: GateView) -> str:
    count = len(item.notes)
    return f"{count} note{'' if count == 1 else 's'}" if count else "not reviewed yet" if not item.entry else ""


def _short(item: GateView) -> Content:
    """The most important thing in a few cells."""
    if found := _found(item):
        return line(found, ALERT)
    if item.gate.parts and item.state != "satisfied":
        return line(f"{len(item.entry.parts) if item.entry else 0}/{len(item.gate.parts)}", MUTED)
    return line(item.entry.reason if item.entry else "", MUTED)
