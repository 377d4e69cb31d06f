"""The note editor: what it is on, the words, the pins checked as they are typed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Label, Static, TextArea

from pawtui.review.basis import ChangeFactory
from pawtui.review.note_actions import add_note, edit_note
from pawtui.review.record_types import Note
from pawtui.review.views import Overview
from pawtui.tui.content import ALERT, LINK, MUTED, STRONG, concat, editable, line, spaced, trusted
from pawtui.tui.editor import NoEditor, edited
from pawtui.tui.pin_field import PinArea
from pawtui.tui.pin_input import checked, typed_pins
from pawtui.tui.screens.pins_dialog import PinningDialog


class NoteEditor(PinningDialog):
    """Writes a note on a subject, or changes one."""

    HELP = """
    Write what you saw and where. A pin is a place at a commit: up:path/file.ts#L10-L20 or a GitHub link.
    """
    BINDING_GROUP_TITLE = "Note editor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+e", "editor", "Editor", id="note.editor", priority=True, tooltip="Edit the text in $VISUAL or $EDITOR"
        ),
    ]
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("^s", "save"),
        ("^e", "your editor"),
        ("Tab", "text, pins"),
        ("Esc", "cancel"),
    )

    def __init__(
        self, shown: Overview, about: str, *, note: Note | None = None, on_pins: bool = False, pins: Sequence[str] = ()
    ) -> None:
        """`pins` are filled in, besides those of the note."""
        super().__init__(shown)
        self._about = about
        self._note = note
        self.subject = f"note:{note.id}" if note else ""
        self._text = editable(note.text) if note else ""
        self._was = editable("\n".join(note.pins)) if note else ""
        self._given = editable("\n".join([*(note.pins if note else ()), *pins]))
        self.card_title = "change a note" if note else "write a note"
        self._first = "#pins" if on_pins else "#text"

    def fields(self) -> ComposeResult:
        """Subject, text, pins and what each pin is read as."""
        yield Static(self._title(), id="on")
        state = Static(self.state(), id="state")
        state.display = False
        yield state
        yield TextArea(
            self._text,
            id="text",
            classes="text",
            language="markdown",
            soft_wrap=True,
            show_line_numbers=False,
            placeholder="What you saw, in your own words. Markdown is fine.",
        )
        yield Label("Pins", classes="label")
        yield PinArea(self._given, id="pins", classes="few", soft_wrap=True, show_line_numbers=False)
        yield Static(id="completions", classes="completions")
        yield Static(Content("\n").join(checked([], {}, {})[0]), id="checked", classes="checked")

    def on_mount(self) -> None:
        """Start where the person meant to."""
        self.query_one(self._first, TextArea).focus()
        self.show_pins()

    def state(self) -> Content:
        """The note as it is now, in brief: only shown once it is not the one that is being edited."""
        note = self._note
        return spaced([line("now", MUTED), line(note.text if note else "removed", ALERT)])

    def show_state(self) -> None:
        """Show what somebody else made of the note. Where it is gone, what was typed becomes a new one."""
        self._note = self.shown.record.notes.get(self._note.id) if self._note else None
        if self._note is None:
            self.subject = ""
        self.query_one("#state").display = True
        super().show_state()

    def _title(self) -> Content:
        kind, _, name = self._about.partition(":")
        title = ""
        tracker = self.app.workspace.tracker
        if kind == "signal" and (signal := tracker.signal(name)):
            title = signal.title
        elif kind == "gate" and (gate := tracker.gate(name)):
            title = gate.title
        where = concat(trusted("on ", MUTED), line(self._about, LINK))
        return concat(where, "  ", line(title, STRONG)) if title else concat(where, trusted(" as a whole", MUTED))

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        self.touched()
        if event.text_area.id == "pins":
            self.show_pins()

    def pins(self) -> list[str]:
        """What was typed, one pin a line."""
        return typed_pins(self.query_one("#pins", TextArea).text)

    def _words(self) -> str:
        return self.query_one("#text", TextArea).text

    def kept(self) -> Collection[str]:
        """The pins of the note as it was."""
        return self._note.pins if self._note else ()

    def dirty(self) -> bool:
        """Whether text or pins are others than they were."""
        return self._words().strip() != self._text.strip() or self.pins() != typed_pins(self._was)

    def submit(self) -> ChangeFactory | None:
        """Write or change the note."""
        if wrong := self.wrong_pin():
            self.wrong(wrong)
            return None
        text, pins = self._words(), self.full_pins()
        if self._note is not None:
            note_id = self._note.id
            return lambda record, actor: edit_note(record, note_id, text, actor, pins=pins)
        tracker, about = self.app.workspace.tracker, self._about
        return lambda record, actor: add_note(record, tracker, about, text, actor, pins=pins)

    def action_editor(self) -> None:
        """Hand the text to the person's own editor."""
        area = self.query_one("#text", TextArea)
        try:
            area.text = edited(self.app, area.text)
        except NoEditor as error:
            self.wrong(str(error))
        area.focus()
