"""The scope of the tracker, related work, and the reasons for the decision."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from pawtui.report.document import Document
from pawtui.report.documents.refresh_document import scope_document
from pawtui.review.plan_actions import why_no_plan
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.plan_state_dialog import PlanStateDialog


class ScopeScreen(DocumentScreen):
    BINDING_GROUP_TITLE = "Scope"
    HELP = "What the tracker covers and what not, related issues and pull requests, and the reasons for the decision."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "set_plan_state", "Plan", id="scope.plan", tooltip="Record the meaning of comments on the plan"),
    ]
    TITLE = "Decision, scope and related work"

    def action_set_plan_state(self) -> None:
        if self.overview.record.known_plan is None:
            self.app.show_message(why_no_plan(self.overview.record))
        else:
            self.app.push_screen(PlanStateDialog(self.overview))

    def document(self) -> Document:
        return scope_document(self.document_context)
