"""The tabs of the panes, for screens that show one pane at a time."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.content import Content
from textual.events import MouseDown
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

from pawtui.tui.content import LINK, MUTED, concat, line


class PaneTabs(Widget):
    """One line of tabs, one per pane."""

    ALLOW_SELECT = False

    @dataclass
    class PaneSelected(Message):
        """A tab was clicked. It may be the active tab."""

        pane: str

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self._labels: Mapping[str, str] = {}
        self._current = ""

    def show(self, labels: Mapping[str, str], current: str) -> None:
        self._labels, self._current = labels, current
        self.refresh()

    def render(self) -> Content:
        """Return all tabs, or only the current one if they do not fit."""
        tabs = {
            pane: line(label, f"bold reverse {LINK}" if pane == self._current else MUTED)
            .pad(1, 1)
            .stylize(Style.from_meta({"pane": pane}))
            for pane, label in self._labels.items()
        }
        row = concat(*tabs.values())
        return row if row.cell_length <= self.size.width else tabs[self._current]

    def on_mouse_down(self, event: MouseDown) -> None:
        if pane := event.style.meta.get("pane"):
            self.post_message(self.PaneSelected(pane))
