"""A recorded state of a plan applies until the plan or its comments change."""

import datetime as dt
from typing import Literal

import pytest
from msgspec.structs import replace

from pawtui.refresh.refresh_types import PlanStatus
from pawtui.report.words import plan_summary
from pawtui.review.actions import ActionError
from pawtui.review.plan_actions import set_plan_state
from pawtui.review.record_types import Change, Record
from pawtui.review.undo import redo, undo
from pawtui.store.edits import apply
from tests.review.review_samples import NOON, context_of, refresh

ISSUE = "https://github.com/a/b/issues/1"
HOUR = dt.timedelta(hours=1)
UNCLEAR = PlanStatus(
    state="unclear",
    url=f"{ISSUE}#issuecomment-1",
    since=NOON - 5 * HOUR,
    plan_by="han",
    by="bo",
    at=NOON - 2 * HOUR,
    unclear_url=f"{ISSUE}#issuecomment-2",
    answered_at=NOON - 2 * HOUR,
)


def record_with(plan: PlanStatus | None, *, at: dt.datetime = NOON, before: Record | None = None) -> Record:
    refreshes = before.refreshes if before else ()
    found = replace(refresh(at=at), plan=plan)
    return replace(before or Record(), refreshes=(*refreshes, found))


def after(record: Record, change: Change) -> Record:
    return apply(record, change)[0]


def with_plan_state(record: Record, state: str = "approved") -> Record:
    return after(record, set_plan_state(context_of(record), state, reason="Bo meant the other issue"))


def test_a_plan_entry_replaces_an_unclear_state_and_can_be_undone() -> None:
    record = record_with(UNCLEAR)
    assert record.current_plan == UNCLEAR
    record = with_plan_state(record)
    plan = record.current_plan
    assert plan is not None
    assert (plan.state, plan.by, plan.at, plan.recorded) == ("approved", "ann", NOON, True)
    assert (plan.approval_url, plan.unclear_url) == (UNCLEAR.unclear_url, "")
    assert plan_summary(plan) == "approved, recorded by ann on 2026-11-20: Bo meant the other issue"
    assert record.log[-1].summary == "recorded the plan as approved"
    record = after(record, undo(context_of(record)))
    assert record.current_plan == UNCLEAR
    record = after(record, redo(context_of(record)))
    assert record.current_plan == plan


@pytest.mark.parametrize("state", ["waiting", "withdrawn"])
def test_a_plan_entry_can_approve_a_plan_that_is_not_approved(state: Literal["waiting", "withdrawn"]) -> None:
    plan = with_plan_state(record_with(replace(UNCLEAR, state=state))).current_plan
    assert plan is not None
    assert plan.state == "approved"


@pytest.mark.parametrize("state", ["waiting", "withdrawn"])
def test_a_plan_entry_can_replace_an_approval(state: str) -> None:
    approved = replace(UNCLEAR, state="approved", approval_url=f"{ISSUE}#issuecomment-3", unclear_url="")
    plan = with_plan_state(record_with(approved), state).current_plan
    assert plan is not None
    assert (plan.state, plan.approval_url) == (state, "")


def test_a_plan_entry_against_an_approval_keeps_the_unclear_comment() -> None:
    plan = with_plan_state(record_with(UNCLEAR), "withdrawn").current_plan
    assert plan is not None
    assert (plan.approval_url, plan.unclear_url) == ("", UNCLEAR.unclear_url)


def test_a_plan_entry_ends_with_an_edit_of_the_plan_or_a_later_answer() -> None:
    record = with_plan_state(record_with(UNCLEAR))
    same = record_with(UNCLEAR, at=NOON + HOUR, before=record)
    assert same.current_plan != UNCLEAR
    for changed in (
        replace(UNCLEAR, since=NOON + HOUR),
        replace(UNCLEAR, answered_at=NOON + HOUR),
        replace(UNCLEAR, url=f"{ISSUE}#issuecomment-9"),
        PlanStatus(state="unknown", cause="no network"),
        PlanStatus(state="none"),
        replace(UNCLEAR, state="unknown"),
        replace(UNCLEAR, state="none"),
    ):
        assert record_with(changed, at=NOON + 2 * HOUR, before=record).current_plan == changed


@pytest.mark.parametrize(
    ("plan", "state", "reason", "comment", "part"),
    [
        (None, "approved", "x", "", "No plan is known"),
        (None, "maybe", "x", "", "There is no plan state 'maybe'"),
        (PlanStatus(state="none"), "approved", "x", "", "No plan is known"),
        (PlanStatus(state="none", cause="bo may not"), "approved", "x", "", "No plan is known: bo may not. Post one"),
        (PlanStatus(state="unknown", cause="No network."), "approved", "x", "", "be read: No network. Refresh"),
        (UNCLEAR, "aproved", "x", "", "did you mean 'approved'"),
        (UNCLEAR, "done", "x", "", "choose one of: approved, waiting, withdrawn"),
        (UNCLEAR, "approved", " ", "", "The reason is empty"),
        (UNCLEAR, "approved", "x" * 20_001, "", "Shorten it"),
        (UNCLEAR, "approved", "x", "javascript:alert(1)", "not a link to a comment"),
        (UNCLEAR, "approved", "x", ISSUE, "not a link to a comment"),
        (UNCLEAR, "approved", "x", f"{ISSUE}#issuecomment-7 and more", "not a link to a comment"),
        (UNCLEAR, "approved", "x", f"see {ISSUE}#issuecomment-7", "not a link to a comment"),
    ],
)
def test_an_impossible_plan_entry_is_refused(
    plan: PlanStatus | None, state: str, reason: str, comment: str, part: str
) -> None:
    with pytest.raises(ActionError, match=part):
        set_plan_state(context_of(record_with(plan)), state, reason=reason, comment=comment)
    with pytest.raises(ActionError, match="No plan is known"):
        set_plan_state(context_of(Record()), "approved", reason="x")


@pytest.mark.parametrize("comment", [f"{ISSUE}#issuecomment-7", ""])
def test_a_plan_entry_has_the_link_that_proves_it(comment: str) -> None:
    record = record_with(replace(UNCLEAR, unclear_url=""))
    record = after(record, set_plan_state(context_of(record), "approved", reason="r", comment=f" {comment} "))
    assert record.rulings[UNCLEAR.url].comment == comment


def test_the_link_of_the_unclear_comment_is_accepted_in_any_form() -> None:
    plan = replace(UNCLEAR, unclear_url="http://git.example/a/b/issues/1#issuecomment-2")
    change = set_plan_state(context_of(record_with(plan)), "approved", reason="r", comment=plan.unclear_url)
    assert after(record_with(plan), change).rulings[plan.url].comment == plan.unclear_url
