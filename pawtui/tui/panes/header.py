"""The top of the main screen: project and decision, both commits, and the progress of a running refresh."""

from textual import getters
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget

from pawtui.phrases import short_sha
from pawtui.refresh.progress import Progress
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
    ends,
    first_that_fits,
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
        return ends(described if room >= _MIN_TEXT_WIDTH else name, status, width)

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
            return ends(line(repos, MUTED), line("no refresh yet", ALERT), width)
        narrow = width < NARROW
        sides = zip(self._heads("up", up, narrow), self._heads("down", down, narrow), strict=True)
        texts = [spaced(*heads, gap="  " if narrow else "     ") for heads in sides]
        # The words of a doubt are more important than the details of the refresh, but no commit is cut for them.
        status = first_that_fits(self._statuses(narrow), width - texts[1].cell_length - 2)
        return ends(first_that_fits(texts, width - status.cell_length - 2), status, width)

    def _heads(self, label: str, snapshot: RepoSnapshot | None, narrow: bool) -> list[Content]:
        """Return ref, commit and age or doubt of a repository, as texts of decreasing length. No text cuts the commit.

        The detail of the refresh has what is omitted.
        """
        if snapshot is None:
            return [EMPTY] * 3
        age = ago(snapshot.committed_at, self.app.workspace.clock(), brief=narrow)
        shown_age = line(age.removesuffix(" ago") if narrow else age, MUTED)
        doubt = line(ref_doubt(snapshot), ALERT)
        ref, commit = line(snapshot.ref, STRONG), concat(" @ ", line(short_sha(snapshot.sha), LINK))
        name, short_ref = trusted(f"{label} ", MUTED), ref.truncate(_SHORT_REF_WIDTH, ellipsis=True)
        return [
            spaced(concat(name, ref, commit), doubt if doubt.plain else shown_age, gap=" "),
            spaced(concat(name, short_ref, commit), doubt, gap=" "),
            spaced(concat(name, short_ref, commit), line("?" if doubt.plain else "", ALERT), gap=" "),
        ]

    def _statuses(self, narrow: bool) -> list[Content]:
        """Return the age of the last refresh, and an alert, as texts of decreasing length."""
        overview, now = self.app.overview, self.app.workspace.clock()
        last = overview.last
        if last is None:
            return [EMPTY]
        alert = "Review due" if overview.is_due else ""
        if any(reason.kind == "new-rules" for reason in overview.reasons):
            # A changed tracker holds the decision, also if all counts are complete: it is more important.
            alert = "Tracker changed"
        brief = line(f"refreshed {ago(last.at, now, brief=True)}", MUTED)
        short = [spaced(line(alert, ALERT), brief), line(alert, ALERT) if alert else brief]
        if narrow:
            return short
        remaining = last.requests.remaining
        requests = f"{remaining:,} requests left" if remaining is not None else ""
        parts = [f"refreshed {ago(last.at, now)}", last.source, requests]
        details = line(", ".join(part for part in parts if part), MUTED)
        # The alert goes away with a refresh.
        return [spaced(line(self.app.with_keys(f"{alert} (<r:refresh>)") if alert else "", ALERT), details), *short]


class ProgressLine(Widget):
    """A bar, the last result or the awaited host, and the number of requests."""

    app = getters.app(BaseApp)

    progress: reactive[Progress | None] = reactive(None)

    def watch_progress(self) -> None:
        self.display = self.progress is not None

    def render(self) -> Content:
        progress, width = self.progress, self.size.width
        if progress is None:
            return EMPTY
        cells = 20 if width >= NARROW else 10
        filled = round(cells * min(1.0, progress.done / progress.total)) if progress.total else 0
        bar = concat(line("█" * filled, LINK), line("░" * (cells - filled), MUTED))
        count = line(f"{progress.done} of {progress.total}" if progress.total else "starting", "bold")
        left = concat(trusted("refreshing ", LINK), bar, " ", count, "  ")
        # A narrow screen has no space for both the host and the number of requests.
        is_waiting = progress.waiting is not None and progress.text == progress.waiting.text
        shows_sent = progress.sent and (width >= NARROW or not is_waiting)
        cancel = self.app.with_keys("<Esc:back> cancels")
        right = line(f"{progress.sent} requests, {cancel}" if shows_sent else cancel, MUTED)
        rest = width - left.cell_length - right.cell_length - 2
        return concat(left, fit(line(progress.text), rest), "  ", right)
