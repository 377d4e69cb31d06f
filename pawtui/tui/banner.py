"""Messages that stay on a screen until they are dismissed."""

from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import Static

from pawtui.tui.content import ALERT, DANGER, LINK, MUTED, concat, line, trusted

_MARK: dict[str, tuple[str, str]] = {"error": ("x", DANGER), "warning": ("!", ALERT), "information": ("i", LINK)}
_MAX_MESSAGES = 3


# A sentence and its severity.
_Message = tuple[str, SeverityLevel]


class Banner(Static):
    """Messages, newest first. `dismiss_key` dismisses the newest."""

    def __init__(self, dismiss_key: str) -> None:
        super().__init__()
        self.display = False
        self._dismiss_key = dismiss_key
        self._messages: tuple[_Message, ...] = ()

    def add(self, sentence: str, severity: SeverityLevel) -> None:
        """Add a message. A message that is already shown moves to the top."""
        others = [message for message in self._messages if message[0] != sentence]
        self._show((sentence, severity), *others)

    def dismiss(self) -> bool:
        """Dismiss the newest message; return False if there is none."""
        had_message = bool(self._messages)
        self._show(*self._messages[1:])
        return had_message

    def remove_message(self, sentence: str) -> None:
        self._show(*(message for message in self._messages if message[0] != sentence))

    def _show(self, *messages: _Message) -> None:
        """Show each message after its mark, the newest with the key that dismisses it."""
        if messages == self._messages:
            return
        self._messages = messages[:_MAX_MESSAGES]
        self.display = bool(messages)
        rows = []
        for sentence, severity in self._messages:
            mark, style = _MARK[severity]
            rows.append(concat(trusted(f"{mark} ", f"bold {style}"), line(sentence)))
        if rows:
            rows[0] = concat(rows[0], trusted(f"  {self._dismiss_key} dismisses", MUTED))
        self.update(Content("\n").join(rows))
