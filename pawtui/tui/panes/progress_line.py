"""The progress of a running refresh on one line."""

from textual import getters
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from pawtui.refresh.progress import Progress
from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import EMPTY, LINK, MUTED, concat, fit, line, trusted
from pawtui.tui.pane_layout import NARROW


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
