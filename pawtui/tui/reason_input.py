"""A field for a reason."""

from textual import events
from textual.widgets import Input


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
