"""The box for the words that filter a list. It is imported when it is first opened."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FilterBox(Input):
    """An input that posts its words at each key."""

    BINDING_GROUP_TITLE = "Filter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Keep", id="filter.keep", tooltip="Keep the words and go to the list"),
        Binding("escape", "screen.back", "Clear", id="filter.clear", tooltip="Remove the words"),
    ]

    @dataclass
    class FilterChanged(Message):
        """The words have changed; `accepted` is true after Enter."""

        words: str
        accepted: bool = False

    def __init__(self, words: str) -> None:
        super().__init__(words, id="filter", compact=True, placeholder="Words to match; Enter keeps, Esc clears")

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.FilterChanged(event.value))

    @on(Input.Submitted)
    def _accepted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.FilterChanged(event.value, accepted=True))
