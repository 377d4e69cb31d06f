"""The reference of the first paint: a Textual app with our widgets and sheets, empty. No record, no store, no keys."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult

import pawtui.tui
from pawtui.tui.footer import KeysFooter
from pawtui.tui.panes.banner import Banner, ProgressLine
from pawtui.tui.panes.body import Body
from pawtui.tui.panes.masthead import Masthead

_SHEETS = Path(pawtui.tui.__file__).parent


class EmptyApp(App[None]):
    """The main screen's widgets in its layout, with nothing in them."""

    CSS_PATH: ClassVar = [_SHEETS / "app.tcss", _SHEETS / "screens" / "main_screen.tcss"]

    def compose(self) -> ComposeResult:
        """The same widgets in the same order as on the main screen."""
        yield from (Masthead(), Banner(), ProgressLine(), Body(), KeysFooter())
