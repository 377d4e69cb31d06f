"""Messages that stay until they are dismissed, and the progress of a refresh."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from pawtui.refresh.progress import Progress
from pawtui.tui.content import ALERT, DANGER, LINK, MUTED, concat, fit, line, right, trusted, wrapped
from pawtui.tui.messages import Severity

_MARK: dict[Severity, tuple[str, str]] = {"error": ("x", DANGER), "warning": ("!", ALERT), "information": ("i", LINK)}


class Banner(Widget):
    """Messages, newest first; Escape dismisses the newest."""

    def __init__(self) -> None:
        super().__init__(id="banner")
        self._summary: list[tuple[str, Severity]] = []
        self.display = False

    def say(self, sentence: str, severity: Severity) -> None:
        """Add a message; one that is shown already moves to the top."""
        self._summary = [(sentence, severity), *(one for one in self._summary if one[0] != sentence)][:3]
        self._changed()

    def dismiss(self) -> bool:
        """Dismiss the newest message; return False where there is none."""
        if not self._summary:
            return False
        self._summary = self._summary[1:]
        self._changed()
        return True

    def withdraw(self, sentence: str) -> None:
        """Remove a message that no longer holds, if it is still shown."""
        self._summary = [one for one in self._summary if one[0] != sentence]
        self._changed()

    def _changed(self) -> None:
        self.display = bool(self._summary)
        self.refresh(layout=True)

    def render(self) -> Content:
        """Each sentence wrapped behind its mark, and how to get rid of it."""
        rows: list[Content] = []
        for number, (sentence, severity) in enumerate(self._summary):
            mark, style = _MARK[severity]
            tail = trusted("  Esc dismisses", MUTED) if number == 0 else line("")
            rows += wrapped(concat(trusted(f"{mark} ", f"bold {style}"), line(sentence), tail), self.size.width, hang=2)
        return Content("\n").join(rows)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As many lines as the sentences take."""
        count = 0
        for number, (sentence, _weight) in enumerate(self._summary):
            text = concat("x ", line(sentence), "  Esc dismisses" if number == 0 else "")
            count += len(wrapped(text, width, hang=2))
        return count


class ProgressLine(Widget):
    """How far a running refresh is: a bar, what came in last or is waited for, what it has cost so far."""

    def __init__(self) -> None:
        super().__init__(id="progress")
        self._progress: Progress | None = None
        self.display = False

    def show(self, progress: Progress | None) -> None:
        """Show a step, or nothing."""
        self._progress = progress
        self.display = progress is not None
        self.refresh()

    def render(self) -> Content:
        """One line."""
        step, width = self._progress, self.size.width
        if step is None:
            return line("")
        cells = 20 if width >= 100 else 10
        filled = round(cells * min(1.0, step.done / step.total)) if step.total else 0
        bar = concat(line("█" * filled, LINK), line("░" * (cells - filled), MUTED))
        count = line(f"{step.done} of {step.total}" if step.total else "starting", "bold")
        head = concat(trusted("refreshing ", LINK), bar, " ", count, "  ")
        # On a narrow screen the host that is waited for needs the room.
        shows_sent = step.sent and (width >= 100 or step.waiting is None or step.text != step.waiting.text)
        tail = line(f"{step.sent} requests, Esc cancels" if shows_sent else "Esc cancels", MUTED)
        room = width - head.cell_length - tail.cell_length - 2
        return concat(head, fit(line(step.text), room), "  ", right(tail, tail.cell_length))
