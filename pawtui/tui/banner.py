"""Messages that stay on a screen until they are dismissed."""

from typing import NamedTuple

from textual.content import Content
from textual.notifications import SeverityLevel
from textual.reactive import reactive
from textual.widget import Widget

from pawtui.tui.content import ALERT, DANGER, LINK, MUTED, concat, line, trusted, wrapped

_MARK: dict[str, tuple[str, str]] = {"error": ("x", DANGER), "warning": ("!", ALERT), "information": ("i", LINK)}
_MAX_MESSAGES = 3


class BannerMessage(NamedTuple):
    """A message of the banner."""

    sentence: str
    severity: SeverityLevel


class Banner(Widget):
    """Messages, newest first; Escape dismisses the newest."""

    messages: reactive[tuple[BannerMessage, ...]] = reactive((), layout=True)
    # As screens show it: the user may have another key than Escape.
    dismiss_key: reactive[str] = reactive("Esc", layout=True)

    def watch_messages(self) -> None:
        self.display = bool(self.messages)

    def add(self, sentence: str, severity: SeverityLevel) -> None:
        """Add a message. A message that is already shown moves to the top."""
        self.remove_message(sentence)
        self.messages = (BannerMessage(sentence, severity), *self.messages)[:_MAX_MESSAGES]

    def dismiss(self) -> bool:
        """Dismiss the newest message; return False if there is none."""
        had_message = bool(self.messages)
        self.messages = self.messages[1:]
        return had_message

    def remove_message(self, sentence: str) -> None:
        self.messages = tuple(message for message in self.messages if message.sentence != sentence)

    def render(self) -> Content:
        """Return each message, wrapped, after its mark; the newest with the key that dismisses it."""
        return Content("\n").join(self._rows(self.size.width))

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._rows(width))

    def _rows(self, width: int) -> list[Content]:
        rows: list[Content] = []
        dismiss = trusted(f"  {self.dismiss_key} dismisses", MUTED)
        for number, (sentence, severity) in enumerate(self.messages):
            mark, style = _MARK[severity]
            wrapped_rows = wrapped(concat(trusted(f"{mark} ", f"bold {style}"), line(sentence)), width, hang=2)
            if number == 0:
                last = concat(wrapped_rows[-1], dismiss)
                if last.cell_length <= width:
                    wrapped_rows[-1] = last
                else:
                    # The key and its effect stay on one line.
                    wrapped_rows.append(dismiss)
            rows += wrapped_rows
        return rows
