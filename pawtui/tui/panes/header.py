"""The two lines at the top: project and decision; both commits and the time of the refresh."""

import datetime as dt

from textual.content import Content
from textual.widget import Widget

from pawtui.refresh.refresh_types import RepoSnapshot
from pawtui.report.words import DECISION_WORD, ago, ref_doubt, short_sha
from pawtui.review.views import Overview
from pawtui.tui.content import ALERT, DECISION_STYLE, EMPTY, LINK, MUTED, STRONG, concat, fit, line, spaced, trusted
from pawtui.tui.pane_layout import NARROW


class Header(Widget):
    """Two lines that show less on a narrow screen. `title` is the tracker's, and `description` the workspace's."""

    def __init__(self, title: str, description: str) -> None:
        super().__init__(id="header")
        self._title = title
        self._description = description
        self._overview: Overview
        self._now: dt.datetime
        self._incoming: tuple[RepoSnapshot | None, RepoSnapshot | None]

    def show(
        self, overview: Overview, *, now: dt.datetime, incoming: tuple[RepoSnapshot | None, RepoSnapshot | None]
    ) -> None:
        """Show the overview; `incoming` are the commits of a running refresh."""
        self._overview, self._now, self._incoming = overview, now, incoming
        self.refresh()

    def render(self) -> Content:
        width = self.size.width
        return Content("\n").join([self._first_line(width), self._second_line(width)])

    def _first_line(self, width: int) -> Content:
        name = concat(line("pawtui", f"bold {LINK}"), "  ", line(self._title, STRONG))
        if self._description:
            name = concat(name, "  ", line(self._description, ALERT))
        overview = self._overview
        signals = sum(view.effective == "met" for view in overview.signals)
        gates = sum(view.counts_as_satisfied for view in overview.gates)
        badge = trusted(f" {DECISION_WORD[overview.decision]} ", f"bold reverse {DECISION_STYLE[overview.decision]}")
        counts = f"{signals} of {len(overview.signals)} signals, {gates} of {len(overview.gates)} gates"
        if width < NARROW:
            counts = f"{signals}/{len(overview.signals)} signals {gates}/{len(overview.gates)} gates"
        return _ends(name, concat(badge, "  ", line(counts)), width)

    def _second_line(self, width: int) -> Content:
        last = self._overview.last
        up = self._incoming[0] or (last.upstream if last else None)
        down = self._incoming[1] or (last.downstream if last else None)
        if up is None and down is None:
            tracker = self._overview.tracker
            repos = f"up {tracker.upstream.repo}, down {tracker.downstream.repo}"
            return _ends(line(repos, MUTED), line("no refresh yet", ALERT), width)
        brief = width < NARROW
        gap = 2 if brief else 5
        refreshed = self._refreshed(brief)
        heads = spaced(_head("up", up, self._age(up, brief)), _head("down", down, self._age(down, brief)), gap=gap)
        if heads.cell_length + refreshed.cell_length + 2 > width:
            # Without enough space the ages of the commits are omitted. The page of the refresh has them.
            heads = spaced(_head("up", up), _head("down", down), gap=gap)
        return _ends(heads, refreshed, width)

    def _age(self, snapshot: RepoSnapshot | None, brief: bool) -> str:
        age = ago(snapshot.committed_at, self._now, brief=brief) if snapshot else ""
        return age.removesuffix(" ago") if brief else age

    def _refreshed(self, brief: bool) -> Content:
        overview = self._overview
        last = overview.last
        if last is None:
            return EMPTY
        when = ago(last.at, self._now, brief=brief)
        is_due = overview.due is not None and overview.due <= self._now.date()
        # A changed tracker holds the decision, also if all counts are complete: it comes before the review.
        has_new_rules = any(reason.kind == "new-rules" for reason in overview.reasons)
        due = line("Tracker changed" if has_new_rules else "Review due" if is_due else "", ALERT)
        if brief:
            return spaced(due, line(f"refreshed {when}", MUTED))
        remaining = last.requests.remaining
        requests = f"{remaining:,} requests left" if remaining is not None else ""
        parts = [f"refreshed {when}", last.source, requests]
        return spaced(due, line(", ".join(part for part in parts if part), MUTED))


def _head(label: str, snapshot: RepoSnapshot | None, age: str = "") -> Content:
    """Return the ref and commit of a repository, with its doubt or else its age."""
    if snapshot is None:
        return EMPTY
    doubt = ref_doubt(snapshot)
    remark = line(doubt, ALERT) if doubt else line(age, MUTED)
    sha = line(short_sha(snapshot.sha), LINK)
    return spaced(concat(trusted(f"{label} ", MUTED), line(snapshot.ref, STRONG), " @ ", sha), remark, gap=1)


def _ends(left: Content, right: Content, width: int) -> Content:
    """Return one text at the left edge and one at the right; the left one is truncated."""
    left_width = width - right.cell_length - 2
    if left_width < 12:
        return fit(right, width)
    return concat(fit(left, left_width), "  ", right)
