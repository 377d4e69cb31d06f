"""Fields for pins, with completion: Tab takes what is offered, Ctrl+N goes to the next of it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, TextArea

_TAKE = Binding("tab", "take", "Complete", show=False, id="pin.take", tooltip="Take the offered path or line")
_NEXT = Binding("ctrl+n", "next", "Next offer", show=False, id="pin.next", tooltip="The next offered path or line")


class PinField:
    """What both fields have in common."""

    class Take(Message):
        """The offered completion is wanted, or the next field where there is none."""

    class Next(Message):
        """The next completion is wanted."""


class PinInput(Input):
    """A field for one pin."""

    BINDING_GROUP_TITLE = "Pins"
    BINDINGS: ClassVar[list[BindingType]] = [_TAKE, _NEXT]

    def action_take(self) -> None:
        """Ask for the completion."""
        self.post_message(PinField.Take())

    def action_next(self) -> None:
        """Ask for the next completion."""
        self.post_message(PinField.Next())

    @property
    def typing(self) -> str:
        """The pin that is being typed."""
        return self.value

    def put(self, text: str) -> None:
        """Replace it."""
        self.value = text
        self.cursor_position = len(text)


class PinArea(TextArea):
    """A field for pins, one a line."""

    BINDING_GROUP_TITLE = "Pins"
    BINDINGS: ClassVar[list[BindingType]] = [_TAKE, _NEXT]

    def action_take(self) -> None:
        """Ask for the completion."""
        self.post_message(PinField.Take())

    def action_next(self) -> None:
        """Ask for the next completion."""
        self.post_message(PinField.Next())

    @property
    def typing(self) -> str:
        """The line of the cursor."""
        return self.document.get_line(self.cursor_location[0])

    def put(self, text: str) -> None:
        """Replace that line."""
        row = self.cursor_location[0]
        self.replace(text, (row, 0), (row, len(self.typing)), maintain_selection_offset=False)
        self.move_cursor((row, len(text)))
