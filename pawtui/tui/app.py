"""The app: it opens screens and handles the messages of workers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette, Provider
from textual.screen import ModalScreen, Screen
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Input

from pawtui.phrases import capitalized
from pawtui.refresh.progress import Progress
from pawtui.report.words import with_file_names
from pawtui.review import undo
from pawtui.review.walk import Walk
from pawtui.tui import themes
from pawtui.tui.base_app import BaseApp
from pawtui.tui.external_programs import open_page
from pawtui.tui.messages import (
    EvidenceRequested,
    NoticesFound,
    PostResult,
    RecordChanged,
    RefreshCancelled,
    RefreshFinished,
    RefreshProgressed,
    SubjectRequested,
    TaskFailed,
)
from pawtui.tui.preferences import FILE_NAME, Preferences
from pawtui.tui.screens.main_screen import MainScreen

if TYPE_CHECKING:
    from pawtui.workspace import Workspace

_THEMES = BUILTIN_THEMES | themes.OWN_THEMES


def _palette_provider() -> type[Provider]:
    from pawtui.tui.palette import PaletteProvider

    return PaletteProvider


class PawtuiApp(BaseApp):
    """The screens of one workspace. It reads the record when it is created. Raises `StoreError`."""

    TITLE = "pawtui"
    # Textual does not read the sheet of the default screen, because that screen is not pushed.
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/main_screen.tcss"]
    # `action_palette` opens the palette instead of Textual.
    ENABLE_COMMAND_PALETTE = False
    # Without the provider of Textual: its commands would come first. `PaletteProvider` lists them after the subjects.
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_palette_provider}
    BINDING_GROUP_TITLE = "Everywhere"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", id="quit", tooltip="All changes are already saved"),
        Binding(
            "ctrl+p,f1",
            "palette",
            "Palette",
            id="palette",
            show=False,
            priority=True,
            tooltip="Every action, also in dialogs",
        ),
        # The footer always shows this key.
        Binding("question_mark", "palette", "Help", id="help", tooltip="Every action, signal, gate and note"),
    ]
    # Seconds between two checks for changes by another process.
    CHECK_EVERY: ClassVar[float] = 1.0

    def __init__(
        self, workspace: Workspace, *, on_walk: bool = False, opener: Callable[[str], object] = open_page
    ) -> None:
        """Make the app, which starts on the walk if `on_walk`; `opener` opens web pages."""
        self.preferences = Preferences(workspace.store.path.parents[1] / FILE_NAME)
        theme = themes.initial_theme(os.environ, self.preferences.theme)
        # The theme must be set before Textual's __init__, which applies NO_COLOR to it: an ANSI theme set later would
        # be black on black. A theme set later also parses all style sheets again, a tenth of the first paint.
        self.set_reactive(App.theme, theme if theme in _THEMES else themes.DARK.name)
        super().__init__(workspace, opener, self.preferences.keys)
        # One instance: it is always at the bottom of the stack of screens.
        self.main = MainScreen()
        # The message about what needs the user after the last refresh, and that about a refresh that failed.
        self._attention = self._failed_refresh = ""
        self._on_walk = on_walk

    @property
    def available_themes(self) -> dict[str, Theme]:
        """The themes of Textual and pawtui. Textual's __init__ already uses them, and then each painted line."""
        return _THEMES

    def get_css_variables(self) -> dict[str, str]:
        """Return the colours of the theme, changed if they are not readable on a selected row."""
        variables = super().get_css_variables()
        if self.current_theme.ansi:
            # Textual's own value is transparent: a dialog would show the text below it.
            variables = self.theme_variables = {**variables, themes.SURFACE: "ansi_default"}
        elif self.current_theme.name not in themes.OWN_THEMES:
            variables = self.theme_variables = {**variables, **themes.readable(variables)}
        return variables

    def get_default_screen(self) -> Screen[None]:
        """Return the main screen, without a blank screen before it."""
        return self.main

    def on_mount(self) -> None:
        if self.key_overrides:
            self.set_keymap(self.key_overrides)
        self.preferences.apply(self)
        self.set_interval(self.CHECK_EVERY, self.check_record)
        if self._on_walk:
            self.call_after_refresh(self.action_walk)

    # --- messages of workers ---

    def on_record_changed(self, message: RecordChanged) -> None:
        self.overview = message.overview
        if change := message.change:
            self.show_message(f"{capitalized(with_file_names(change.summary))}.")
            self.main.select_new_note(change)

    def on_notices_found(self, message: NoticesFound) -> None:
        # After the walk has opened, if the app starts on it.
        self.call_after_refresh(self._show_notices, message.sentences)

    def _show_notices(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self.main.banner.add(sentence, "warning")
            if self.screen is not self.main:
                # The banner is below this screen.
                self.show_message(sentence, "warning")

    def on_task_failed(self, message: TaskFailed) -> None:
        if message.group == "refresh":
            self.main.show_progress(None)
            self._failed_refresh = message.sentence
        self.show_message(message.sentence, "error")

    async def on_subject_requested(self, message: SubjectRequested) -> None:
        if isinstance(self.screen, ModalScreen):
            # The dialog may contain text that is not saved.
            self.show_message("Close the dialog first.")
            return
        while self.screen is not self.main:
            # `pop_screen` would not mark the skipped items of a walk as read.
            self.screen.dismiss()
        self.main.body.go_to(message.subject)
        if message.action:
            await self.run_action(message.action, self.main)

    def on_evidence_requested(self, message: EvidenceRequested) -> None:
        from pawtui.tui.screens.pinned_screens import CommitScreen
        from pawtui.tui.screens.text_screen import TextScreen

        pin, subject = message.pin, message.pin_subject
        if pin.kind == "commit":
            self.push_screen(CommitScreen(pin, subject))
        else:
            self.push_screen(TextScreen(pin, subject, difference_first=message.difference_first))

    def on_refresh_progressed(self, message: RefreshProgressed) -> None:
        if self.background.is_refreshing:
            self.main.show_progress(message.progress)

    def on_refresh_finished(self, message: RefreshFinished) -> None:
        self.main.show_progress(None)
        refresh = message.outcome.refresh
        is_incomplete = refresh is not None and bool(refresh.errors)
        if message.attention:
            hint = self.with_keys("(<w:walk>: walk)")
            self.main.banner.remove_message(self._attention)
            self._attention = f"{message.outcome.message} {message.attention} {hint}"
            self.main.banner.add(self._attention, "warning" if is_incomplete else "information")
        elif is_incomplete:
            self.main.banner.add(message.outcome.message, "warning")
        else:
            self.show_message(message.outcome.message)

    def on_refresh_cancelled(self, message: RefreshCancelled) -> None:
        self.main.show_progress(None)
        summary = "It was already recorded." if message.recorded else "Nothing was recorded."
        self.main.banner.add(f"Refresh cancelled. {summary}", "information")

    def on_post_result(self, message: PostResult) -> None:
        from pawtui.tui.screens.post_dialog import PostDialog

        link = f" {message.url}" if message.url else ""
        self.main.banner.add(f"{message.summary}{link}", "information" if message.url else "error")
        # The palette may be over the dialog.
        for screen in self.screen_stack:
            if isinstance(screen, PostDialog):
                screen.show_result(message)

    # --- actions of all screens ---

    def action_refresh(self) -> None:
        """Measure both repositories. The progress is shown before the first request."""
        if self.background.refresh():
            self.main.banner.remove_message(self._failed_refresh)
            self.main.show_progress(Progress(done=0, total=0, message=""))
        else:
            self.show_message(self.with_keys("A refresh is running. <Esc:back> cancels it."))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies: while words are typed, the keys of undo are not meant for the record."""
        if action in ("undo", "redo"):
            # The palette has a field too, but its items are not keys.
            return not isinstance(self.focused, Input) or CommandPalette.is_open(self)
        return super().check_action(action, parameters)

    async def action_quit(self) -> None:
        """Quit, or warn first if typed text or the result of a comment would be lost."""
        # The palette may be over the dialog.
        if any(isinstance(screen, ModalScreen) for screen in self.screen_stack):
            from pawtui.tui.screens.dialog import Dialog

            dialog = next((screen for screen in self.screen_stack if isinstance(screen, Dialog)), None)
            if dialog is not None and dialog.warn_of_loss("Ctrl+Q"):
                self.close_screens_above(dialog)
                return
        await super().action_quit()

    def action_help_quit(self) -> None:
        """Show the key that quits, after Ctrl+C. A toast has one line, and Textual's message has two."""
        self.show_message("Press Ctrl+Q to quit.")

    def action_undo(self) -> None:
        self.record_change(undo.undo, "undo")

    def action_redo(self) -> None:
        self.record_change(undo.redo, "redo")

    def action_walk(self) -> None:
        from pawtui.tui.screens.walk_screen import WalkScreen

        if self.overview.last is None:
            self.show_message("The walk reviews a refresh, and none is recorded. Refresh first.")
        else:
            self.main.banner.remove_message(self._attention)
            walk = Walk(self.overview)
            self.push_screen(WalkScreen(walk), lambda _result: self.main.mark_read(walk.skipped))

    def action_show(self, name: str) -> None:
        from pawtui.tui.screens.export_screen import ExportScreen
        from pawtui.tui.screens.log_screen import LogScreen
        from pawtui.tui.screens.post_dialog import PlanFileDialog, PostDialog
        from pawtui.tui.screens.replay_dialog import ReplayDialog
        from pawtui.tui.screens.scope_screen import ScopeScreen
        from pawtui.tui.screens.timeline_screen import TimelineScreen

        screens: dict[str, Callable[[], Screen[None]]] = {
            "export": ExportScreen,
            "log": LogScreen,
            "plan": PlanFileDialog,
            "post": PostDialog,
            "replay": ReplayDialog,
            "scope": ScopeScreen,
            "timeline": TimelineScreen,
        }
        self.push_screen(screens[name]())

    def action_diff(self) -> None:
        """Compare the selected refresh of the history with the refresh before it."""
        from pawtui.tui.screens.diff_screen import DiffScreen

        refreshes = self.overview.record.all_refreshes
        if len(refreshes) < 2:
            self.show_message("A diff needs two refreshes. Refresh first.")
            return
        later = self.main.body.history.current or refreshes[-1]
        if later.id == refreshes[0].id:
            self.show_message("This is the first refresh. Select a later one to compare.")
            return
        self.push_screen(DiffScreen(later))

    def action_close(self) -> None:
        from pawtui.tui.screens.close_dialog import CloseDialog

        if self.overview.last is None:
            self.show_message("Refresh first, then close the review.")
        else:
            self.push_screen(CloseDialog(self.overview, self.overview.last))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield Textual's commands for the palette, except those that pawtui has as actions, and one for the keys."""
        for command in super().get_system_commands(screen):
            if command.title not in ("Keys", "Quit"):
                yield command
        where = f"Write your keys into {self.preferences.path}. `pawtui help screens` shows how."
        yield SystemCommand("Change keys", where, partial(self.show_message, where))

    async def action_palette(self) -> None:
        from pawtui.tui.keymap import known_bindings
        from pawtui.tui.palette import Palette

        # It imports all screens, whose bindings the palette lists. Keys that are typed meanwhile wait.
        await asyncio.to_thread(known_bindings)
        if not CommandPalette.is_open(self):
            self.push_screen(Palette(placeholder="Search actions, signals, gates and notes", id="--command-palette"))
