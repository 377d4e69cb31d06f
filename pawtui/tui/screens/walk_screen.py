"""The walk: one signal or gate at a time, most urgent first, with its evidence."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker

from pawtui.report.document import Document
from pawtui.report.documents.document_parts import DocumentContext
from pawtui.report.documents.walk_document import walk_document
from pawtui.report.walk_keys import walk_keys
from pawtui.review.overview import Overview
from pawtui.review.walk import Walk, agree
from pawtui.tui.background import is_running
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.renew_dialog import RenewDialog
from pawtui.tui.screens.subject_screen import SubjectScreen


class WalkScreen(DocumentScreen, inherit_bindings=False):
    """A screen for one item at a time. Each decision is recorded immediately, so a walk can be continued later."""

    BINDING_GROUP_TITLE = "Walk"
    HELP = """
    Signals and gates, most urgent first. <a:walk.agree> agrees, <R:pin.renew> renews pins, <v:signal.verdict> gives a
    verdict, <s:gate.satisfied> <b:gate.blocked> <t:gate.untested> set a gate. <c:walk.close> closes the review.
    Esc leaves.
    """
    # In the order of the footer. Inherited bindings would come before those of this class.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "agree", "Agree", id="walk.agree", tooltip="Confirm this state and go to the next item"),
        Binding("R", "renew", "Renew", id="pin.renew", tooltip="Stale pins of this item, after confirmation"),
        # The same key shows why it does nothing here.
        Binding("a", "explain_agree", id="walk.agree", show=False),
        Binding("right,l", "skip", "Skip", id="walk.skip", tooltip="Go to the next item without a decision"),
        *(binding for binding in Binding.make_bindings(SubjectScreen.BINDINGS) if binding.action != "renew"),
        Binding("c", "app.close", "Close review", id="walk.close", tooltip="Close the review with a recommendation"),
        Binding("e", "app.show('export')", "Export", id="walk.export", tooltip="The Markdown summary"),
        Binding("left,h", "previous", "Previous", id="walk.previous", show=False, tooltip="Go to the previous item"),
        *DocumentScreen.BINDINGS,
        *Screen.BINDINGS,
    ]

    TITLE = "Walk"

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk
        self._agreement: Worker[None] | None = None

    @property
    def subject(self) -> str:
        """The signal or gate of the item; empty at the end."""
        return self._walk.subject

    def show_overview(self, overview: Overview) -> None:
        """Show the new record. Go on if the user has decided the item, or back if they have undone a decision."""
        self._walk.reload_and_move(overview, self.app.workspace.own_changes)
        self.show()

    def remark(self) -> str:
        walk = self._walk
        place = f"{walk.index + 1} of {len(walk.items)}" if walk.item is not None else "at the end"
        return f"{place}, {walk.decided_count} decided, {len(walk.skipped)} skipped"

    def document(self) -> Document | None:
        return walk_document(self._walk, self.document_context)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "agree":
            return self._walk.item is not None and not self._walk.evidence_problem
        if action == "explain_agree":
            return bool(self._walk.evidence_problem)
        if action == "skip":
            return self._walk.item is not None
        return super().check_action(action, parameters)

    def action_agree(self) -> None:
        # Until the agreement is recorded, the item is still shown: another key would agree with it again.
        if self._walk.item is not None and not is_running(self._agreement):
            subject = self.subject
            self._agreement = self.app.record_change(lambda context: agree(context, subject), subject)

    def action_explain_agree(self) -> None:
        """Show why the user cannot agree, and the key that decides the item instead."""
        if status := self._walk.overview.status(self.subject):
            key = self.app.with_keys(walk_keys(self._walk.overview, status)[0])
            self.app.show_message(f"Cannot agree: {status.evidence_problem}. {key}.")

    def action_renew(self) -> None:
        self.app.push_screen(RenewDialog(self.overview, self.subject))

    def action_skip(self) -> None:
        self._walk.skip()
        self.show()

    def action_previous(self) -> None:
        self._walk.go_back()
        self.show()

    @property
    def document_context(self) -> DocumentContext:
        return self.app.workspace.document_context(self._walk.overview)

    def go_to(self, subject: str) -> None:
        """At the end, go back to an item. In an item, do nothing: this never leaves the walk."""
        if self._walk.item is None:
            self._walk.go_to(subject)
            self.show()
