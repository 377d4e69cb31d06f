"""Actions on evidence: request the evidence of a line, offer it as a pin, add a pin to a subject."""

from collections.abc import Sequence

from pawtui.refresh.pins import Pin, pin_or_none
from pawtui.report.document import Target
from pawtui.review.gate_actions import add_pin
from pawtui.review.note_actions import edit_note
from pawtui.tui.base_app import BaseApp
from pawtui.tui.messages import EvidenceRequested
from pawtui.tui.selected_subject import SelectedSubject


def evidence_request(target: Target, pin_subject: str, web: str) -> EvidenceRequested | None:
    """Return the message that shows the file or commit of a line; None if the line has neither.

    `pin_subject` is the subject that gets the pins from that screen, `web` the address of the host.
    """
    page, host = target.url, f"{web.rstrip('/')}/"
    if page.startswith(host):
        # Pins are read from the pages of github.com only. An Enterprise host has the same pages.
        page = f"https://github.com/{page.removeprefix(host)}"
    changed = _readable_pin(target.changed_pin)
    pin = changed or _readable_pin(target.copy) or _readable_pin(page)
    return EvidenceRequested(pin, pin_subject, difference_first=bool(changed)) if pin else None


def _readable_pin(text: str) -> Pin | None:
    """Return the pin if the text is a pin to a file or a commit, else None."""
    pin = pin_or_none(text)
    return pin if pin and pin.kind in ("file", "commit") else None


def offered_pin(target: Target | None, existing: Sequence[str]) -> str:
    """Return the pin of the marked line; empty if there is none, or if it is an existing pin."""
    pin = _readable_pin(target.copy) if target else None
    return str(pin) if pin is not None and str(pin) not in existing else ""


def add_pin_to(app: BaseApp, subject: str, pin: str) -> None:
    """Add the pin to the gate or note; for another subject, open a new note with the pin."""
    from pawtui.tui.screens.note_editor import NoteEditor

    selected = SelectedSubject(app.overview, subject)
    note = selected.note
    if gate := selected.gate:
        app.commit(lambda context: add_pin(context, gate.gate.id, pin), subject)
    elif note is None:
        app.push_screen(NoteEditor(app.overview, selected.note_subject, pins=(pin,)))
    elif pin in note.pins:
        app.show_message("The note has this pin already.")
    else:
        pins = (*note.pins, pin)
        app.commit(lambda context: edit_note(context, note.id, note.text, pins=pins), subject)
