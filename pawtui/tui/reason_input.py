"""A field for a reason."""

from textual import events
from textual.widgets import Input


class ReasonInput(Input):
    """A field of one line.

    Pasted lines are joined by spaces: Textual keeps only the first. A filled-in text is selected when the field gets
    the focus, so that typing replaces it; a typed text is not.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text, id="reason")
        self._filled_in = text

    def on_input_changed(self) -> None:
        self.select_on_focus = self.value == self._filled_in

    def on_paste(self, event: events.Paste) -> None:
        lines = event.text.splitlines()
        if len(lines) > 1:
            event.prevent_default()
            event.stop()
            self.replace(" ".join(filter(None, map(str.strip, lines))), *self.selection)
