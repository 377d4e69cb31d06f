"""Fields for pins, with completion: Tab accepts the marked completion, Ctrl+N marks the next one."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input, TextArea

# The actions are methods of the dialog, which has the completions.
_BINDINGS: list[BindingType] = [
    Binding(
        "tab",
        "screen.accept_completion",
        "Complete",
        show=False,
        id="pin.take",
        tooltip="Accept the marked completion",
    ),
    Binding(
        "ctrl+n",
        "screen.next_completion",
        "Mark next",
        show=False,
        id="pin.next",
        tooltip="The next completion",
    ),
]


class PinInput(Input):
    """A field for one pin."""

    BINDING_GROUP_TITLE = "Pins"
    BINDINGS: ClassVar[list[BindingType]] = _BINDINGS

    @property
    def typed(self) -> str:
        return self.value

    @property
    def current_pin(self) -> str:
        return self.value

    def replace_current(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)


class PinArea(TextArea):
    """A field for pins, one per line."""

    BINDING_GROUP_TITLE = "Pins"
    BINDINGS: ClassVar[list[BindingType]] = _BINDINGS

    @property
    def typed(self) -> str:
        return self.text

    @property
    def current_pin(self) -> str:
        return self.document.get_line(self.cursor_location[0])

    def replace_current(self, text: str) -> None:
        """Replace the pin at the cursor."""
        row = self.cursor_location[0]
        self.replace(text, (row, 0), (row, len(self.current_pin)), maintain_selection_offset=False)
        self.move_cursor((row, len(text)))
