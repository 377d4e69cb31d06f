"""Records what a maintainer's comments under the plan mean: approved, waiting or withdrawn, and why."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label, Static

from pawtui.report.words import plan_summary
from pawtui.review.basis import ChangeFactory
from pawtui.review.plan_rulings import rule_on_plan
from pawtui.review.record_types import RULING_STATES
from pawtui.review.views import Overview
from pawtui.tui.content import MUTED, concat, line
from pawtui.tui.line_list import LineList
from pawtui.tui.screens.action_dialog import ActionDialog

_MEANS = {
    "approved": "a maintainer approved it",
    "waiting": "nobody has approved it yet",
    "withdrawn": "the approval was taken back, or the plan refused",
}


class RulingStates(LineList[str]):
    """The states a plan can be recorded as."""

    def key_of(self, item: str) -> str:
        """Return the state."""
        return item

    def paint(self, item: str, width: int) -> list[Content]:
        """Return the state and what it means."""
        return [concat(line(f"{item:12}"), line(_MEANS[item], MUTED))]


class PlanRulingDialog(ActionDialog):
    """Asks for the state, the reason and, if wanted, the comment that says so."""

    HELP = """
    A comment **approves** a plan when it says "approved" and nothing else. Any other comment of a maintainer that may
    be about approval makes the plan **unclear**: record here what it means. It counts until the plan is edited or a
    maintainer answers again, and u takes it back.
    """
    card_title = "Plan: record what the comments mean"
    subject = "plan"

    def __init__(self, shown: Overview) -> None:
        super().__init__(shown)
        self._comment = shown.plan.unclear_url if shown.plan else ""

    def state(self) -> Content:
        """Return where the plan stands."""
        return line(plan_summary(self.shown.plan) if self.shown.plan else "none posted")

    def fields(self) -> ComposeResult:
        """The state now, the states, the reason, the comment."""
        yield Static(self.state(), id="state")
        yield RulingStates(empty="", id="states")
        yield Label("Reason", classes="label")
        yield Input(id="reason")
        yield Label("Link to the comment (optional)", classes="label")
        yield Input(self._comment, id="comment")

    def on_mount(self) -> None:
        """List the states."""
        states = self.query_one(RulingStates)
        states.fill(list(RULING_STATES))
        states.styles.height = len(states.items) + 2
        states.go_to("waiting")
        states.focus()

    @on(LineList.Chosen)
    def _chosen(self) -> None:
        self.query_one("#reason", Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.touched()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_submit()

    def dirty(self) -> bool:
        """Return whether a reason was typed."""
        return bool(self.query_one("#reason", Input).value.strip())

    def submit(self) -> ChangeFactory | None:
        """Record the ruling."""
        state = self.query_one(RulingStates).current or "waiting"
        reason = self.query_one("#reason", Input).value
        comment = self.query_one("#comment", Input).value
        return lambda record, actor: rule_on_plan(record, state, actor, reason=reason, comment=comment)
