"""A list of choices for dialogs: a label, and the meaning of each choice."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

from pawtui.tui.content import MUTED, concat, fit, line
from pawtui.tui.line_list import LineList


class Choice(msgspec.Struct, frozen=True):
    """A choice: its key, its label and its meaning."""

    key: str
    label: Content
    meaning: str


class ChoiceList(LineList[Choice]):
    """A list that is as high as its choices."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,right", "choose", "Choose", id="list.choose")]

    def __init__(self, choices: Sequence[Choice] = (), current: str = "") -> None:
        super().__init__(empty="", id="choices")
        self.offer(choices, current)

    def offer(self, choices: Sequence[Choice], current: str = "") -> None:
        """Show the choices, with the cursor on `current` if it is one of them."""
        self.fill(choices)
        self.styles.height = len(choices) + 2
        self.go_to(current)

    @property
    def chosen(self) -> str:
        """The key of the choice under the cursor; empty without choices."""
        return self.key or ""

    def watch_cursor(self, before: int, now: int) -> None:
        super().watch_cursor(before, now)
        self._show_cursor()

    def _show_cursor(self) -> None:
        """Scroll the dialog to the row under the cursor: on a short screen the whole list may not fit."""
        if isinstance(self.parent, Widget):
            row = Region(self.virtual_region.x, self.virtual_region.y + 1 + self.cursor, 1, 1)
            self.parent.scroll_to_region(row, animate=False)

    def key_of(self, item: Choice) -> str:
        return item.key

    def row_lines(self, item: Choice, width: int) -> list[Content]:
        label_width = max(choice.label.cell_length for choice in self.items) + 2
        return [concat(fit(item.label, label_width), line(item.meaning, MUTED))]
