"""The scope of the tracker, related work, and the reasons for the decision."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from pawtui.report.document import Document
from pawtui.report.documents.scope_document import scope_document
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.plan_ruling_dialog import PlanRulingDialog


class ScopeScreen(DocumentScreen):
    BINDING_GROUP_TITLE = "Scope"
    HELP = "What the tracker covers and what not, related issues and pull requests, and the reasons for the decision."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "rule_on_plan", "Plan", id="scope.plan", tooltip="Record the meaning of comments on the plan"),
    ]
    TITLE = "Scope and related work"

    def action_rule_on_plan(self) -> None:
        shown = self.overview
        if shown is None or shown.plan is None or shown.plan.state in ("none", "unknown"):
            self.app.toast("No plan is known. Post one, then refresh.")
        else:
            self.app.push_screen(PlanRulingDialog(shown))

    def document(self) -> Document | None:
        return scope_document(self.overview, self.page_context) if self.overview else None
