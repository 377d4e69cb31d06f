"""The tabs of the panes, for screens that show one pane at a time."""

from collections.abc import Mapping

from textual.events import MouseDown
from textual.style import Style
from textual.widgets import Static

from pawtui.tui.content import LINK, MUTED, concat, trusted


class PaneTabs(Static):
    """One line of tabs, one for each pane. A click on a tab goes to its pane."""

    ALLOW_SELECT = False

    def show_panes(self, labels: Mapping[str, str], current: str) -> None:
        """Show the label of each pane; that of the current pane is marked."""
        tabs = []
        for pane, label in labels.items():
            tab = trusted(f" {label} ", f"bold reverse {LINK}" if pane == current else MUTED)
            tabs.append(tab.stylize(Style.from_meta({"pane": pane})))
        self.update(concat(*tabs), layout=False)

    async def on_mouse_down(self, event: MouseDown) -> None:
        if event.button == 1 and (pane := event.style.meta.get("pane")):
            await self.run_action(f"screen.go('{pane}')")
