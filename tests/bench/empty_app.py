"""The reference of the first paint: a Textual app with the same empty widgets and style sheets, without a record."""

from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widget import Widget

import pawtui.tui
from pawtui.tui.banner import Banner
from pawtui.tui.panes.body import Body

_SHEETS = Path(pawtui.tui.__file__).parent


class Header(Widget):
    """Two lines without a record: the header of the main screen would import and read one."""

    def render(self) -> Content:
        return Content("pawtui\n")


class ProgressLine(Widget):
    """The hidden line of the progress: that of the main screen needs the app."""

    def on_mount(self) -> None:
        """Hide the line, as without a refresh."""
        self.display = False


class KeysFooter(Widget):
    """One line without keys: the footer of the main screen needs the app."""

    def render(self) -> Content:
        return Content(" ")


class EmptyApp(App[None]):
    """The widgets of the main screen in its layout, without content."""

    CSS_PATH: ClassVar = [_SHEETS / "app.tcss", _SHEETS / "screens" / "main_screen.tcss"]

    def compose(self) -> ComposeResult:
        """Yield the same widgets in the same order as the main screen."""
        yield from (Header(), Banner("Esc"), ProgressLine(), Body(), KeysFooter())
