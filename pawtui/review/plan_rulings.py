"""What a maintainer says that the comments under the plan mean, where they are no clear approval."""

from __future__ import annotations

import re
from difflib import get_close_matches

from msgspec.structs import replace

from pawtui.refresh.model import PlanStatus
from pawtui.review.actions import TEXT_LIMIT, ActionError, Actor, document, next_id
from pawtui.review.model import RULING_STATES, Change, Edit, PlanRuling, Record, RulingState

_COMMENT = re.compile(r"https://[^\s#]{1,400}#[\w-]{1,80}")
# Where the comments are known.
_ANSWERED = frozenset({"waiting", "approved", "withdrawn", "unclear"})


def current_plan(record: Record) -> PlanStatus | None:
    """Return where the plan stands: as the last refresh found it, or as a maintainer recorded since."""
    plan = record.last.plan if record.last else None
    if plan is None or plan.state not in _ANSWERED:
        return plan
    ruling = record.rulings.get(plan.url)
    if ruling is None or not _counts(ruling, plan):
        return plan
    approved = ruling.state == "approved"
    return replace(
        plan,
        state=ruling.state,
        by=ruling.by,
        at=ruling.at,
        approval_url=ruling.comment if approved else "",
        unclear_url="" if approved else ruling.comment,
        cause=ruling.reason,
        recorded=True,
    )


def _counts(ruling: PlanRuling, plan: PlanStatus) -> bool:
    """Whether nothing was said or edited since what the ruling is about."""
    return (ruling.plan_since, ruling.answered_at) == (plan.since, plan.answered_at)


def rule_on_plan(record: Record, state: str, actor: Actor, *, reason: str, comment: str = "") -> Change:
    """Record that the plan is `approved`, `waiting` or `withdrawn`, and why; `comment` links to where that was said.

    Raises `ActionError`: without a plan, a reason or a state of that name.
    """
    plan = record.last.plan if record.last else None
    if plan is None or plan.state not in _ANSWERED:
        raise ActionError("No plan is known that could be approved. Post one on the tracking issue, then refresh.")
    reason = reason.strip()
    if not reason:
        raise ActionError("The reason is empty. Say in a few words what the comments mean.")
    if len(reason) > TEXT_LIMIT:
        raise ActionError(f"The reason has {len(reason):,} characters; at most {TEXT_LIMIT:,} are kept. Shorten it.")
    comment = comment.strip() or plan.unclear_url
    if comment and comment != plan.unclear_url and not _COMMENT.fullmatch(comment):
        raise ActionError(f"{comment[:80]!r} is not a link to a comment. Copy the link from the comment's menu.")
    ruling = PlanRuling(
        id=next_id(record, actor.at),
        state=_state(state),
        reason=reason,
        by=actor.by,
        at=actor.at,
        plan=plan.url,
        plan_since=plan.since,
        answered_at=plan.answered_at,
        comment=comment,
    )
    before = record.rulings.get(plan.url)
    edit = Edit(table="rulings", key=plan.url, before=document(before), after=document(ruling))
    return Change(
        id=ruling.id,
        action="plan",
        summary=f"recorded the plan as {ruling.state}",
        by=actor.by,
        at=actor.at,
        edits=(edit,),
    )


def _state(state: str) -> RulingState:
    for known in RULING_STATES:
        if state == known:
            return known
    close = get_close_matches(state, RULING_STATES, n=1, cutoff=0.5)
    hint = f"Did you mean {close[0]!r}?" if close else f"Give one of {', '.join(RULING_STATES)}."
    raise ActionError(f"There is no plan state {state!r}. {hint}")
