"""The part of the app that screens use: the record, the workers and short messages. It knows no screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from textual.reactive import reactive
from textual.screen import ModalScreen

from pawtui.review.views import Overview
from pawtui.tui.background import BackgroundTasks
from pawtui.tui.messages import Severity, ShowsMessages
from pawtui.tui.textual_private import TokenSafeApp

if TYPE_CHECKING:
    from pawtui.workspace import Workspace


class BaseApp(TokenSafeApp):
    """Holds the workspace and the overview. Screens get it as `app = getters.app(BaseApp)`."""

    overview: reactive[Overview | None] = reactive(None, init=False)

    def __init__(self, workspace: Workspace, overview: Overview | None, opener: Callable[[str], object]) -> None:
        super().__init__()
        self.workspace = workspace
        self.background = BackgroundTasks(self, workspace, opener)
        self.set_reactive(BaseApp.overview, overview)
        # Comma-separated keys by id, where `screens.toml` sets others than the default.
        self.key_overrides: Mapping[str, str] = {}

    def set_keymap(self, keymap: Mapping[str, str]) -> None:
        """Set other keys than the default, by id."""
        self.key_overrides = keymap
        super().set_keymap(keymap)

    def toast(self, words: str, severity: Severity = "information") -> None:
        """Show a message: as a toast where that is enough, else on the screen below any dialog."""
        screen = next((one for one in reversed(self.screen_stack) if not isinstance(one, ModalScreen)), None)
        if not (isinstance(screen, ShowsMessages) and screen.show_message(words, severity)):
            # One at a time: two would hide a row.
            self.clear_notifications()
            self.notify(words, severity=severity, markup=False, timeout=3)
