"""Fields for typed text, without two faults of Textual 8.2."""

from textual import events
from textual.widgets import Input, TextArea


class ReasonInput(Input):
    """A field of one line. Pasted lines are joined by spaces: Textual keeps only the first."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text, id="reason")

    def on_paste(self, event: events.Paste) -> None:
        lines = event.text.splitlines()
        if len(lines) > 1:
            event.prevent_default()
            event.stop()
            self.replace(" ".join(filter(None, map(str.strip, lines))), *self.selection)


class TextField(TextArea):
    """A field of several lines."""

    def undo(self) -> None:
        """Undo the last edits. The next edit is undone on its own.

        Textual would add it to the edits before, and fail if these have inserted or removed a line.
        """
        super().undo()
        self.history.checkpoint()
