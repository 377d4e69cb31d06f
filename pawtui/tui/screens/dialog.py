"""What every dialog shares: a card, a place for what is wrong, saving, and asking before text is lost."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from pawtui.tui.background import ChangeFactory
from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import DANGER, MUTED, NONE, concat, line
from pawtui.tui.messages import Failed
from pawtui.tui.workers import start

Sheets = str | PurePath | list[str | PurePath] | None


class Dialog(ModalScreen[None]):
    """A card with a title, fields, a line that says what is wrong, and a line of keys.

    Subclasses give `title`, `fields()` and `submit()`; `dirty()` says whether there is something to lose.
    """

    CSS_PATH: ClassVar[Sheets] = "dialog.tcss"
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-short"), (32, "-tall")]  # noqa: RUF012 - as in Screen
    AUTO_FOCUS = "Input, TextArea, LineList"
    BINDING_GROUP_TITLE = "Dialogs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "Save", id="dialog.save", priority=True, tooltip="Record it and close the dialog"),
        Binding("escape", "leave", "Cancel", id="dialog.cancel", tooltip="Close the dialog; asks before text is lost"),
        Binding("f1", "app.help", "Help", id="help", show=False, tooltip="Every action, with its key"),
    ]
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("^s", "save"), ("Esc", "cancel"))

    class Committed(Message):
        """The act is on record."""

    app = getters.app(BaseApp)
    card_title: str = ""
    _asked = False

    def compose(self) -> ComposeResult:
        """The card."""
        with Vertical(id="card") as card:
            card.border_title = line(self.card_title)
            yield from self.fields()
            yield Static(id="wrong")
            yield Static(keys_line(self.KEYS), id="keys")

    def fields(self) -> ComposeResult:
        """The dialog's own widgets."""
        raise NotImplementedError

    def submit(self) -> ChangeFactory | None:
        """The act that this dialog is for; None after saying what is wrong."""
        raise NotImplementedError

    def dirty(self) -> bool:
        """Whether leaving now would lose something."""
        return False

    def wrong(self, sentence: str) -> None:
        """Show a mistake in the dialog."""
        self.query_one("#wrong", Static).update(line(sentence, DANGER) if sentence else NONE)

    def action_submit(self) -> None:
        """Commit the act; the dialog closes once it is on record."""
        make = self.submit()
        if make is not None:
            start(self, partial(self._commit, make), "save", exclusive=True)

    async def _commit(self, make: ChangeFactory) -> None:
        await self.ready()
        await self.app.background.commit(make)
        self.post_message(self.Committed())

    async def ready(self) -> None:
        """Check what can only be checked with I/O before the act is committed. Raises `PawtuiError`."""

    @on(Committed)
    def _committed(self) -> None:
        self.dismiss()

    def on_failed(self, event: Failed) -> None:
        """Say what failed, and keep everything that was typed."""
        event.stop()
        self.wrong(event.sentence)

    def action_leave(self) -> None:
        """Close, or ask first where something would be lost."""
        if self.dirty() and not self._asked:
            self._asked = True
            self.wrong("Text not saved. Ctrl+S saves it, Esc again discards it.")
            return
        self.dismiss()

    def touched(self) -> None:
        """Something was typed: ask again before throwing it away, and what was wrong may be right now."""
        self._asked = False
        self.wrong("")


def keys_line(keys: tuple[tuple[str, str], ...]) -> Content:
    """`^s save   Esc cancel`."""
    return Content("   ").join([concat(line(key, "bold $text-accent"), " ", line(words, MUTED)) for key, words in keys])
