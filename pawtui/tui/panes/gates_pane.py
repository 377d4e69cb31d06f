"""The gates: mark, word, title, and what is known about them."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content

from pawtui.report.words import GATE_GLYPH
from pawtui.review.views import GateView, Overview
from pawtui.tui.content import ALERT, GATE_STYLE, MUTED, concat, fit, line, right, spaced
from pawtui.tui.line_list import LineList

_WORD = 10
# What is known of a gate is cut to no less than this many cells.
_LEAST = 16


class GatesPane(LineList[GateView]):
    """The downstream's go/no-go checklist."""

    BORDER_TITLE: ClassVar[str] = "2 Gates"
    HELP = """
    **Gates** are statements about your own project. **Space** goes to the next state; **s** says satisfied (it asks
    for evidence where none stands), **b** blocked (it asks for the reason), **u** untested (it asks before a reason or
    ticks are lost). In the detail **Space** ticks the marked part and **X** takes the marked pin off. While evidence is
    stale, or could not be checked, its gate does not count as satisfied. **Ctrl+Z** undoes everywhere.
    """

    def __init__(self) -> None:
        super().__init__(empty="The tracker names no gates. pawtui validate shows what it holds.", id="gates")

    def show(self, overview: Overview) -> None:
        """Show the gates."""
        self.fill(overview.gates)
        holds = sum(view.holds for view in overview.gates)
        self.border_subtitle = line(f"{holds} of {len(overview.gates)} satisfied")

    def key_of(self, item: GateView) -> str:
        """The gate's id."""
        return item.gate.id

    def summary_of(self, item: GateView) -> str:
        """What `/` looks through."""
        return f"{item.gate.id} {item.gate.title} {item.state} {item.summary}"

    def paint(self, item: GateView, width: int) -> list[Content]:
        """One or two lines, by the row height."""
        style = GATE_STYLE[item.state]
        head = concat(line(GATE_GLYPH[item.state], f"bold {style}"), " ", fit(line(item.state, style), _WORD))
        room = width - _WORD - 4
        title, summary = line(item.gate.title), _summary(item)
        if self.row_height > 1:
            return [concat(head, fit(title, room)), concat(" " * (_WORD + 4), fit(summary, room))]
        aside = summary if width >= 74 else _short(item)
        # The sentence comes first: what is known beside it takes what is left, and is left out rather than torn.
        left = room - title.cell_length - 2
        if aside.cell_length > left and left < _LEAST:
            aside = _short(item) if item.stale or item.unchecked else line("")
            left = aside.cell_length
        side = min(aside.cell_length, left)
        return [concat(head, fit(title, room - side - 2), "  ", right(aside, side))]


def _summary(item: GateView) -> Content:
    satisfied = item.state == "satisfied"
    doubt = concat(_doubt(item), line(": does not count", ALERT)) if satisfied and not item.holds else _doubt(item)
    # Of a satisfied gate in doubt, `said` is that doubt.
    return spaced([doubt, line("" if satisfied and not item.holds else item.summary or _nothing(item), MUTED)])


def _doubt(item: GateView) -> Content:
    """What is wrong with its evidence."""
    if item.stale:
        return line("stale evidence", ALERT)
    return line("evidence could not be checked" if item.unchecked else "", ALERT)


def _nothing(item: GateView) -> str:
    count = len(item.notes)
    return f"{count} note{'' if count == 1 else 's'}" if count else "nobody has looked yet" if not item.entry else ""


def _short(item: GateView) -> Content:
    """The most important thing in a few cells."""
    if item.stale or item.unchecked:
        return line("stale" if item.stale else "not checked", ALERT)
    if item.gate.parts and item.state != "satisfied":
        return line(f"{len(item.entry.parts) if item.entry else 0}/{len(item.gate.parts)}", MUTED)
    return line(item.entry.reason if item.entry else "", MUTED)
