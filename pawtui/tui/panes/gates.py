"""The gates: mark, word, title, and what is known about them."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content

from pawtui.report.words import GATE_GLYPH
from pawtui.review.views import GateView, Overview
from pawtui.tui.lines import LineList
from pawtui.tui.text import ALERT, GATE_STYLE, MUTED, fitted, glued, line, right, spaced

_WORD = 10


class GatesPane(LineList[GateView]):
    """The downstream's go/no-go checklist."""

    BORDER_TITLE: ClassVar[str] = "2 Gates"
    HELP = """
    **Gates** are statements about your own project. **Space** goes to the next state; **s** says satisfied (it asks
    for evidence where there is none), **b** blocked (it asks for the reason), **u** untested. Parts are ticked in the
    detail. While evidence is stale its gate does not count as satisfied.
    Here **u** means untested; **Ctrl+Z** undoes everywhere.
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

    def words_of(self, item: GateView) -> str:
        """What `/` looks through."""
        return f"{item.gate.id} {item.gate.title} {item.state} {item.said}"

    def paint(self, item: GateView, width: int) -> list[Content]:
        """One or two lines, by the row height."""
        style = GATE_STYLE[item.state]
        head = glued(line(GATE_GLYPH[item.state], f"bold {style}"), " ", fitted(line(item.state, style), _WORD))
        room = width - _WORD - 4
        title, said = line(item.gate.title), _said(item)
        if self.row_height > 1:
            return [glued(head, fitted(title, room)), glued(" " * (_WORD + 4), fitted(said, room))]
        aside = said if width >= 74 else _short(item)
        side = min(aside.cell_length, room * 2 // 5)
        return [glued(head, fitted(title, room - side - 1), " ", right(aside, side))]


def _said(item: GateView) -> Content:
    stale = line("stale evidence: does not count", ALERT) if item.state == "satisfied" and not item.holds else line("")
    words = "" if item.stale and item.state == "satisfied" else item.said
    return spaced([stale, line(words or _nothing(item), MUTED)])


def _nothing(item: GateView) -> str:
    count = len(item.notes)
    return f"{count} note{'' if count == 1 else 's'}" if count else "nobody has looked yet" if not item.entry else ""


def _short(item: GateView) -> Content:
    """The most important thing in a few cells."""
    if item.state == "satisfied" and not item.holds:
        return line("stale", ALERT)
    if item.gate.parts and item.state != "satisfied":
        return line(f"{len(item.entry.parts) if item.entry else 0}/{len(item.gate.parts)}", MUTED)
    return line(item.entry.reason if item.entry else "", MUTED)
