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
    align_right,
    concat,
    ends,
    first_that_fits,
    fit,
    line,
    spaced,
    trusted,
)
from pawtui.tui.line_list import LineList

# The smallest widths with the time, with the word `closed`, and with the refs, in cells.
_WIDTH_WITH_TIME = 70
_WIDTH_WITH_CLOSED = 86
_WIDTH_WITH_REFS = 104
# The cells that time, commits, changes and decision need beside the states.
_WIDTH_BESIDE_STATES = 50
_REF_WIDTH = 9  # cells


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
        count = counted(len(refreshes), "refresh", "refreshes")
        self.fill(refreshes[::-1], f"{count}{due}" if refreshes else "none yet")
        if was_newest:
            self.cursor = 0

    def key_of(self, item: Refresh) -> str:
        return f"refresh:{item.id}"

    def searched_text(self, item: Refresh) -> str:
        sides = f"{item.upstream.ref} {item.upstream.sha} {item.downstream.ref} {item.downstream.sha}"
        return f"{day_text(item.moment)} {sides} {_decision(self._record, item).plain}"

    def row_lines(self, item: Refresh, width: int) -> list[Content]:
        # The time is more important than the refs: two refreshes of one day differ in it.
        day = line(minute_text(item.moment) if width >= _WIDTH_WITH_TIME else day_text(item.moment), MUTED)
        with_ref = width >= _WIDTH_WITH_REFS
        upstream, downstream = _head(item.upstream, with_ref=with_ref), _head(item.downstream, with_ref=with_ref)

        states_by_id = {reading.id: reading.state for reading in item.signals}
        states = [states_by_id.get(signal_id) for signal_id in self._signal_ids]
        glyphs = [line(STATE_GLYPH[state], ROLE_STYLE[state]) if state else line(" ") for state in states]
        # The states of many signals leave no space for time and commit: they are shown without spaces.
        is_tight = width - 2 * len(glyphs) < _WIDTH_BESIDE_STATES
        shown_states = trusted("" if is_tight else " ").join(glyphs)
        right = concat(fit(_decision(self._record, item), 5), "  ", shown_states)
        if width >= _WIDTH_WITH_CLOSED:
            closed = line("closed" if item.id in self._record.reviews else "", MUTED)
            right = concat(align_right(closed, 6), "  ", right)

        rest = width - right.cell_length - 2
        changes_by_length = _upstream_changes(item)
        lefts = [spaced(day, upstream, downstream), spaced(day, upstream), day]
        left = first_that_fits(lefts, rest - changes_by_length[-1].cell_length - 2)
        changes = first_that_fits([*changes_by_length, EMPTY], rest - left.cell_length - 2)
        return [ends(spaced(left, changes), right, width)]


def _decision(record: Record, item: Refresh) -> Content:
    """Return the decision with which the review was closed, else that of the refresh."""
    if item.as_of is not None:
        # The date was measured later, so the gates and verdicts of that day are not known.
        return line("past", MUTED)
    decision = record.decision_at(item)
    return line(DECISION_WORD[decision], DECISION_STYLE[decision])


def _head(snapshot: RepoSnapshot, *, with_ref: bool) -> Content:
    # A long ref is cut, but never the commit.
    ref = fit(line(snapshot.ref), _REF_WIDTH) if with_ref else EMPTY
    return spaced(ref, line(short_sha(snapshot.sha), LINK), gap=" ")


def _upstream_changes(item: Refresh) -> list[Content]:
    """Return the upstream changes as texts of decreasing length."""
    upstream = item.range.upstream
    if upstream is None:
        return [line("first refresh", MUTED), line("first", MUTED)]
    if reason := upstream.not_ancestor_reason:
        return [line(reason, DANGER), line(reason.removeprefix("branch "), DANGER)]
    texts = [brief_range_size(upstream)]
    if upstream.from_ != upstream.to:
        texts += [f"+{counted(upstream.commits, 'commit')}", f"+{upstream.commits:,}"]
    return [line(text, MUTED) for text in texts]
