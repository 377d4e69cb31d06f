"""What every dialog shares: a card, a place for what is wrong, and asking before text is lost."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import DANGER, MUTED, NONE, concat, line
from pawtui.tui.messages import Failed

Sheets = str | PurePath | list[str | PurePath] | None


class Dialog(ModalScreen[None]):
    """A card with a title, fields, a line that says what is wrong, and a line of keys.

    Subclasses give `card_title`, `fields()` and `action_submit()`; `dirty()` says whether there is something to lose.
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

    def dirty(self) -> bool:
        """Whether leaving now would lose something."""
        return False

    def wrong(self, sentence: str) -> None:
        """Show a mistake in the dialog."""
        message = self.query_one("#wrong", Static)
        message.update(line(sentence, DANGER) if sentence else NONE)
        if sentence:
            # On a short screen it may be below what is in view.
            self.call_after_refresh(self.query_one("#card", Vertical).scroll_end, animate=False)

    def action_submit(self) -> None:
        """Do what this dialog is for."""
        raise NotImplementedError

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
