"""The scope of the tracker, related work and reasons for the decision; a dialog for the meaning of plan comments."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from pawtui.report.document import Document
from pawtui.report.documents.scope_document import scope_document
from pawtui.report.words import plan_summary
from pawtui.review.basis import ChangeFactory
from pawtui.review.plan_actions import known_plan, set_plan_state
from pawtui.review.record_types import PLAN_ENTRY_STATES
from pawtui.review.views import Overview
from pawtui.tui.choice_list import Choice, ChoiceList
from pawtui.tui.content import line
from pawtui.tui.reason_input import ReasonInput
from pawtui.tui.screens.action_dialog import ActionDialog
from pawtui.tui.screens.dialog import labelled
from pawtui.tui.screens.document_screen import DocumentScreen

_MEANINGS: Mapping[str, str] = {
    "approved": "a maintainer approved it",
    "waiting": "no maintainer has approved it yet",
    "withdrawn": "the approval was withdrawn, or the plan refused",
}


class ScopeScreen(DocumentScreen):
    """The scope, with an action for the plan."""

    BINDING_GROUP_TITLE = "Scope"
    HELP = "What the tracker covers and what not, related issues and pull requests, and the reasons for the decision."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "set_plan_state", "Plan", id="scope.plan", tooltip="Record the meaning of comments on the plan"),
    ]
    TITLE = "Decision, scope and related work"

    def action_set_plan_state(self) -> None:
        if known_plan(self.overview.record) is None:
            self.app.show_message("No plan is known. Post one, then refresh.")
        else:
            self.app.push_screen(PlanStateDialog(self.overview))

    def document(self) -> Document:
        return scope_document(self.overview, self.document_context)


class PlanStateDialog(ActionDialog):
    """The dialog for a state of the plan, with a reason and the link to a comment."""

    HELP = """
    Record what an unclear comment means. It counts until the plan is edited or a maintainer comments again.
    u undoes it.
    """
    TITLE = "record the meaning of the comments"

    def __init__(self, shown: Overview) -> None:
        super().__init__(shown, "plan")

    def current_state(self) -> Content:
        return line(plan_summary(self.shown.plan) if self.shown.plan else "none posted")

    def inputs(self) -> ComposeResult:
        comment = self.shown.plan.unclear_url if self.shown.plan else ""
        yield ChoiceList([Choice(state, line(state), _MEANINGS[state]) for state in PLAN_ENTRY_STATES], "waiting")
        yield from labelled("Reason", ReasonInput())
        yield from labelled("Link to the comment (optional)", Input(comment, id="comment"))

    def prepare_change(self) -> ChangeFactory | None:
        state, reason, comment = self.query_one(ChoiceList).chosen, self.typed["reason"], self.typed["comment"]
        return lambda record, actor: set_plan_state(record, state, actor, reason=reason, comment=comment)
