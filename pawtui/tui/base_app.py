"""The part of the app that screens use: the record, the workers and short messages. It imports no screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from textual.reactive import var
from textual.screen import ModalScreen

from pawtui.review.views import Overview
from pawtui.tui.background import BackgroundTasks
from pawtui.tui.crash_report import TokenSafeApp
from pawtui.tui.messages import Severity, ShowsMessages

if TYPE_CHECKING:
    from pawtui.workspace import Workspace


class BaseApp(TokenSafeApp):
    """The app with its workspace and overview. Screens access it with `app = getters.app(BaseApp)`."""

    overview: var[Overview | None] = var(None, init=False)

    def __init__(self, workspace: Workspace, overview: Overview | None, opener: Callable[[str], object]) -> None:
        super().__init__()
        self.workspace = workspace
        self.background = BackgroundTasks(self, workspace, opener)
        self.set_reactive(BaseApp.overview, overview)
        # Comma-separated keys by id, for the keys that `screens.toml` changes.
        self.key_overrides: Mapping[str, str] = {}

    def set_keymap(self, keymap: Mapping[str, str]) -> None:
        self.key_overrides = keymap
        super().set_keymap(keymap)

    def toast(self, sentence: str, severity: Severity = "information") -> None:
        """Show a message on the top screen that is not a dialog; as a toast if that screen does not show it."""
        screen = next((screen for screen in reversed(self.screen_stack) if not isinstance(screen, ModalScreen)), None)
        if not (isinstance(screen, ShowsMessages) and screen.show_message(sentence, severity)):
            # One toast at a time, because two would cover a row.
            self.clear_notifications()
            self.notify(sentence, severity=severity, markup=False, timeout=3)
