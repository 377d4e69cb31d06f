"""The base classes of dialogs that change the record: the subject as shown, the typed text, and its recording."""

from collections.abc import Collection
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static, TextArea

from pawtui.errors import PawtuiError
from pawtui.review.actions import ChangeFactory
from pawtui.review.basis import Basis, SubjectChanged
from pawtui.review.overview import Overview
from pawtui.tui.background import start_worker
from pawtui.tui.choice_list import ChoiceList
from pawtui.tui.content import EMPTY
from pawtui.tui.screens.dialog import CANCEL_KEY, Dialog


class ActionDialog(Dialog):
    """A dialog for one change of a subject (`signal:ID`, `gate:ID`, `note:ID`, `review`, ...; empty: a new note).

    The change is based on `shown`, the overview that the dialog shows. If the subject has changed since, nothing is
    recorded: the dialog shows what changed and the new state, keeps the typed text, and bases the next attempt on the
    new state. Escape warns before typed text is lost.

    Subclasses implement `current_state()` and `prepare_change()`, and `heading()` and `inputs()` if they have them.
    """

    # Shown after a refused change: the key for the next attempt.
    RETRY_HINT: ClassVar[str] = "<Ctrl+S:dialog.save> saves your change anyway."

    def __init__(self, shown: Overview, subject: str) -> None:
        super().__init__()
        self.shown = shown
        self.subject = subject
        # The typed text when the dialog opened, and when the mistake was shown.
        self._filled_in: dict[str, str] = {}
        self._text_of_mistake: dict[str, str] = {}
        self._warned = False
        self._is_recording = False

    def fields(self) -> ComposeResult:
        heading = self.heading()
        if heading.plain:
            yield Static(heading)
        yield Static(self.current_state(), id="state")
        yield from self.inputs()

    def on_mount(self) -> None:
        self._filled_in = self.typed
        for area in self.query(TextArea):
            # Typing continues a filled-in text.
            area.move_cursor(area.document.end)

    def heading(self) -> Content:
        """Return the line above the state, such as the title of the subject."""
        return EMPTY

    def inputs(self) -> ComposeResult:
        """Yield the choices and fields."""
        yield from ()

    @property
    def typed(self) -> dict[str, str]:
        """The text of each field, by the id of the field."""
        fields = {field.id or "": field.value for field in self.query(Input)}
        return {**fields, **{area.id or "": area.text for area in self.query(TextArea)}}

    def prepare_change(self) -> ChangeFactory:
        """Return the function that makes the change from what is typed. Raises `PawtuiError` for a mistake in it."""
        raise NotImplementedError

    def current_state(self) -> Content:
        """Return the state of the subject in `shown`."""
        raise NotImplementedError

    def show_state(self) -> None:
        """Show the new state of the subject. The typed text stays."""
        self.query_one("#state", Static).update(self.current_state())

    async def check_pins(self) -> Collection[str]:
        """Check new pins, and return those that could not be checked. Raises `PinError` for one that is wrong."""
        return ()

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _edited(self) -> None:
        for field in self.query(Input):
            # Typing replaces a filled-in text when the field gets the focus, but not a typed one.
            field.select_on_focus = field.value == self._filled_in.get(field.id or "")
        # The message of an edit may arrive after a key that has shown a mistake in the edited text.
        if self.typed != self._text_of_mistake:
            self.show_mistake("")

    def show_mistake(self, sentence: str) -> None:
        """Show a mistake or a failure until the text is edited. It replaces a warning, which is then due again."""
        self._warned = False
        self._text_of_mistake = self.typed if sentence else {}
        super().show_mistake(sentence)

    def warn_of_loss(self, key: str) -> bool:
        """Warn that `key` again discards the typed text. Return False if there is none, or if it has warned already.

        While the change is recorded, it is too late to discard it: warn of that.
        """
        if self._is_recording:
            self.show_mistake("The change is being recorded. Wait until it is done.")
            return True
        lost = (text.strip() not in ("", self._filled_in[name].strip()) for name, text in self.typed.items())
        if self._warned or not any(lost):
            return False
        save = self.app.with_keys("<Ctrl+S:dialog.save>")
        self.show_mistake(f"Text not saved. {save} saves it, {key} again discards it.")
        self._warned = True
        return True

    @on(ChoiceList.Chosen)
    def _choice_made(self) -> None:
        self.show_mistake("")
        self.focus_next()

    def on_key(self, event: events.Key) -> None:
        if event.is_printable and isinstance(self.focused, ChoiceList):
            self.show_mistake("Letters do not choose. Press Up or Down, then Enter.")

    def action_submit(self) -> None:
        """Record the change once, then close the dialog. During the check, a later key starts again."""
        if self._is_recording:
            return
        try:
            make_change = self.prepare_change()
        except PawtuiError as error:
            self.show_mistake(str(error))
            return
        basis = Basis(self.subject, self.shown)
        start_worker(self, partial(self._record, make_change, basis), "save", exclusive=True)

    async def _record(self, make_change: ChangeFactory, basis: Basis) -> None:
        unchecked = await self.check_pins()
        self._is_recording = True
        try:
            await self.app.background.record_change(make_change, basis, unchecked)
        except PawtuiError as error:
            self._is_recording = False
            if not isinstance(error, SubjectChanged):
                raise
            self.call_later(self._show_refusal, error)
        else:
            self.call_later(self._close)

    def _close(self) -> None:
        # `dismiss` closes the top screen. `call_later(self.dismiss)` would wait for the end of this screen in itself.
        if self.app.close_screens_above(self):
            self.dismiss()

    def _show_refusal(self, error: SubjectChanged) -> None:
        self.shown = error.now
        self.show_state()
        self.show_mistake(f"{error.what} {self.app.with_keys(self.RETRY_HINT)}")


class ConfirmDialog(ActionDialog, inherit_bindings=False):
    """A question: `y` records the change; `n`, Enter or Escape closes the dialog without a change."""

    AUTO_FOCUS = ""
    # The keys of the answers have no id, so that no setting can change them.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "submit", "Yes"),
        Binding("n,enter", "cancel", "No, change nothing"),
        CANCEL_KEY,
        *Screen.BINDINGS,
    ]
