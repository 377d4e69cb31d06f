"""The app: which screen opens when, and what to do with the messages of workers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import ModalScreen, Screen
from textual.theme import BUILTIN_THEMES, Theme

from pawtui.refresh.progress import Progress
from pawtui.review.timeline import measurements
from pawtui.review.views import Overview
from pawtui.tui import themes
from pawtui.tui.base_app import BaseApp
from pawtui.tui.browser import open_page
from pawtui.tui.messages import (
    CommentPosted,
    NoticesFound,
    RecordChanged,
    RefreshCancelled,
    RefreshFinished,
    RefreshProgressed,
    SubjectRequested,
    TaskFailed,
)
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
    BINDING_GROUP_TITLE = "Everywhere"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", id="quit", tooltip="Everything is saved already"),
        Binding(
            "ctrl+p",
            "command_palette",
            "Palette",
            id="palette",
            show=False,
            priority=True,
            tooltip="Find an action, signal, gate or note",
        ),
        # The footer always shows its last key.
        Binding("question_mark,f1", "help", "Help", id="help", tooltip="Every action, with its key"),
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
        self.set_reactive(App.theme, wanted if wanted in BUILTIN_THEMES | themes.OWN_THEMES else themes.DARK.name)
        super().__init__(workspace, first, opener)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's and ours: ours from the start, since its own __init__ looks the first theme up here."""
        return {**super().available_themes, **themes.OWN_THEMES}

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours, with those changed that could not be read on a selected row."""
        variables = super().get_css_variables()
        if not self.current_theme.ansi and self.current_theme.name not in themes.OWN_THEMES:
            variables = self.theme_variables = {**variables, **themes.readable(variables)}
        return variables

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

    # --- messages of workers ---

    def on_record_changed(self, message: RecordChanged) -> None:
        """The record has changed."""
        self.overview = message.overview
        if message.summary:
            self.toast(f"{message.summary[:1].upper()}{message.summary[1:]}.")

    def on_notices_found(self, message: NoticesFound) -> None:
        """The store reports something."""
        for sentence in message.sentences:
            self.main.say(sentence, "warning")

    def on_task_failed(self, message: TaskFailed) -> None:
        """Something failed: show it on the screen in view."""
        if message.group == "refresh":
            self.main.progressed(None)
        if self.screen is self.main:
            self.main.say(message.sentence, message.severity)
        else:
            self.toast(message.sentence, message.severity)

    async def on_subject_requested(self, message: SubjectRequested) -> None:
        """Show a subject on the main screen, and do with it what was asked for."""
        if isinstance(self.screen, ModalScreen):
            # It may hold text that is not saved.
            self.toast("Close the dialog first.")
            return
        while self.screen is not self.main:
            self.pop_screen()
        self.main.body.jump(message.subject)
        if message.action:
            await self.run_action(message.action, self.main)

    def on_refresh_progressed(self, message: RefreshProgressed) -> None:
        """A refresh made progress."""
        if self.background.refreshing:
            self.main.progressed(message.progress)

    def on_refresh_finished(self, message: RefreshFinished) -> None:
        """A refresh is over."""
        self.main.progressed(None)
        refresh = message.outcome.refresh
        failed = refresh is not None and bool(refresh.errors)
        if message.attention:
            self.main.say_attention(f"{message.outcome.message} {message.attention}: w", failed=failed)
        elif failed:
            self.main.say(message.outcome.message, "warning")
        else:
            self.toast(message.outcome.message)

    def on_refresh_cancelled(self, message: RefreshCancelled) -> None:
        """A refresh was cancelled."""
        self.main.progressed(None)
        summary = "It was already recorded." if message.recorded else "Nothing was recorded."
        self.main.say(f"Refresh cancelled. {summary}", "information")

    def on_comment_posted(self, message: CommentPosted) -> None:
        """Show the result of posting on the main screen, and in the dialog."""
        from pawtui.tui.screens.post_dialog import PostDialog

        where = f" {message.url}" if message.url else ""
        self.main.say(f"{message.summary}{where}", "information" if message.url else "error")
        if isinstance(self.screen, PostDialog):
            self.screen.show_result(message)

    # --- what screens share ---

    def action_refresh(self) -> None:
        """Measure both repositories. The progress stands there before anything has been asked."""
        if self.background.refresh():
            self.main.progressed(Progress(done=0, total=0, message=""))

    def action_walk(self) -> None:
        """Review what needs a person, step by step."""
        from pawtui.tui.screens.walk_screen import WalkScreen

        if self.overview is not None:
            self.main.withdraw_attention()
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

        refreshes = measurements(self.overview.record) if self.overview else ()
        if len(refreshes) < 2:
            self.toast("A diff needs two refreshes. r refreshes.")
            return
        later = self.main.body.history.current or refreshes[-1]
        if later.id == refreshes[0].id:
            self.toast("This is the first refresh: none before it to compare with.")
            return
        self.push_screen(DiffScreen(later))

    def action_timeline(self) -> None:
        """Show all signals by week."""
        from pawtui.tui.screens.timeline_screen import TimelineScreen

        self.push_screen(TimelineScreen())

    def action_close(self) -> None:
        """Close the review with a recommendation."""
        from pawtui.tui.screens.close_dialog import CloseDialog

        if self.overview is None or self.overview.last is None:
            self.toast("Refresh first, then close the review.")
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

    def action_replay(self) -> None:
        """Ask for a session database, and replay it."""
        from pawtui.tui.screens.replay_screen import ReplayDialog

        self.push_screen(ReplayDialog())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Return Textual's commands for the palette, without those that our actions replace."""
        return (one for one in super().get_system_commands(screen) if one.title not in ("Keys", "Quit"))

    async def action_help(self) -> None:
        """List every action with its key; run the one that is chosen."""
        from pawtui.tui.help_list import HelpEntry, help_entries, help_text, run_entry
        from pawtui.tui.keys import known_bindings
        from pawtui.tui.screens.help_screen import HelpScreen

        def chosen(entry: HelpEntry | None) -> None:
            if entry is not None:
                self.call_later(run_entry, self, entry)

        # All screens are imported for it, once.
        await asyncio.to_thread(known_bindings)
        screen = self.screen
        self.push_screen(HelpScreen(help_text(screen), help_entries(self, screen)), chosen)
