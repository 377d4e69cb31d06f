"""The top of the main screen: project and decision, both commits, and the progress of a running refresh."""

from textual import getters
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from pawtui.phrases import short_sha
from pawtui.refresh.progress import Progress
from pawtui.refresh.refresh_types import RepoSnapshot
from pawtui.report.words import DECISION_WORD, ago
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
    fit,
    line,
    screen_title,
    spaced,
    trusted,
)

# Widths in cells.
_MAX_REF_WIDTH = 9
_BAR_WIDTH = 12


class Header(Widget):
    """Two lines, with the commits that a running refresh has found."""

    app = getters.app(BaseApp)
    incoming_upstream: reactive[RepoSnapshot | None] = reactive(None)
    incoming_downstream: reactive[RepoSnapshot | None] = reactive(None)

    def render(self) -> Content:
        width = self.size.width
        return Content("\n").join([self._first_line(width), self._second_line(width)])

    def _first_line(self, width: int) -> Content:
        workspace, overview = self.app.workspace, self.app.overview
        badge = trusted(f" {DECISION_WORD[overview.decision]} ", f"bold reverse {DECISION_STYLE[overview.decision]}")
        signals = f"{overview.met_count}/{len(overview.signals)} signals"
        gates = f"{overview.satisfied_count}/{len(overview.gates)} gates"
        title, decision = screen_title(workspace.tracker.title), spaced(badge, line(f"{signals}, {gates}"))
        described = spaced(title, line(workspace.description, ALERT))
        # The name of the tracker file is useless if it is cut.
        fits = described.cell_length + 2 + decision.cell_length <= width
        return ends(described if fits else title, decision, width)

    def _second_line(self, width: int) -> Content:
        last, up, down = self.app.overview.last, self.incoming_upstream, self.incoming_downstream
        if last is not None:
            up, down = up or last.upstream, down or last.downstream
        elif up is None and down is None:
            tracker = self.app.overview.tracker
            repos = f"up {tracker.upstream.repo}, down {tracker.downstream.repo}"
            return ends(line(repos, MUTED), line("no refresh yet", ALERT), width)
        heads = spaced(self._head("up", up), self._head("down", down))
        doubts = [line(snapshot.doubt, ALERT) for snapshot in (up, down) if snapshot is not None and snapshot.doubt]
        if doubts:
            # The detail of the refresh has the words that are cut.
            return fit(spaced(heads, *doubts), width)
        return ends(heads, self._status(width - heads.cell_length - 2), width)

    def _head(self, label: str, snapshot: RepoSnapshot | None) -> Content:
        if snapshot is None:
            return EMPTY
        # A long ref is cut, but never the commit.
        ref = line(snapshot.ref, STRONG).truncate(_MAX_REF_WIDTH, ellipsis=True)
        age = ago(snapshot.committed_at, self.app.workspace.clock(), brief=True).removesuffix(" ago")
        head = concat(trusted(f"{label} ", MUTED), ref, " @ ", line(short_sha(snapshot.sha), LINK))
        return spaced(head, line("?", ALERT) if snapshot.doubt else line(age, MUTED), gap=" ")

    def _status(self, room: int) -> Content:
        """Return an alert and the last refresh. In less room, the age of the refresh, or only the alert."""
        overview = self.app.overview
        last = overview.last
        if last is None:
            return EMPTY
        if any(reason.kind == "new-rules" for reason in overview.reasons):
            # A changed tracker holds the decision, also if all counts are complete: it is more important.
            alert = "Tracker changed"
        else:
            alert = "Review due" if overview.is_due else ""
        # A refresh removes the alert.
        shown_alert = line(self.app.with_keys(f"{alert} (<r:refresh>)") if alert else "", ALERT)
        remaining = last.requests.remaining
        requests = f"{remaining:,} requests left" if remaining is not None else ""
        refreshed = f"refreshed {ago(last.at, self.app.workspace.clock(), brief=True)}"
        details = ", ".join(filter(None, (refreshed, last.source, requests)))
        longer = (spaced(shown_alert, line(text, MUTED)) for text in (details, refreshed))
        return next((status for status in longer if status.cell_length <= room), shown_alert)


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
        filled = round(_BAR_WIDTH * min(1.0, progress.done / progress.total)) if progress.total else 0
        bar = concat(line("█" * filled, LINK), line("░" * (_BAR_WIDTH - filled), MUTED))
        count = line(f"{progress.done} of {progress.total}" if progress.total else "starting", "bold")
        left = concat(trusted("refreshing ", LINK), bar, " ", count, "  ", line(progress.text))
        # A narrow screen has no space for both the awaited host and the number of requests.
        requests = f"{progress.sent} requests, " if progress.sent and progress.waiting is None else ""
        return ends(left, line(requests + self.app.with_keys("<Esc:back> cancels"), MUTED), width)
