"""The pane of the refreshes, newest first: both commits, upstream changes, decision and signal states."""

from textual.content import Content

from pawtui.moments import day_text, minute_text
from pawtui.phrases import counted, short_sha
from pawtui.refresh.refresh_types import Refresh, RepoSnapshot
from pawtui.report.words import DECISION_WORD, STATE_GLYPH, brief_range_size
from pawtui.review.overview import Overview
from pawtui.review.record_types import Record
from pawtui.tui.content import (
    DANGER,
    DECISION_STYLE,
    EMPTY,
    LINK,
    MUTED,
    ROLE_STYLE,
    concat,
    ends,
    fit,
    line,
    spaced,
    trusted,
)
from pawtui.tui.line_list import LineList

# The smallest width with the refs, the number of files, and the word `closed`, in cells.
_WIDTH_WITH_REFS = 96
_REF_WIDTH = 9  # cells
# The cells before the decision and before the signs, and one for the ellipsis of the changes.
_SPACES = 5


class HistoryPane(LineList[Refresh]):
    """The list of all refreshes, also those of past days."""

    BORDER_TITLE = "4 History"
    HELP = """
    Every refresh, newest first, with the states of the signals as signs.
    "past" marks a date that was measured later. <T:timeline>: chart, <d:diff>: compare.
    """

    def __init__(self) -> None:
        super().__init__(empty="No refresh is recorded. Press <r:refresh> to measure both repositories.", id="history")
        self._record = Record()
        self._signal_ids: tuple[str, ...] = ()

    def show(self, overview: Overview) -> None:
        record = overview.record
        self._record = record
        self._signal_ids = tuple(status.signal.id for status in overview.signals)
        # A cursor on the newest refresh moves to the new one, unless the list has the focus.
        was_newest = self.cursor == 0 and not self.has_focus
        refreshes = record.all_refreshes
        due = f", next review due {overview.due}" if overview.due else ""
        # Past days are counted separately: the walk needs a refresh.
        past = f", {counted(len(record.past), 'past day')}" if record.past else ""
        count = counted(len(record.refreshes), "refresh", "refreshes")
        self.fill(refreshes[::-1], f"{count}{past}{due}" if refreshes else "none yet")
        if was_newest:
            self.cursor = 0

    def key_of(self, item: Refresh) -> str:
        return f"refresh:{item.id}"

    def searched_text(self, item: Refresh) -> str:
        sides = f"{item.upstream.ref} {item.upstream.sha} {item.downstream.ref} {item.downstream.sha}"
        return f"{day_text(item.moment)} {sides} {_decision(self._record, item).plain}"

    def row_lines(self, item: Refresh, width: int) -> list[Content]:
        has_refs = width >= _WIDTH_WITH_REFS
        states_by_id = {reading.id: reading.state for reading in item.signals}
        states = [states_by_id.get(signal_id) for signal_id in self._signal_ids]
        glyphs = [line(STATE_GLYPH[state], ROLE_STYLE[state]) if state else line(" ") for state in states]
        closed = line("closed" if has_refs and item.id in self._record.reviews else "", MUTED)
        decision = spaced(closed, fit(_decision(self._record, item), 5))
        heads = spaced(
            line(minute_text(item.moment), MUTED),
            _head(item.upstream, has_ref=has_refs),
            _head(item.downstream, has_ref=has_refs),
        )
        # Many signs have no spaces between them, or are cut, but never the commits.
        room = width - heads.cell_length - decision.cell_length - _SPACES
        signs = trusted(" ").join(glyphs)
        if signs.cell_length > room:
            signs = concat(*glyphs).truncate(room, ellipsis=True)
        left = spaced(heads, _upstream_changes(item, has_files=has_refs))
        return [ends(left, spaced(decision, signs), width)]


def _decision(record: Record, item: Refresh) -> Content:
    """Return the decision with which the review was closed, else that of the refresh."""
    if item.as_of is not None:
        # The date was measured later, so the gates and verdicts of that day are not known.
        return line("past", MUTED)
    decision = record.decision_at(item)
    return line(DECISION_WORD[decision], DECISION_STYLE[decision])


def _head(snapshot: RepoSnapshot, *, has_ref: bool) -> Content:
    # A long ref is cut, but never the commit.
    ref = fit(line(snapshot.ref), _REF_WIDTH) if has_ref else EMPTY
    return spaced(ref, line(short_sha(snapshot.sha), LINK), gap=" ")


def _upstream_changes(item: Refresh, *, has_files: bool) -> Content:
    upstream = item.range.upstream
    if upstream is None:
        return line("first refresh", MUTED)
    size = brief_range_size(upstream, has_files=has_files)
    return line(size, DANGER if upstream.not_ancestor_reason else MUTED)
