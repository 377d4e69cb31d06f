"""The dialog that records the meaning of comments on the plan: approved, waiting or withdrawn, with a reason."""

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Static

from pawtui.report.words import plan_summary
from pawtui.review.basis import ChangeFactory
from pawtui.review.plan_rulings import rule_on_plan
from pawtui.review.record_types import RULING_STATES
from pawtui.review.views import Overview
from pawtui.tui.choice_list import Choice, ChoiceList
from pawtui.tui.content import line
from pawtui.tui.line_list import LineList
from pawtui.tui.screens.action_dialog import ActionDialog

_MEANINGS: Mapping[str, str] = {
    "approved": "a maintainer approved it",
    "waiting": "no maintainer has approved it yet",
    "withdrawn": "the approval was withdrawn, or the plan refused",
}


class PlanRulingDialog(ActionDialog):
    """The dialog for a state of the plan, with a reason and the link to a comment."""

    HELP = """
    Record what an unclear comment means. It counts until the plan is edited or a maintainer comments again.
    u undoes it.
    """
    TITLE = "record the meaning of the comments"
    subject = "plan"

    def __init__(self, shown: Overview) -> None:
        super().__init__(shown)
        self._comment = shown.plan.unclear_url if shown.plan else ""

    def state(self) -> Content:
        return line(plan_summary(self.shown.plan) if self.shown.plan else "none posted")

    def fields(self) -> ComposeResult:
        yield Static(self.state(), id="state")
        yield ChoiceList()
        yield Label("Reason", classes="label")
        yield Input(id="reason")
        yield Label("Link to the comment (optional)", classes="label")
        yield Input(self._comment, id="comment")

    def on_mount(self) -> None:
        choices = self.query_one(ChoiceList)
        choices.offer([Choice(state, line(state), _MEANINGS[state]) for state in RULING_STATES], "waiting")
        choices.focus()

    @on(LineList.RowOpened)
    def _row_opened(self) -> None:
        self.query_one("#reason", Input).focus()

    def dirty(self) -> bool:
        return bool(self.query_one("#reason", Input).value.strip())

    def change(self) -> ChangeFactory | None:
        state = self.query_one(ChoiceList).key or "waiting"
        reason = self.query_one("#reason", Input).value
        comment = self.query_one("#comment", Input).value
        return lambda record, actor: rule_on_plan(record, state, actor, reason=reason, comment=comment)
