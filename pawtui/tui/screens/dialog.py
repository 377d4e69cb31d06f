"""The base classes of dialogs: a card with fields, a line for a mistake, and the keys; some ask for a path."""

from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from pawtui.tui.background import start_worker
from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import DANGER, EMPTY, line
from pawtui.tui.footer import KeysFooter
from pawtui.tui.messages import TaskFailed

CANCEL_KEY = Binding(
    "escape", "cancel", "Cancel", id="dialog.cancel", tooltip="Close the dialog; warns before text is lost"
)

_TALL = 32  # lines of a screen


class Dialog(ModalScreen[None], inherit_bindings=False):
    """A card with a title, fields, a line for a mistake, and the keys.

    Subclasses define `TITLE` or set `title`, and implement `fields()` and `action_submit()`.
    """

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = "dialog.tcss"
    # The class of a tall screen has no styles: it replaces the class of a short one.
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-short"), (_TALL, "-tall")]  # noqa: RUF012 - as in Screen
    AUTO_FOCUS = "Input, TextArea, ChoiceList"
    BINDING_GROUP_TITLE = "Dialogs"
    # In the order of the keys. Inherited bindings would come before those of this class.
    BINDINGS: ClassVar[list[BindingType]] = [
        # Not a priority binding: it must come after the keys that the focused field has not processed yet.
        Binding("ctrl+s", "submit", "Save", id="dialog.save", tooltip="Record it and close the dialog"),
        Binding("tab", "next_field", "Next field"),
        CANCEL_KEY,
        *(binding for binding in Binding.make_bindings(Screen.BINDINGS) if binding.key != "tab"),
    ]

    app = getters.app(BaseApp)

    def compose(self) -> ComposeResult:
        # Before the fields are mounted: Textual scrolls to the focused field with these margins.
        self.set_class(self.app.size.height < _TALL, "-short")
        with Vertical(id="card") as card:
            card.border_title = line(self.title or "")
            yield from self.fields()
            yield Static(id="mistake")
            yield KeysFooter()

    def fields(self) -> ComposeResult:
        raise NotImplementedError

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
        event.stop()
        self.show_mistake(event.sentence)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies: there is a next field only if there are two."""
        return action != "next_field" or len(self.focus_chain) > 1

    def action_next_field(self) -> None:
        self.focus_next()

    def warn_of_loss(self, key: str) -> bool:
        """Return whether the dialog must stay open, and show why. `key` is the key that would close it."""
        return False

    def action_cancel(self) -> None:
        if not self.warn_of_loss(self.app.with_keys("<Esc:dialog.cancel>")):
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

    def replace_with(self, screen: Screen[None]) -> None:
        """Open a screen in the place of this dialog, also below the palette, but not after Escape."""
        if self.app.close_screens_above(self):
            self.app.switch_screen(screen)


def labelled(label: str, field: Widget) -> ComposeResult:
    """Yield a field below its label."""
    yield Label(label, classes="label")
    yield field
