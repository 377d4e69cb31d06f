"""The note editor: the subject, the text, and pins that are checked during typing."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from pawtui.errors import PawtuiError
from pawtui.review.actions import ChangeFactory
from pawtui.review.note_actions import add_note, edit_note
from pawtui.review.overview import Overview
from pawtui.review.record_types import Note
from pawtui.sources.sanitize import safe_text
from pawtui.tui.content import ALERT, LINK, MUTED, STRONG, concat, line, spaced, trusted
from pawtui.tui.external_programs import edit_text
from pawtui.tui.pin_field import PinArea
from pawtui.tui.screens.pin_field_dialog import PinFieldDialog
from pawtui.tui.text_fields import TextField


class NoteEditor(PinFieldDialog):
    """The dialog for a new note on `note_subject` (`signal:ID`, `gate:ID` or `review`), or for the recorded `note`.

    `pins` are filled in after those of the note. The first focus is on the text, with `on_pins` on the pins.
    """

    HELP = """
    Write your observation and its evidence. A pin is a path at a commit (up:path/file.ts#L10-L20), an issue
    (owner/repo#12) or a link.
    """
    AUTO_FOCUS = ".first"
    BINDING_GROUP_TITLE = "Note editor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+e", "editor", "Editor", id="note.editor", priority=True, tooltip="Edit the text in $VISUAL or $EDITOR"
        )
    ]

    def __init__(
        self,
        shown: Overview,
        note_subject: str,
        *,
        note: Note | None = None,
        on_pins: bool = False,
        pins: Sequence[str] = (),
    ) -> None:
        super().__init__(shown, f"note:{note.id}" if note else "")
        self._note_subject = note_subject
        self._note = note
        self._pins = (*(note.pins if note else ()), *pins)
        self.title = "Change a note" if note else "Write a note"
        self._on_pins = on_pins

    def inputs(self) -> ComposeResult:
        text = TextField(
            safe_text(self._note.text) if self._note else "",
            id="text",
            classes="many-lines",
            placeholder="Your observation. Markdown is allowed.",
        )
        pins = PinArea(safe_text("\n".join(self._pins)))
        (pins if self._on_pins else text).add_class("first")
        yield text
        yield from self.pin_fields("Pins", pins)

    def on_mount(self) -> None:
        self.query_one("#state").display = False

    def current_state(self) -> Content:
        note = self._note
        return spaced(line("now", MUTED), line(note.text if note else "removed", ALERT))

    def show_state(self) -> None:
        """Show the note as another user changed it. If the note was removed, saving writes a new note."""
        self._note = self.shown.record.notes.get(self._note.id) if self._note else None
        if self._note is None:
            self.subject = ""
        self.query_one("#state").display = True
        super().show_state()

    def heading(self) -> Content:
        status = self.shown.status(self._note_subject)
        title = concat("  ", line(status.title, STRONG)) if status else trusted(" as a whole", MUTED)
        return concat(trusted("on ", MUTED), line(self._note_subject, LINK), title)

    def existing_pins(self) -> Collection[str]:
        return self._note.pins if self._note else ()

    def prepare_change(self) -> ChangeFactory:
        text, pins = self.typed["text"], self.full_pins()
        if self._note is not None:
            note_id = self._note.id
            return lambda context: edit_note(context, note_id, text, pins=pins)
        return lambda context: add_note(context, self._note_subject, text, pins=pins)

    def action_editor(self) -> None:
        area = self.query_one("#text", TextField)
        try:
            area.text = edit_text(self.app, area.text)
        except PawtuiError as error:
            self.show_mistake(str(error))
        area.focus()
