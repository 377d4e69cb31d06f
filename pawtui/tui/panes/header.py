"""The two lines at the top: project and decision; both commits and the time of the refresh."""

from textual import getters
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget

from pawtui.phrases import short_sha
from pawtui.refresh.refresh_types import RepoSnapshot
from pawtui.report.words import DECISION_WORD, ago, ref_doubt
from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import (
    ALERT,
    DECISION_STYLE,
    EMPTY,
    LINK,
    MUTED,
    STRONG,
    concat,
    fit,
    line,
    screen_title,
    spaced,
    trusted,
)
from pawtui.tui.pane_layout import NARROW

# A text with less space is omitted, because its beginning alone would say nothing.
_MIN_TEXT_WIDTH = 12  # cells
_SHORT_REF_WIDTH = 9  # cells


class Header(Widget):
    """Two lines that show less on a narrow screen, with the commits that a running refresh has found."""

    app = getters.app(BaseApp)
    incoming_upstream: reactive[RepoSnapshot | None] = reactive(None)
    incoming_downstream: reactive[RepoSnapshot | None] = reactive(None)

    def render(self) -> Content:
        width = self.size.width
        return Content("\n").join([self._first_line(width), self._second_line(width)])

    def _first_line(self, width: int) -> Content:
        workspace, overview = self.app.workspace, self.app.overview
        name = screen_title(workspace.tracker.title)
        signals, gates = overview.met_count, overview.satisfied_count
        badge = trusted(f" {DECISION_WORD[overview.decision]} ", f"bold reverse {DECISION_STYLE[overview.decision]}")
        counts = f"{signals} of {len(overview.signals)} signals, {gates} of {len(overview.gates)} gates"
        if width < NARROW:
            counts = f"{signals}/{len(overview.signals)} signals {gates}/{len(overview.gates)} gates"
        status = concat(badge, "  ", line(counts))
        described = spaced(name, line(workspace.description, ALERT))
        room = width - status.cell_length - 2 - name.cell_length - 2
        return _ends(described if room >= _MIN_TEXT_WIDTH else name, status, width)

    async def on_click(self, event: Click) -> None:
        """Show the reasons for the decision on a left click, unless it ended a text selection."""
        if event.button == 1 and self.text_selection is None:
            await self.run_action("app.show('scope')")

    def _second_line(self, width: int) -> Content:
        last, up, down = self.app.overview.last, self.incoming_upstream, self.incoming_downstream
        if last is not None:
            up, down = up or last.upstream, down or last.downstream
        elif up is None and down is None:
            tracker = self.app.overview.tracker
            repos = f"up {tracker.upstream.repo}, down {tracker.downstream.repo}"
            return _ends(line(repos, MUTED), line("no refresh yet", ALERT), width)
        brief = width < NARROW
        gap = "  " if brief else "     "
        refreshed = self._refreshed(brief)
        # Without enough space the ages of the commits are omitted, then long refs are cut, then the details of the
        # refresh are omitted, before a commit is cut. The detail of the refresh has them.
        variants = (
            (_head("up", up, self._age(up, brief)), _head("down", down, self._age(down, brief))),
            (_head("up", up), _head("down", down)),
            (_head("up", up, ref_width=_SHORT_REF_WIDTH), _head("down", down, ref_width=_SHORT_REF_WIDTH)),
        )
        texts = [spaced(*heads, gap=gap) for heads in variants]
        if texts[-1].cell_length + refreshed.cell_length + 2 > width:
            refreshed = self._refreshed(brief=True)
        space = width - refreshed.cell_length - 2
        heads = next((text for text in texts if text.cell_length <= space), texts[-1])
        return _ends(heads, refreshed, width)

    def _age(self, snapshot: RepoSnapshot | None, brief: bool) -> str:
        age = ago(snapshot.committed_at, self.app.workspace.clock(), brief=brief) if snapshot else ""
        return age.removesuffix(" ago") if brief else age

    def _refreshed(self, brief: bool) -> Content:
        overview, now = self.app.overview, self.app.workspace.clock()
        last = overview.last
        if last is None:
            return EMPTY
        when = ago(last.at, now, brief=brief)
        alert = "Review due" if overview.is_due else ""
        if any(reason.kind == "new-rules" for reason in overview.reasons):
            # A changed tracker holds the decision, also if all counts are complete: it is more important.
            alert = "Tracker changed"
        if brief:
            return spaced(line(alert, ALERT), line(f"refreshed {when}", MUTED))
        # The alert goes away with a refresh.
        alert = f"{alert} (r)" if alert else ""
        remaining = last.requests.remaining
        requests = f"{remaining:,} requests left" if remaining is not None else ""
        parts = [f"refreshed {when}", last.source, requests]
        return spaced(line(alert, ALERT), line(", ".join(part for part in parts if part), MUTED))


def _head(label: str, snapshot: RepoSnapshot | None, age: str = "", *, ref_width: int | None = None) -> Content:
    """Return the ref and commit of a repository, with its doubt or else its age. A ref is cut to `ref_width` cells."""
    if snapshot is None:
        return EMPTY
    doubt = ref_doubt(snapshot)
    remark = line(doubt, ALERT) if doubt else line(age, MUTED)
    sha = line(short_sha(snapshot.sha), LINK)
    ref = line(snapshot.ref, STRONG)
    if ref_width is not None:
        ref = ref.truncate(ref_width, ellipsis=True)
    return spaced(concat(trusted(f"{label} ", MUTED), ref, " @ ", sha), remark, gap=" ")


def _ends(left: Content, right: Content, width: int) -> Content:
    """Return one text at the left edge and one at the right; the left one is truncated or omitted."""
    left_width = width - right.cell_length - 2
    if left_width < _MIN_TEXT_WIDTH:
        return fit(right, width)
    return concat(fit(left, left_width), "  ", right)
