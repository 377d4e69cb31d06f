"""The app: which screen opens when, and what to do with the messages of workers."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, Theme

from pawtui.review.views import Overview
from pawtui.tui import themes
from pawtui.tui.base_app import BaseApp, acknowledged
from pawtui.tui.browser import open_page
from pawtui.tui.messages import Cancelled, Failed, GoTo, Looked, Noticed, Posted, Progressed, Refreshed
from pawtui.tui.preferences import NAME, Preferences
from pawtui.tui.screens.main_screen import MainScreen

if TYPE_CHECKING:
    from pawtui.workspace import Workspace


def _commands() -> type[Provider]:
    from pawtui.tui.palette import PaletteCommands

    return PaletteCommands


class PawtuiApp(BaseApp):
    """The screens of one workspace. `first` is the overview to paint first; without it the record is read first."""

    TITLE = "pawtui"
    # The default screen is not pushed, so that its own sheet would not be read.
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/main_screen.tcss"]
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (100, "-roomy")]  # noqa: RUF012 - as in App
    COMMANDS = App.COMMANDS | {_commands}
    BINDING_GROUP_TITLE = "pawtui"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "Refresh", id="refresh", tooltip="Look at both repositories and record it"),
        Binding("w", "walk", "Walk", id="walk", tooltip="Go through what needs you, one thing at a time"),
        Binding("e", "export", "Export", id="export", tooltip="The Markdown summary: read, copy, save"),
        Binding("d", "diff", "Diff", id="diff", show=False, tooltip="What changed between two refreshes"),
        Binding("c", "close", "Close", id="close", show=False, tooltip="Close the review with a recommendation"),
        Binding("L", "log", "Log", id="log", show=False, tooltip="Who changed what, and when"),
        Binding("S", "scope", "Scope", id="scope", show=False, tooltip="Scope lines, related work, the reasons"),
        Binding("question_mark", "help", "Help", id="help", key_display="?", tooltip="Keys and what this pane is for"),
        Binding("q", "quit", "Quit", id="quit", tooltip="Everything is saved already"),
    ]
    # How often another process's writes are looked for, in seconds.
    WATCH_EVERY: ClassVar[float] = 1.0

    def __init__(
        self, workspace: Workspace, *, first: Overview | None = None, opener: Callable[[str], object] = open_page
    ) -> None:
        self.preferences = Preferences(workspace.store.path.parents[1] / NAME)
        wanted = themes.first_theme(os.environ, self.preferences.theme)
        # Textual decides in its own __init__ what NO_COLOR does, by the theme it finds there: it takes the colours out
        # of an ANSI theme, and turns any other to grey; an ANSI theme set afterwards would come out black on black, and
        # any theme set afterwards makes it read all style sheets once more, which is a tenth of the first paint.
        self.set_reactive(App.theme, wanted if wanted in BUILTIN_THEMES | themes.OURS else themes.DARK.name)
        super().__init__(workspace, first, opener)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's and ours: ours from the start, since its own __init__ looks the first theme up here."""
        return {**super().available_themes, **themes.OURS}

    def get_default_screen(self) -> Screen[None]:
        """The main screen, without a blank one before it."""
        return MainScreen()

    @property
    def main(self) -> MainScreen:
        """The main screen, at the bottom of the stack."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)  # noqa: S101 - nothing else is ever put there
        return screen

    def on_mount(self) -> None:
        """Read the record where it was not given, and watch it."""
        if self.overview is None:
            self.background.look()
        self.preferences.apply(self)
        self.set_interval(self.WATCH_EVERY, self.background.watch)

    # --- what workers tell ---

    def on_looked(self, message: Looked) -> None:
        """The record is another one."""
        self.overview = message.overview
        if message.summary:
            # One act's word at a time: a new one takes the place of the one before.
            self.clear_notifications()
            self.toast(f"{message.summary[:1].upper()}{message.summary[1:]}.")

    def on_noticed(self, message: Noticed) -> None:
        """The store has something to say."""
        for sentence in message.sentences:
            self.main.say(sentence, "warning")

    def on_failed(self, message: Failed) -> None:
        """Something could not be done: say it on the screen in view, and keep it on the main one."""
        if message.group == "refresh":
            self.main.progressed(None)
        if self.screen is self.main:
            self.main.say(message.sentence, message.severity)
        elif not acknowledged(self.screen_stack, message.sentence, message.severity):
            self.main.say(message.sentence, message.severity)
            self.notify(message.sentence, severity=message.severity, markup=False)

    def on_go_to(self, message: GoTo) -> None:
        """Show a subject on the main screen."""
        while self.screen is not self.main:
            self.pop_screen()
        self.main.body.jump(message.subject)

    def on_progressed(self, message: Progressed) -> None:
        """A refresh is one step further."""
        if self.background.refreshing:
            self.main.progressed(message.progress)

    def on_refreshed(self, message: Refreshed) -> None:
        """A refresh is over."""
        self.main.progressed(None)
        refresh = message.outcome.refresh
        if refresh is None or not refresh.errors:
            self.toast(message.outcome.message)
        else:
            self.main.say(message.outcome.message, "warning")

    def on_cancelled(self, message: Cancelled) -> None:
        """A refresh was broken off."""
        self.main.progressed(None)
        summary = "it had already been recorded, whole." if message.recorded else "the record is as it was."
        self.main.say(f"The refresh was cancelled; {summary}", "information")

    def on_posted(self, message: Posted) -> None:
        """A comment was posted, or it was not: it stays on the main screen, and the dialog says it too."""
        from pawtui.tui.screens.post_dialog import PostDialog

        where = f" {message.url}" if message.url else ""
        self.main.say(f"{message.summary}{where}", "information" if message.url else "error")
        if isinstance(self.screen, PostDialog):
            self.screen.on_written(message)

    # --- what screens share ---

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys that open a screen work on the main one, and where a screen asks for them itself."""
        if action in ("refresh", "walk", "export", "diff", "close", "log", "scope"):
            return self.screen is self.main
        return True

    def action_refresh(self) -> None:
        """Look at both repositories."""
        self.background.refresh()

    def action_walk(self) -> None:
        """Go through what needs a person."""
        from pawtui.tui.screens.walk_screen import WalkScreen

        if self.overview is not None:
            self.push_screen(WalkScreen(self.overview))

    def action_export(self) -> None:
        """Show the Markdown summary."""
        from pawtui.tui.screens.export_screen import ExportScreen

        self.push_screen(ExportScreen())

    def action_post(self, plan: bool = False) -> None:
        """Show what would be posted on the tracking issue, the summary or (once its file is known) a plan, and ask."""
        from pawtui.tui.screens.post_dialog import PlanDialog, PostDialog

        self.push_screen(PlanDialog() if plan else PostDialog())

    def action_diff(self) -> None:
        """Compare the refresh under the history's cursor with the one before it."""
        from pawtui.tui.screens.diff_screen import DiffScreen

        refreshes = self.overview.record.refreshes if self.overview else ()
        if len(refreshes) < 2:
            self.toast("There are no two refreshes to compare yet.")
            return
        later = self.main.body.history.current or refreshes[-1]
        if later.id == refreshes[0].id:
            self.toast("This is the first refresh: there is none before it to compare it with.")
            return
        self.push_screen(DiffScreen(later))

    def action_close(self) -> None:
        """Close the review with a recommendation."""
        from pawtui.tui.screens.close_dialog import CloseDialog

        if self.overview is None or self.overview.last is None:
            self.toast("There is no refresh to close a review of: r refreshes.")
            return
        self.push_screen(CloseDialog(self.overview))

    def action_log(self) -> None:
        """Show who changed what."""
        from pawtui.tui.screens.log_screen import LogScreen

        self.push_screen(LogScreen())

    def action_scope(self) -> None:
        """Show scope and related work."""
        from pawtui.tui.screens.scope_screen import ScopeScreen

        self.push_screen(ScopeScreen())

    def action_help(self) -> None:
        """Show or hide the help panel."""
        from textual.widgets import HelpPanel

        if self.screen.query(HelpPanel):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()
