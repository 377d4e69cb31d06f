"""Pin a text or a commit to the gate, note or signal that it was opened from."""

from __future__ import annotations

from pawtui.report.documents.subject_document import note_of
from pawtui.review.basis import Basis
from pawtui.review.gate_actions import add_pin
from pawtui.review.note_actions import edit_note
from pawtui.tui.base_app import BaseApp


def pin_to(app: BaseApp, subject: str, pin: str) -> None:
    """Add the pin to the gate or note; for another subject, open a new note with the pin."""
    from pawtui.tui.screens.note_editor import NoteEditor

    overview = app.overview
    if overview is None:
        return
    kind, _, name = subject.partition(":")
    tracker = app.workspace.tracker
    if kind == "gate":
        app.background.submit(
            lambda record, actor: add_pin(record, tracker, name, pin, actor), Basis(subject, overview)
        )
    elif note := note_of(overview, subject):
        if pin in note.pins:
            app.toast("The note has this pin already.")
            return
        text, pins = note.text, (*note.pins, pin)
        app.background.submit(
            lambda record, actor: edit_note(record, name, text, actor, pins=pins), Basis(subject, overview)
        )
    else:
        about = subject if kind == "signal" else "review"
        app.push_screen(NoteEditor(overview, about, pins=(pin,)))
