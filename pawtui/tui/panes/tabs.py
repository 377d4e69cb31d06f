"""The tabs of the panes, for screens that show one pane at a time."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.message import Message
from textual.widgets import Tab, Tabs

from pawtui.tui.content import line

_ID_PREFIX = "tab-"


class PaneTabs(Tabs, can_focus=False):
    """One line of tabs, one per pane. They never have the focus."""

    @dataclass
    class PaneSelected(Message):
        """A tab was clicked. It may be the active tab."""

        pane: str

    def __init__(self, labels: Mapping[str, str], current: str) -> None:
        super().__init__(
            *(Tab(line(label), id=f"{_ID_PREFIX}{pane}") for pane, label in labels.items()),
            active=f"{_ID_PREFIX}{current}",
        )

    def show_pane(self, labels: Mapping[str, str], current: str) -> None:
        """Update the labels and the active tab."""
        tabs = {_pane_of(tab): tab for tab in self.query(Tab)}
        for pane, tab in tabs.items():
            if tab.label_text != labels[pane]:
                tab.label = line(labels[pane])
        if current in tabs:
            self.active = f"{_ID_PREFIX}{current}"

    def on_tab_clicked(self, event: Tab.Clicked) -> None:
        self.post_message(self.PaneSelected(_pane_of(event.tab)))


def _pane_of(tab: Tab) -> str:
    return (tab.id or "").removeprefix(_ID_PREFIX)
