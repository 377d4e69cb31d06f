"""What one can do to the thing one looks at: the same keys on the main screen and in the walk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.binding import Binding, BindingType
from textual.screen import Screen

from pawtui.review import undo
from pawtui.review.actions import NeedsEvidence, remove_note, remove_pin, set_gate, tick_part
from pawtui.review.basis import Basis, ChangeFactory
from pawtui.review.model import GateState
from pawtui.review.views import Overview
from pawtui.sources.sanitize import safe_line
from pawtui.tui.base_app import BaseApp
from pawtui.tui.page import Page, Target
from pawtui.tui.pages.common import PageContext
from pawtui.tui.pages.subjects import gate_of, note_of, page_of, signal_of

if TYPE_CHECKING:
    from pawtui.tui.reader import Reader

_SET = Binding.Group("Set", compact=True)
_NEXT: dict[GateState, GateState] = {"untested": "satisfied", "satisfied": "blocked", "blocked": "untested"}


class SubjectScreen(Screen[None]):
    """A screen that shows one subject (`signal:ID`, `gate:ID`, `note:ID`, `refresh:ID`) and acts on it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "next_state",
            "State",
            id="gate.next",
            show=False,
            tooltip="In the list the next state; in the detail it ticks the marked part",
        ),
        Binding("s", "gate('satisfied')", "Satisfied", id="gate.satisfied", group=_SET, tooltip="Needs evidence"),
        Binding("b", "gate('blocked')", "Blocked", id="gate.blocked", group=_SET, tooltip="Needs a reason"),
        Binding("u", "gate('untested')", "Untested", id="gate.untested", group=_SET, tooltip="Nobody has tested it"),
        Binding("v", "verdict", "Verdict", id="signal.verdict", tooltip="Your judgement over the measurement"),
        Binding("n", "note", "Note", id="note.write", tooltip="Write down what you saw"),
        Binding(
            "p",
            "pin",
            "Pin",
            id="note.pin",
            show=False,
            tooltip="Pin evidence: a file and lines, a commit, an issue, a link",
        ),
        Binding("E", "edit_note", "Edit", id="note.edit", tooltip="Change the note"),
        Binding("X", "remove('note')", "Remove", id="note.remove", tooltip="Take the note off the record"),
        Binding("X", "remove('pin')", "Unpin", id="gate.unpin", show=False, tooltip="Take the marked pin off the gate"),
        Binding("o", "open", "Open", id="evidence.open", tooltip="The marked line in the browser"),
        Binding("y", "copy", "Copy", id="evidence.copy", show=False, tooltip="The pin, SHA or link of the marked line"),
        Binding("u", "undo", "Undo", id="undo", show=False, tooltip="Take back your last act"),
        Binding("ctrl+z", "undo", "Undo", id="undo.anywhere", show=False, tooltip="Take back your last act"),
        Binding("ctrl+r", "redo", "Redo", id="redo", show=False, tooltip="Do again what you took back"),
    ]

    app = getters.app(BaseApp)
    reader: Reader
    _kind = ""

    @property
    def subject(self) -> str:
        """What one looks at, as of this moment: keys typed fast must never act on the thing before."""
        return ""

    @property
    def overview(self) -> Overview | None:
        """The state of things."""
        return self.app.overview

    @property
    def target(self) -> Target | None:
        """What the marked line of the detail stands for."""
        return None

    def targets(self) -> Sequence[Target]:
        """All lines of the detail that stand for something."""
        return ()

    @property
    def page_context(self) -> PageContext:
        """What pages need besides their subject."""
        workspace = self.app.workspace
        return PageContext(web=workspace.web, now=workspace.clock(), drift=self.overview.drift if self.overview else {})

    def page(self) -> Page | None:
        """The page of the subject."""
        return page_of(self.overview, self.subject, self.page_context) if self.overview else None

    def rebind(self) -> None:
        """Other keys work on another kind of thing; within one kind they stay, and so does the footer."""
        kind = self.subject.partition(":")[0]
        if kind != self._kind:
            self._kind = kind
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show only the keys that do something to the subject."""
        if action == "next_state" and self.reading_detail():
            return True
        if action in ("next_state", "gate") or (action == "remove" and parameters == ("pin",)):
            return gate_of(self.overview, self.subject) is not None
        if action == "verdict":
            return signal_of(self.overview, self.subject) is not None
        if action in ("edit_note", "remove"):
            return note_of(self.overview, self.subject) is not None
        if action == "pin":
            return not self.subject.startswith("refresh:")
        return True

    def action_next_state(self) -> None:
        """From a list go to the gate's next state. In the detail tick the marked part, else read on."""
        view = gate_of(self.overview, self.subject)
        target = self.target
        if not self.reading_detail():
            if view is not None:
                self.action_gate(_NEXT[view.state])
        elif target is None or target.enter != "part":
            self.reader.action_page(1)
        elif not self.reader.reveal():
            # What nobody sees is not ticked: the first press shows it.
            self.tick(target.object)

    def act(self, make: ChangeFactory, subject: str) -> None:
        """Commit an act on a subject as this screen shows it."""
        if self.overview is not None:
            self.app.background.submit(make, Basis(subject, self.overview))

    def reading_detail(self) -> bool:
        """Whether the detail has the keys."""
        return False

    def tick(self, which: str) -> None:
        """Tick or untick `GATE/PART`."""
        gate_id, _, part_id = which.partition("/")
        tracker = self.app.workspace.tracker
        self.act(lambda record, actor: tick_part(record, tracker, gate_id, part_id, actor), f"gate:{gate_id}")

    def action_gate(self, state: GateState) -> None:
        """Set the gate's state; ask for what that state needs where it is missing, and before something is lost."""
        from pawtui.tui.screens.gate_dialog import GateDialog, UntestedDialog, dropped

        view = gate_of(self.overview, self.subject)
        if view is None or self.overview is None:
            return
        workspace, gate_id = self.app.workspace, view.gate.id
        if state == "untested" and dropped(view):
            self.app.push_screen(UntestedDialog(self.overview, gate_id))
            return
        try:
            asks = state == "blocked" or not set_gate(
                self.overview.record, workspace.tracker, gate_id, state, workspace.actor()
            )
        except NeedsEvidence:
            asks = True
        if asks:
            self.app.push_screen(GateDialog(self.overview, gate_id, state))
        else:
            self.act(
                lambda record, actor: set_gate(record, workspace.tracker, gate_id, state, actor), f"gate:{gate_id}"
            )

    def action_verdict(self) -> None:
        """Give a verdict on the signal."""
        from pawtui.tui.screens.verdict_dialog import VerdictDialog

        if self.overview is not None and (view := signal_of(self.overview, self.subject)):
            self.app.push_screen(VerdictDialog(self.overview, view.signal.id))

    def note_subject(self) -> str:
        """What a new note would be on."""
        note = note_of(self.overview, self.subject)
        if note is not None:
            return note.subject
        return self.subject if self.subject.startswith(("signal:", "gate:")) else "review"

    def action_note(self) -> None:
        """Write a note."""
        from pawtui.tui.screens.note_editor import NoteEditor

        if self.overview is not None:
            self.app.push_screen(NoteEditor(self.overview, self.note_subject()))

    def action_pin(self) -> None:
        """Pin evidence: straight to a gate; to anything else with a note."""
        from pawtui.tui.screens.note_editor import NoteEditor
        from pawtui.tui.screens.pin_dialog import PinDialog

        if self.overview is None:
            return
        view = gate_of(self.overview, self.subject)
        if view is not None:
            self.app.push_screen(PinDialog(self.overview, view.gate.id))
        else:
            note = note_of(self.overview, self.subject)
            self.app.push_screen(NoteEditor(self.overview, self.note_subject(), note=note, on_pins=True))

    def action_edit_note(self) -> None:
        """Change the note."""
        from pawtui.tui.screens.note_editor import NoteEditor

        if self.overview is not None and (note := note_of(self.overview, self.subject)):
            self.app.push_screen(NoteEditor(self.overview, note.subject, note=note))

    def action_remove(self, what: str) -> None:
        """Remove the note, or take the marked pin off the gate; undo brings it back."""
        if note := note_of(self.overview, self.subject):
            note_id = note.id
            self.act(lambda record, actor: remove_note(record, note_id, actor), f"note:{note_id}")
        elif view := gate_of(self.overview, self.subject):
            tracker, gate_id = self.app.workspace.tracker, view.gate.id
            pin = self.target.copy if self.target and self.reading_detail() else ""
            if view.entry and pin in view.entry.pins:
                self.act(lambda record, actor: remove_pin(record, tracker, gate_id, pin, actor), f"gate:{gate_id}")
            else:
                self.app.toast("X takes a pin of the gate's own off: mark one in the detail.")

    def action_open(self) -> None:
        """Open what the marked line stands for; from a list, else the first evidence there is."""
        url = self.target.url if self.target else ""
        if not url and not self.reading_detail():
            url = next((one.url for one in self.targets() if one.url), "")
        if url:
            self.app.background.open(url)
        else:
            self.app.toast("There is nothing to open on this line: j and k go to one that can be.")

    def action_copy(self) -> None:
        """Copy what the marked line stands for."""
        target = self.target
        # Pasted into a shell, a line end would run what is before it.
        text = safe_line((target.copy or target.url) if target else "", 2_000)
        if text:
            self.app.copy_to_clipboard(text)
            self.app.toast(f"Copied {text if len(text) < 60 else text[:59] + '…'}")
        else:
            self.app.toast("There is nothing to copy on this line.")

    def action_undo(self) -> None:
        """Take back your last act."""
        self.act(undo.undo, "undo")

    def action_redo(self) -> None:
        """Do again what you took back last."""
        self.act(undo.redo, "redo")
