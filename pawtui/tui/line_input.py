"""A field for a text of one line."""

from textual import events
from textual.widgets import Input


class LineInput(Input):
    """A field of one line. Pasted lines are joined by spaces: Textual keeps only the first."""

    def on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        lines = (line.strip() for line in event.text.splitlines())
        self.replace(" ".join(filter(None, lines)), *self.selection)
