"""Messages that stay on a screen until they are dismissed."""

from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import Static

from pawtui.tui.content import ALERT, DANGER, LINK, MUTED, concat, line, spaced, trusted

_MARK: dict[str, tuple[str, str]] = {"error": ("x", DANGER), "warning": ("!", ALERT), "information": ("i", LINK)}
_MAX_SHOWN = 3


class Banner(Static):
    """The newest messages, and the number of the others. `dismiss_key` dismisses the newest."""

    def __init__(self, dismiss_key: str) -> None:
        super().__init__()
        self.display = False
        self._dismiss_key = dismiss_key
        # The severity of each sentence, oldest first.
        self._messages: dict[str, SeverityLevel] = {}

    def add(self, sentence: str, severity: SeverityLevel) -> None:
        """Add a message. A message that is already shown moves to the top."""
        self._messages.pop(sentence, None)
        self._messages[sentence] = severity
        self._show_messages()

    def dismiss(self) -> bool:
        """Dismiss the newest message; return False if there is none."""
        if not self._messages:
            return False
        self._messages.popitem()
        self._show_messages()
        return True

    def remove_message(self, sentence: str) -> None:
        if self._messages.pop(sentence, None):
            self._show_messages()

    def _show_messages(self) -> None:
        """Show the messages, each after its mark. The newest ends with the key that dismisses it."""
        self.display = bool(self._messages)
        rows: list[Content] = []
        for sentence, severity in list(reversed(self._messages.items()))[:_MAX_SHOWN]:
            mark, style = _MARK[severity]
            rows.append(concat(trusted(f"{mark} ", f"bold {style}"), line(sentence)))
        if rows:
            hidden = len(self._messages) - len(rows)
            more = f" ({hidden} more)" if hidden else ""
            rows[0] = spaced(rows[0], trusted(f"{self._dismiss_key} dismisses{more}", MUTED))
        self.update(Content("\n").join(rows))
