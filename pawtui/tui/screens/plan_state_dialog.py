"""The dialog that records what the comments on the plan mean."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from pawtui.report.words import plan_summary
from pawtui.review.actions import ChangeFactory
from pawtui.review.overview import Overview
from pawtui.review.plan_actions import set_plan_state
from pawtui.review.record_types import PLAN_ENTRY_STATES
from pawtui.tui.choice_list import Choice, ChoiceList
from pawtui.tui.content import line
from pawtui.tui.screens.action_dialog import ActionDialog
from pawtui.tui.screens.dialog import labelled
from pawtui.tui.text_fields import ReasonInput

_MEANINGS: Mapping[str, str] = {
    "approved": "a maintainer approved it",
    "waiting": "no maintainer has approved it yet",
    "withdrawn": "the approval was withdrawn, or the plan refused",
}


class PlanStateDialog(ActionDialog):
    HELP = """
    Record what an unclear comment means. It counts until the plan is edited or a maintainer comments again.
    <u:undo> undoes it.
    """
    TITLE = "Record the meaning of the comments"

    def __init__(self, shown: Overview) -> None:
        super().__init__(shown, "plan")

    def current_state(self) -> Content:
        return line(plan_summary(self.shown.plan) if self.shown.plan else "none posted")

    def inputs(self) -> ComposeResult:
        comment = self.shown.plan.unclear_url if self.shown.plan else ""
        yield ChoiceList([Choice(state, line(state), _MEANINGS[state]) for state in PLAN_ENTRY_STATES], "waiting")
        yield from labelled("Reason", ReasonInput())
        yield from labelled("Link to the comment (optional)", Input(comment, id="comment"))

    def prepare_change(self) -> ChangeFactory:
        state, reason, comment = self.query_one(ChoiceList).chosen, self.typed["reason"], self.typed["comment"]
        return lambda context: set_plan_state(context, state, reason=reason, comment=comment)
