"""The pane of the refreshes, newest first: both commits, upstream changes, decision and signal states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content

from pawtui.refresh.refresh_types import Refresh, RepoSnapshot
from pawtui.report.words import DECISION_WORD, STATE_GLYPH
from pawtui.review.timeline import measurements
from pawtui.review.views import Overview
from pawtui.tui.content import DANGER, DECISION_STYLE, LINK, MUTED, STATE_STYLE, concat, fit, line, right, spaced
from pawtui.tui.line_list import LineList


class HistoryPane(LineList[Refresh]):
    """The list of all refreshes."""

    BORDER_TITLE: ClassVar[str] = "4 History"
    HELP = """
    Every refresh, newest first. "past" marks a date that was measured later. T shows a chart, d compares.
    """

    def __init__(self) -> None:
        super().__init__(
            empty="No refresh recorded. Press r to measure both repositories.",
            id="history",
        )
        self._reviewed: frozenset[str] = frozenset()
        self._ids: tuple[str, ...] = ()

    def show(self, overview: Overview) -> None:
        """Show the refreshes."""
        record = overview.record
        self._reviewed = frozenset(record.reviews)
        self._ids = tuple(view.signal.id for view in overview.signals)
        # A cursor on the newest refresh follows the new one, unless the list has the focus.
        newest = self.cursor == 0 and not self.has_focus
        refreshes = measurements(record)
        self.fill(refreshes[::-1])
        if newest:
            self.cursor = 0
        due = f", next review due {overview.due}" if overview.due else ""
        count = len(refreshes)
        self.border_subtitle = line(f"{count:,} refresh{'' if count == 1 else 'es'}{due}" if count else "none yet")

    def key_of(self, item: Refresh) -> str:
        """Return the id of the refresh."""
        return item.id

    def summary_of(self, item: Refresh) -> str:
        """Return the text that the filter searches."""
        sides = f"{item.upstream.ref} {item.upstream.sha} {item.downstream.ref} {item.downstream.sha}"
        return f"{item.moment:%Y-%m-%d} {sides} {item.decision if item.as_of is None else 'past'}"

    def paint(self, item: Refresh, width: int) -> list[Content]:
        """Return one line with the fields that fit."""
        strip = self._strip(item)
        decision = fit(_decision(item), 5)
        mark = line("closed" if item.id in self._reviewed else "", MUTED)
        tail = concat(decision, "  ", strip)
        if width < 86:
            day = line(f"{item.moment:%Y-%m-%d}", MUTED)
            head = spaced([day, line(item.upstream.sha[:10], LINK), line(item.downstream.sha[:10], LINK)])
        else:
            # On narrow screens the upstream changes are more important than the time.
            day = line(f"{item.moment:%Y-%m-%d %H:%M}" if width >= 104 else f"{item.moment:%Y-%m-%d}", MUTED)
            head = spaced([day, _side(item.upstream, 14), _side(item.downstream, 20)])
            tail = concat(right(mark, 6), "  ", tail)
        rest = width - tail.cell_length - 2
        moved = _longest(_moved(item), rest - head.cell_length - 2)
        return [concat(fit(spaced([head, moved]), rest), "  ", tail)]

    def _strip(self, item: Refresh) -> Content:
        states = {reading.id: reading.state for reading in item.signals}
        marks = [
            line(STATE_GLYPH[states[key]], STATE_STYLE[states[key]]) if key in states else line(" ")
            for key in self._ids
        ]
        return Content(" ").join(marks)


def _decision(item: Refresh) -> Content:
    if item.as_of is not None:
        # The date was measured later, so the gates and verdicts of that day are not known.
        return line("past", MUTED)
    return line(DECISION_WORD[item.decision], DECISION_STYLE[item.decision])


def _side(side: RepoSnapshot, width: int) -> Content:
    return fit(concat(line(side.ref), " ", line(side.sha[:10], LINK)), width)


def _longest(texts: Sequence[Content], width: int) -> Content:
    """Return the first text that fits, else the last one."""
    return next((text for text in texts if text.cell_length <= width), texts[-1])


def _moved(item: Refresh) -> list[Content]:
    """Return the upstream changes as texts of decreasing length."""
    span = item.range.upstream
    if span is None:
        return [line("first refresh", MUTED), line("first", MUTED)]
    if not span.ancestor:
        return [line("rewritten", DANGER)]
    if span.from_ == span.to:
        return [line("not moved", MUTED)]
    commits = f"+{span.commits:,}"
    files = f"{span.files:,}{'+' if span.files_at_least else ''}"
    return [line(f"{commits} commits, {files} files", MUTED), line(f"{commits} commits", MUTED), line(commits, MUTED)]
