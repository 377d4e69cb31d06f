"""The box for the words that filter a list or search a text. The main screen imports it when it is first opened."""

from typing import ClassVar

from textual import getters
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from pawtui.tui.base_app import BaseApp
from pawtui.tui.footer import KeysFooter


class FilterBox(Input):
    """A field for the words. Enter keeps them, and Escape removes them."""

    app = getters.app(BaseApp)

    BINDING_GROUP_TITLE = "Filter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Keep", id="filter.keep", tooltip="Keep the words and go to the list"),
        Binding("escape", "screen.back", "Clear", id="filter.clear", tooltip="Remove the words"),
    ]

    def __init__(self, words: str) -> None:
        keys = self.app.with_keys("<Enter:filter.keep> keeps, <Esc:filter.clear> clears")
        super().__init__(words, placeholder=f"Words to match; {keys}", id="filter", compact=True)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether the field types the key. Textual does not know that the key `slash` types a character."""
        return key == "slash" or super().check_consume_key(key, character)

    @classmethod
    def open(cls, screen: Screen[None], words: str) -> None:
        """Open the box above the keys of a screen, unless it is open."""
        if not screen.query(cls):
            box = cls(words)
            screen.mount(box, before=screen.query_one(KeysFooter))
            # `box.focus()` waits: until then, the words that are typed would be keys of the list.
            screen.set_focus(box)
