"""Messages that stay until they are dismissed, and the progress of a refresh."""

from textual.content import Content
from textual.notifications import SeverityLevel
from textual.reactive import reactive
from textual.widget import Widget

from pawtui.refresh.progress import Progress
from pawtui.tui.content import ALERT, DANGER, EMPTY, LINK, MUTED, concat, fit, line, trusted, wrapped
from pawtui.tui.pane_layout import NARROW

_MARK: dict[str, tuple[str, str]] = {"error": ("x", DANGER), "warning": ("!", ALERT), "information": ("i", LINK)}
_MAX_MESSAGES = 3
_DISMISS = trusted("  Esc dismisses", MUTED)


class Banner(Widget):
    """Messages, newest first; Escape dismisses the newest."""

    messages: reactive[tuple[tuple[str, SeverityLevel], ...]] = reactive((), layout=True)

    def watch_messages(self) -> None:
        self.display = bool(self.messages)

    def add(self, sentence: str, severity: SeverityLevel) -> None:
        """Add a message. A message that is already shown moves to the top."""
        self.remove_message(sentence)
        self.messages = ((sentence, severity), *self.messages)[:_MAX_MESSAGES]

    def dismiss(self) -> bool:
        """Dismiss the newest message; return False if there is none."""
        had_message = bool(self.messages)
        self.messages = self.messages[1:]
        return had_message

    def remove_message(self, sentence: str) -> None:
        self.messages = tuple(message for message in self.messages if message[0] != sentence)

    def render(self) -> Content:
        """Return each message, wrapped, after its mark; the newest with the key that dismisses it."""
        return Content("\n").join(self._rows(self.size.width))

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._rows(width))

    def _rows(self, width: int) -> list[Content]:
        rows: list[Content] = []
        for number, (sentence, severity) in enumerate(self.messages):
            mark, style = _MARK[severity]
            wrapped_rows = wrapped(concat(trusted(f"{mark} ", f"bold {style}"), line(sentence)), width, hang=2)
            if number == 0:
                # The key and its effect stay on one line.
                last = concat(wrapped_rows[-1], _DISMISS)
                wrapped_rows[-1:] = [last] if last.cell_length <= width else [wrapped_rows[-1], _DISMISS]
            rows += wrapped_rows
        return rows


class ProgressLine(Widget):
    """The progress of a running refresh: a bar, the last result or the awaited host, and the number of requests."""

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
        right = line(f"{progress.sent} requests, Esc cancels" if shows_sent else "Esc cancels", MUTED)
        rest = width - left.cell_length - right.cell_length - 2
        return concat(left, fit(line(progress.text), rest), "  ", right)
