"""Messages that stay on a screen until they are dismissed."""

from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widget import Widget

from pawtui.tui.content import ALERT, DANGER, LINK, MUTED, concat, line, spaced, trusted, wrapped

_MARK: dict[str, tuple[str, str]] = {"error": ("x", DANGER), "warning": ("!", ALERT), "information": ("i", LINK)}
_MAX_SHOWN = 3


class Banner(Widget):
    """The newest messages, and the number of the others. `dismiss_key` dismisses the newest."""

    def __init__(self, dismiss_key: str) -> None:
        super().__init__()
        self.display = False
        self._dismiss_key = dismiss_key
        # Sentences with their severity, newest first.
        self._messages: tuple[tuple[str, SeverityLevel], ...] = ()

    def add(self, sentence: str, severity: SeverityLevel) -> None:
        """Add a message. A message that is already shown moves to the top."""
        self.remove_message(sentence)
        self._set(((sentence, severity), *self._messages))

    def dismiss(self) -> bool:
        """Dismiss the newest message; return False if there is none."""
        had_message = bool(self._messages)
        self._set(self._messages[1:])
        return had_message

    def remove_message(self, sentence: str) -> None:
        self._set(tuple(message for message in self._messages if message[0] != sentence))

    def _set(self, messages: tuple[tuple[str, SeverityLevel], ...]) -> None:
        if messages != self._messages:
            self._messages = messages
            self.display = bool(messages)
            self.refresh(layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._rows(width))

    def render(self) -> Content:
        return Content("\n").join(self._rows(self.size.width))

    def _rows(self, width: int) -> list[Content]:
        """Return the wrapped messages, each after its mark. The newest ends with the key that dismisses it."""
        hidden = len(self._messages) - _MAX_SHOWN
        more = f" ({hidden} more)" if hidden > 0 else ""
        remark = trusted(f"{self._dismiss_key} dismisses{more}", MUTED)
        rows: list[Content] = []
        for sentence, severity in self._messages[:_MAX_SHOWN]:
            mark, style = _MARK[severity]
            message = wrapped(concat(trusted(f"{mark} ", f"bold {style}"), line(sentence)), width, hang=2)
            if not rows:
                # The remark stays on one line.
                last = spaced(message[-1], remark)
                message[-1:] = [last] if last.cell_length <= width else [message[-1], remark.pad_left(2)]
            rows += message
        return rows
