"""The base classes of the app and its screens: the record, the workers, messages, and the report after a crash."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, cast
from weakref import WeakKeyDictionary

from rich.text import Text
from textual import events, getters
from textual.app import App
from textual.binding import Binding
from textual.notifications import SeverityLevel
from textual.reactive import var
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker, WorkerFailed

from pawtui.redact import redact, tokens_in
from pawtui.report.spans import with_keys
from pawtui.review.actions import ChangeFactory
from pawtui.review.basis import Basis
from pawtui.review.overview import Overview
from pawtui.tui.background import BackgroundTasks, start_worker
from pawtui.tui.banner import Banner
from pawtui.tui.content import line
from pawtui.tui.line_view import LineView

if TYPE_CHECKING:
    from pawtui.workspace import Workspace

# Textual shows these keys as `esc`, `⏎`, `tab`, `shift+tab`, `space`, `home`, `end`, `pgup`, `pgdn` and `f1`.
_KEY_LABELS = {
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "space": "Space",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
}


def crash_report(error: BaseException) -> str:
    """Return the traceback of a bug, then what to do. It has no values of variables, and tokens are masked.

    The instruction is last, so that it is visible in the terminal.
    """
    if isinstance(error, WorkerFailed):
        error = error.error
    trace = "".join(traceback.format_exception(error)).rstrip()
    return redact(
        f"{trace}\n\npawtui has stopped because of a bug. All recorded changes are saved. "
        "Please report the bug with the lines above.",
        tokens_in(os.environ),
    )


class BaseApp(App[Any]):
    """The app with its workspace and overview. Screens access it with `app = getters.app(BaseApp)`.

    It reads the record when it is created. Raises `StoreError`.
    """

    # Set in `__init__`. The default is never used.
    overview: var[Overview] = var(cast(Any, None), init=False)

    def __init__(self, workspace: Workspace, opener: Callable[[str], object], keymap: Mapping[str, str]) -> None:
        super().__init__()
        # Comma-separated keys by id, for the keys that `screens.toml` changes; the first of each as screens show it.
        self.key_overrides = keymap
        self.chosen_keys = {item: self.shown_keys([keys.partition(",")[0]]) for item, keys in keymap.items()}
        self.workspace = workspace
        self.set_reactive(BaseApp.overview, workspace.overview())
        self.background = BackgroundTasks(self, workspace, opener)
        # The widget or screen that got a key first.
        self._key_receivers: WeakKeyDictionary[events.Key, Widget] = WeakKeyDictionary()

    async def on_event(self, event: events.Event) -> None:
        """Process an event, and note the receiver of a key. See `on_key`."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._key_receivers[event] = self.focused or self.screen
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """Send a key again if the focus has moved since: the key before it has opened a dialog, for example.

        Textual sends all keys of a burst to the focused widget before it runs the action of the first one. It would
        look up the other keys in the dialog, but not give them to the field that has the focus now.
        """
        if self._key_receivers.get(event) is not (self.focused or self.screen):
            event.prevent_default()
            self.post_message(events.Key(event.key, event.character))

    def get_key_display(self, binding: Binding) -> str:
        """Return a key as screens show it, with the same name in footers, dialogs and messages."""
        modifier, _, letter = binding.key.rpartition("+")
        if modifier == "ctrl" and len(letter) == 1:
            # Textual shows `^s`.
            return f"Ctrl+{letter.upper()}"
        return _KEY_LABELS.get(binding.key) or super().get_key_display(binding)

    def shown_keys(self, keys: Iterable[str]) -> str:
        return " ".join(self.get_key_display(Binding(key, "")) for key in keys)

    def with_keys(self, text: str) -> str:
        """Return pawtui's own text with the keys of the user, as `report.spans.with_keys` does."""
        return with_keys(text, self.chosen_keys)

    def record_change(self, make_change: ChangeFactory, subject: str) -> Worker[None]:
        """Record a change that is based on the subject as shown (`Basis`), in the background."""
        basis = Basis(subject, self.overview)
        return start_worker(self, partial(self.background.record_change, make_change, basis), "record")

    def check_record(self) -> None:
        """Read the record again in the background if another process has written it, or on a new day."""
        self.background.read_if_changed(self.overview.today)

    def show_message(self, sentence: str, severity: SeverityLevel = "information") -> None:
        """Show a message on the top screen that is not a dialog."""
        screen = next(screen for screen in reversed(self.screen_stack) if isinstance(screen, MessageScreen))
        screen.show_message(sentence, severity)

    def close_screens_above(self, screen: Screen[Any]) -> bool:
        """Close all screens above a screen, such as the palette. Return False if the screen itself is closed."""
        if screen not in self.screen_stack:
            return False
        while self.screen is not screen:
            self.pop_screen()
        return True

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a toast without its title: a toast has one line. Textual's message about a screenshot has a title."""
        super().notify(message, severity=severity, timeout=timeout, markup=markup)

    def _fatal_error(self) -> None:
        """End the app with pawtui's report instead of Textual's, which has values of variables and thus tokens.

        Textual has no public interface for this; all other code in `pawtui/tui` uses public interfaces. Checked against
        Textual 8.2: `App._fatal_error`, `App._exception`.
        """
        error = self._exception
        self.bell()
        # `panic` also ends the app.
        self.panic(Text(crash_report(error) if error is not None else "pawtui has stopped because of a bug."))


class MessageScreen(Screen[None]):
    """A screen with a banner. Subclasses yield `banner` in `compose`."""

    # The key that dismisses a message, as `with_keys` reads it.
    BACK_KEY: ClassVar[str] = "<Esc:page.back>"

    app = getters.app(BaseApp)
    _last_message = ""

    @property
    def overview(self) -> Overview:
        return self.app.overview

    def on_mount(self) -> None:
        for view in self.query(LineView):
            view.chosen_keys = self.app.chosen_keys

    @cached_property
    def banner(self) -> Banner:
        """The messages of the screen. A message may arrive before the screen is composed."""
        return Banner(self.app.with_keys(self.BACK_KEY))

    def show_message(self, sentence: str, severity: SeverityLevel) -> None:
        """Show short information as a toast, and any other message in the banner."""
        if severity == "information":
            # The message about the action before is out of date, for example after an undo.
            self.banner.remove_message(self._last_message)
            self._last_message = sentence
            if line(sentence).cell_length <= self.size.width - 2:
                # One toast at a time, because two would cover a row.
                self.app.clear_notifications()
                self.notify(sentence, markup=False, timeout=3)
                return
        self.banner.add(sentence, severity)

    def on_screen_suspend(self) -> None:
        """Remove the toast: it is about this screen, and would cover the keys of the next one."""
        self.app.clear_notifications()
