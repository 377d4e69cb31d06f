"""A field for a text of one line."""

from textual import events
from textual.widgets import Input


class LineInput(Input):
    """A field of one line. Pasted lines are joined by spaces: Textual keeps only the first."""

    def on_paste(self, event: events.Paste) -> None:
        lines = event.text.splitlines()
        if len(lines) > 1:
            event.prevent_default()
            event.stop()
            self.replace(" ".join(filter(None, map(str.strip, lines))), *self.selection)
