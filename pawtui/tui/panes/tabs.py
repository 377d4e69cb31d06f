"""The row of tabs that stands for the panes where there is no room for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from pawtui.tui.content import MUTED, concat, line, trusted


class PaneTabs(Widget):
    """One line of names; a click goes to the pane."""

    @dataclass
    class Picked(Message):
        """A tab was clicked."""

        pane: str

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self._tabs: Sequence[tuple[str, str]] = ()
        self._current = ""

    def show(self, tabs: Sequence[tuple[str, str]], current: str) -> None:
        """Show these (pane id, words), one of them current."""
        self._tabs, self._current = tabs, current
        self.refresh()

    def render(self) -> Content:
        """The current tab in brackets, so that it shows without colour."""
        return concat(" ", *(self._tab(pane, words) for pane, words in self._tabs))

    def _tab(self, pane: str, words: str) -> Content:
        if pane == self._current:
            return trusted(f"[{words}] ", "bold $text-primary")
        return concat(" ", line(words, MUTED), "  ")

    def on_click(self, event: events.Click) -> None:
        """Find the tab under the mouse."""
        start = 1
        for pane, words in self._tabs:
            end = start + len(words) + 3
            if start <= event.x < end:
                self.post_message(self.Picked(pane))
                return
            start = end
