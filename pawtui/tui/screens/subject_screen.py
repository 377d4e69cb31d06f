"""Actions on the selected signal, gate, note or refresh. The main screen and the walk have the same keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from pawtui.phrases import shortened
from pawtui.probes.state import State
from pawtui.refresh.pins import Pin, pin_or_none
from pawtui.report.document import Target
from pawtui.report.documents.document_parts import DocumentContext
from pawtui.review.actions import NeedsEvidence
from pawtui.review.gate_actions import add_pin, set_gate, tick_part
from pawtui.review.note_actions import edit_note, remove_note
from pawtui.review.pin_actions import remove_pin
from pawtui.review.record_types import GATE_STATES, GateState, Note, StepState
from pawtui.sources.sanitize import safe_line
from pawtui.tui.base_app import BaseApp, MessageScreen
from pawtui.tui.messages import EvidenceRequested
from pawtui.tui.selected_subject import SelectedSubject

if TYPE_CHECKING:
    from pawtui.tui.document_view import DocumentView

OPEN_KEY = Binding("o", "open", "Open", id="evidence.open", tooltip="The marked line, in the browser")
COPY_KEY = Binding("y", "copy", "Copy", id="evidence.copy", show=False, tooltip="Pin, SHA or link of the marked line")
_SET = Binding.Group("Set")


class SubjectScreen(MessageScreen):
    """A screen with actions on one subject: `signal:ID`, `gate:ID`, `note:ID` or `refresh:ID`."""

    BINDING_GROUP_TITLE = "Everywhere"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "gate('satisfied')", "Satisfied", id="gate.satisfied", group=_SET, tooltip="Needs evidence"),
        Binding("b", "gate('blocked')", "Blocked", id="gate.blocked", group=_SET, tooltip="Needs a reason"),
        Binding("t", "gate('untested')", "Untested", id="gate.untested", group=_SET, tooltip="Removes the reason"),
        Binding("V", "set_step", "Step", id="gate.step", tooltip="State of an evaluation step of the gate"),
        Binding("v", "verdict", "Verdict", id="signal.verdict", tooltip="Your verdict; overrides the measured state"),
        # On a gate, the same key shows why it does nothing.
        Binding("v", "explain_verdict", id="signal.verdict", show=False),
        Binding("R", "renew", "Renew", id="pin.renew", tooltip="Stale pins, after confirmation"),
        Binding("n", "note", "Note", id="note.write", tooltip="Observation on a signal, gate or the review"),
        Binding("p", "pin", "Pin", id="note.pin", tooltip="Evidence: lines, commit, issue or link"),
        Binding("E", "edit_note", "Edit", id="note.edit", tooltip="Change the text or pins of the note"),
        Binding("X", "remove", "Remove", id="note.remove", tooltip="The note, or the pin of a gate or step"),
        OPEN_KEY,
        Binding("u,ctrl+z", "app.undo", "Undo", id="undo", tooltip="Your last change"),
        Binding("ctrl+r", "app.redo", "Redo", id="redo", show=False, tooltip="Your last undone change"),
        COPY_KEY,
        Binding("space", "next_state", "Change", id="gate.next", show=False, tooltip="Next state, or tick the part"),
    ]

    document_view: DocumentView

    @property
    def subject(self) -> str:
        """The current subject. It is computed at each use, so that a fast key never acts on the previous subject."""
        return ""

    @property
    def selected(self) -> SelectedSubject:
        return SelectedSubject(self.overview, self.subject)

    @property
    def target(self) -> Target | None:
        """The target of the line under the cursor of the detail."""
        return self.document_view.target

    @property
    def marked_target(self) -> Target | None:
        """The target of the marked line if keys act on it; None if they act on a row of a list."""
        return self.target if self.acts_on_marked_line() else None

    @property
    def document_context(self) -> DocumentContext:
        return self.app.workspace.document_context(self.overview)

    def on_document_view_target_opened(self, event: DocumentView.TargetOpened) -> None:
        target = event.target
        if target.part:
            self.tick(target.part)
        elif target.subject:
            self.go_to(target.subject)
        elif target.url:
            self._open_evidence(target)

    def _open_evidence(self, target: Target) -> None:
        """Show the file or the commit of a line in the app, and any other page in the browser."""
        page, host = target.url, f"{self.app.workspace.web.rstrip('/')}/"
        if page.startswith(host):
            # Pins are read from the pages of github.com only. An Enterprise host has the same pages.
            page = f"https://github.com/{page.removeprefix(host)}"
        changed = _readable_pin(target.changed_pin)
        if pin := changed or _readable_pin(target.copy) or _readable_pin(page):
            self.app.post_message(EvidenceRequested(pin, self.subject, difference_first=bool(changed)))
        else:
            self.action_open()

    def go_to(self, subject: str) -> None:
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies to the subject, or to the marked line of the detail."""
        if action == "next_state" and self.acts_on_marked_line():
            return True
        return self.selected.allows(action)

    def action_next_state(self) -> None:
        """In a list set the gate's next state. In the detail tick the marked part, else page down."""
        target = self.target
        if not self.acts_on_marked_line():
            if gate := self.selected.gate:
                self.action_gate(GATE_STATES[(GATE_STATES.index(gate.state) + 1) % len(GATE_STATES)])
        elif target is None or not target.part:
            self.document_view.action_page(1)
        elif not self.document_view.reveal():
            # Do not tick parts that are off screen: the first press shows the part.
            self.tick(target.part)

    def acts_on_marked_line(self) -> bool:
        """Return whether keys act on the marked line of the detail, and not on a row of a list."""
        return self.document_view.has_focus

    def tick(self, part: str) -> None:
        """Tick or untick the part `GATE/PART`."""
        gate_id, _, part_id = part.partition("/")
        self.app.record_change(lambda context: tick_part(context, gate_id, part_id), f"gate:{gate_id}")

    def action_gate(self, state: GateState) -> None:
        """Set the state of the gate. A dialog asks for required input, or before other things change too."""
        from pawtui.tui.screens.gate_dialog import ConfirmGateDialog, GateDialog, consequence

        status = self.selected.gate
        if status is None:
            return
        gate_id = status.gate.id
        needs_input = state == "blocked"
        if state == "satisfied":
            try:
                # The change is not committed: this only finds whether evidence is missing.
                set_gate(self.app.workspace.action_context(self.overview.record), gate_id, state)
            except NeedsEvidence:
                needs_input = True
        if needs_input:
            self.app.push_screen(GateDialog(self.overview, gate_id, state))
        elif consequence(status, state):
            self.app.push_screen(ConfirmGateDialog(self.overview, gate_id, state))
        else:
            self.app.record_change(lambda context: set_gate(context, gate_id, state), f"gate:{gate_id}")

    def action_set_step(self) -> None:
        from pawtui.tui.screens.evaluation_step_dialog import StepChoiceDialog

        self.app.push_screen(StepChoiceDialog(self.overview, [status.step.id for status in self.selected.steps]))

    def action_change_step(self, step_id: str, state: StepState) -> None:
        from pawtui.tui.screens.evaluation_step_dialog import EvaluationStepDialog

        self.app.push_screen(EvaluationStepDialog(self.overview, step_id, state))

    def action_verdict(self, state: State | None = None) -> None:
        """Open the dialog for a verdict; `state` is selected at first."""
        from pawtui.tui.screens.verdict_dialog import VerdictDialog

        if status := self.selected.signal:
            self.app.push_screen(VerdictDialog(self.overview, status.signal.id, state))

    def action_explain_verdict(self) -> None:
        """Show why a gate has no verdict."""
        keys = "<s:gate.satisfied>, <b:gate.blocked>, <t:gate.untested> set a gate."
        self.app.show_message(self.app.with_keys(f"Verdicts are for signals. {keys}"))

    def _open_note_editor(self, note: Note | None = None, *, on_pins: bool = False, pins: Sequence[str] = ()) -> None:
        """Open the editor for the note, or for a new note: on this subject, or on the subject of the selected note."""
        from pawtui.tui.screens.note_editor import NoteEditor

        note_subject = self.selected.note_subject
        self.app.push_screen(NoteEditor(self.overview, note_subject, note=note, on_pins=on_pins, pins=pins))

    def action_note(self) -> None:
        self._open_note_editor()

    def action_pin(self) -> None:
        """Add a pin to the gate; for another subject, write a note with the pin."""
        from pawtui.tui.screens.gate_dialog import PinDialog

        selected, target = self.selected, self.marked_target
        # The pin of the marked line, if it is a new one.
        pin = _readable_pin(target.copy) if target else None
        offered = str(pin) if pin and str(pin) not in selected.pins else ""
        if gate := selected.gate:
            self.app.push_screen(PinDialog(self.overview, gate.gate.id, offered))
        else:
            self._open_note_editor(selected.note, on_pins=True, pins=(offered,) if offered else ())

    def action_renew(self) -> None:
        """Show the new places of stale pins, and ask before they are recorded."""
        from pawtui.tui.screens.renew_dialog import RenewDialog

        target = self.marked_target
        marked = (target.changed_pin or target.copy) if target else ""
        self.app.push_screen(RenewDialog(self.overview, self.subject, marked))

    def action_edit_note(self) -> None:
        if note := self.selected.note:
            self._open_note_editor(note)

    def action_remove(self) -> None:
        """Remove the note, or the marked pin of the gate or of a step that serves it; undo restores it."""
        selected, target = self.selected, self.marked_target
        owner, pin = (target.pin_of, target.copy) if target else ("", "")
        if note := selected.note:
            self.app.record_change(lambda context: remove_note(context, note.id), f"note:{note.id}")
        elif owner:
            self.app.record_change(lambda context: remove_pin(context, owner, pin), owner)
        elif selected.gate:
            remedy = "Mark a pin of this gate or of its steps in the detail, then press <X:note.remove>."
            self.app.show_message(self.app.with_keys(f"No pin marked. {remedy}"))

    def action_open(self) -> None:
        """Open the web page of the line under the cursor; from a list, else the first web page of the detail."""
        url = self.target.url if self.target else ""
        if not url and not self.acts_on_marked_line():
            url = next((target.url for target in self.document_view.targets if target.url), "")
        if url:
            self.app.background.open_page(url)
        else:
            self.app.show_message("Nothing to open on this line. Mark a line that can be opened.")

    def action_copy(self) -> None:
        target = self.target
        # In a shell, a pasted line end would run the text before it.
        text = safe_line((target.copy or target.url) if target else "", 2_000)
        if text:
            self.app.copy_to_clipboard(text)
            self.app.show_message(f"Copied {shortened(text, 60)}")
        else:
            self.app.show_message("Nothing to copy on this line.")


def _readable_pin(text: str) -> Pin | None:
    """Return the pin if the text is a pin to a file or a commit, else None."""
    pin = pin_or_none(text)
    return pin if pin and pin.kind in ("file", "commit") else None


def add_pin_to(app: BaseApp, subject: str, pin: str) -> None:
    """Add the pin to the gate or note; for another subject, open a new note with the pin."""
    from pawtui.tui.screens.note_editor import NoteEditor

    selected = SelectedSubject(app.overview, subject)
    note = selected.note
    if gate := selected.gate:
        app.record_change(lambda context: add_pin(context, gate.gate.id, pin), subject)
    elif note is None:
        app.push_screen(NoteEditor(app.overview, selected.note_subject, pins=(pin,)))
    elif pin in note.pins:
        app.show_message("The note has this pin already.")
    else:
        pins = (*note.pins, pin)
        app.record_change(lambda context: edit_note(context, note.id, note.text, pins=pins), subject)
