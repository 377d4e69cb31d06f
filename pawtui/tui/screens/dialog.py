"""The base classes of dialogs: a card with fields, a line for a mistake, a line of keys; some ask for a path."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import MouseDown
from textual.screen import ModalScreen
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from pawtui.tui.background import start_worker
from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import DANGER, EMPTY, MUTED, concat, line
from pawtui.tui.messages import TaskFailed

# The keys of a dialog with more than one field.
FIELD_KEYS = (("^s", "save"), ("Tab", "next field"), ("Esc", "cancel"))

_TALL = 32  # lines of a screen
# The names in Textual of the keys that a line of keys shows.
_KEY_NAMES = {"^s": "ctrl+s", "^e": "ctrl+e", "Enter": "enter", "Tab": "tab", "Esc": "escape"}


class Dialog(ModalScreen[None]):
    """A card with a title, fields, a line for a mistake, and a line of keys.

    Subclasses define `TITLE` or set `title`, and implement `fields()` and `action_submit()`.
    """

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = "dialog.tcss"
    # The class of a tall screen has no styles: it replaces the class of a short one.
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-short"), (_TALL, "-tall")]  # noqa: RUF012 - as in Screen
    AUTO_FOCUS = "Input, TextArea, LineList"
    BINDING_GROUP_TITLE = "Dialogs"
    BINDINGS: ClassVar[list[BindingType]] = [
        # Not a priority binding: it must come after the keys that the focused field has not processed yet.
        Binding("ctrl+s", "submit", "Save", id="dialog.save", tooltip="Record it and close the dialog"),
        Binding(
            "escape", "cancel", "Cancel", id="dialog.cancel", tooltip="Close the dialog; warns before text is lost"
        ),
        Binding("f1", "app.help", "Help", id="help", show=False, tooltip="Every action, with its key"),
    ]
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("^s", "save"), ("Esc", "cancel"))

    app = getters.app(BaseApp)

    def compose(self) -> ComposeResult:
        # Before the fields are mounted: Textual scrolls to the focused field with these margins.
        self.set_class(self.app.size.height < _TALL, "-short")
        with Vertical(id="card") as card:
            card.border_title = line(self.title or "")
            yield from self.fields()
            yield Static(id="mistake")
            yield KeysLine(self.keys())

    def fields(self) -> ComposeResult:
        raise NotImplementedError

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of the dialog, each with its action."""
        return self.KEYS

    def show_mistake(self, sentence: str) -> None:
        """Show a mistake or a failure in the dialog."""
        message = self.query_one("#mistake", Static)
        message.update(line(sentence, DANGER) if sentence else EMPTY)
        if sentence:
            # On a short screen the line may be off screen.
            self.call_after_refresh(self.query_one("#card", Vertical).scroll_end, animate=False)

    @on(Input.Submitted)
    def _input_submitted(self) -> None:
        self.action_submit()

    def action_submit(self) -> None:
        raise NotImplementedError

    def on_task_failed(self, event: TaskFailed) -> None:
        """Show the failure. The typed text stays."""
        event.stop()
        self.show_mistake(event.sentence)

    def action_cancel(self) -> None:
        self.dismiss()


class FileDialog(Dialog):
    """A dialog for a path. Subclasses implement `process`."""

    LABEL = "File"
    PLACEHOLDER = ""

    def __init__(self, path: str = "") -> None:
        super().__init__()
        self._initial_path = path

    def fields(self) -> ComposeResult:
        yield from labelled(self.LABEL, Input(self._initial_path, placeholder=self.PLACEHOLDER, id="path"))

    def action_submit(self) -> None:
        typed = self.query_one("#path", Input).value.strip()
        if not typed:
            self.show_mistake("The path is empty. Write a path.")
            return
        try:
            path = Path(typed).expanduser()
        except RuntimeError:
            self.show_mistake(f"{typed} names a user without a home folder. Give a full path.")
            return
        start_worker(self, partial(self.process, path), "file", exclusive=True)

    async def process(self, path: Path) -> None:
        """Use the path, in a worker. Raises `PawtuiError`: the dialog then shows the message and stays open."""
        raise NotImplementedError


def labelled(label: str, field: Widget) -> ComposeResult:
    """Yield a field below its label."""
    yield Label(label, classes="label")
    yield field


class KeysLine(Static):
    """The line of keys below a dialog, such as `^s save   Esc cancel`. A left click on a key presses it."""

    ALLOW_SELECT = False

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__(_keys_line(keys), id="keys")

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these keys, each with its action."""
        self.update(_keys_line(keys))

    def on_mouse_down(self, event: MouseDown) -> None:
        if event.button == 1 and (key := event.style.meta.get("key")):
            self.app.simulate_key(key)


def _keys_line(keys: Sequence[tuple[str, str]]) -> Content:
    return Content("   ").join([_key_label(key, words) for key, words in keys])


def _key_label(key: str, words: str) -> Content:
    label = concat(line(key, "bold $text-accent"), " ", line(words, MUTED))
    name = key if len(key) == 1 else _KEY_NAMES.get(key)
    return label.stylize(Style.from_meta({"key": name})) if name else label
