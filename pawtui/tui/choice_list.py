"""A list of choices for dialogs: a label, and the meaning of each choice."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from pawtui.tui.content import MUTED, concat, fit, line


class Choice(msgspec.Struct, frozen=True):
    """A choice: its key, its label and its meaning."""

    key: str
    label: Content
    meaning: str


class ChoiceList(OptionList, inherit_bindings=False):
    """A list that is as high as its choices.

    Letters do nothing: a reason that is typed here by mistake must not choose. A click only moves the cursor.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right", "choose", "Choose"),
        Binding("down", "cursor_down", "Down", show=False),
        Binding("up", "cursor_up", "Up", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
    ]

    class Chosen(Message):
        """Enter was pressed on a choice."""

    def __init__(self, choices: Sequence[Choice] = (), current: str = "") -> None:
        super().__init__(id="choices", markup=False)
        self.offer(choices, current)

    def offer(self, choices: Sequence[Choice], current: str = "") -> None:
        """Show the choices, with the cursor on `current` if it is one of them."""
        width = max((choice.label.cell_length for choice in choices), default=0) + 2
        rows = [concat(fit(choice.label, width), line(choice.meaning, MUTED)) for choice in choices]
        self.set_options(Option(row, id=choice.key) for row, choice in zip(rows, choices, strict=True))
        keys = [choice.key for choice in choices]
        self.highlighted = keys.index(current) if current in keys else 0

    @property
    def chosen(self) -> str:
        """The key of the choice under the cursor; empty without choices."""
        option = self.highlighted_option
        return (option.id if option else None) or ""

    def action_choose(self) -> None:
        self.post_message(self.Chosen())
