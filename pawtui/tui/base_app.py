"""The part of the app that screens use: the record, the workers and short messages. It knows no screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual.reactive import reactive
from textual.screen import ModalScreen, Screen

from pawtui.review.views import Overview
from pawtui.tui.background import BackgroundTasks
from pawtui.tui.messages import Acknowledges, Severity
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

    def toast(self, words: str, severity: Severity = "information") -> None:
        """Show a short message: on the screen that has a place for it, else as a toast."""
        if not acknowledged(self.screen_stack, words, severity):
            self.notify(words, severity=severity, markup=False, timeout=3)


def acknowledged(stack: Sequence[Screen[Any]], words: str, severity: Severity) -> bool:
    """Give the words to the top screen below any dialog, if it has a place for them; return whether it has."""
    screen = next((one for one in reversed(stack) if not isinstance(one, ModalScreen)), None)
    if not isinstance(screen, Acknowledges):
        return False
    screen.acknowledge(words, severity)
    return True
