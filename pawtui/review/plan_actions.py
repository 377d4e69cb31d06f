"""The state of the plan, and the action that records it if the comments under the plan are not a clear approval."""

import re

from msgspec.structs import replace

from pawtui.refresh.refresh_types import PlanStatus
from pawtui.review.actions import ActionError, Actor, checked_text, new_change, new_edit, next_id, parse_choice
from pawtui.review.record_types import PLAN_ENTRY_STATES, Change, PlanEntry, Record

_COMMENT = re.compile(r"https://[^\s#]{1,400}#[\w-]{1,80}")
# States of a plan whose comments were read.
_READ = frozenset({"waiting", "approved", "withdrawn", "unclear"})


def known_plan(record: Record) -> PlanStatus | None:
    """Return the plan as the last refresh found it; None if there was none, or if its comments could not be read."""
    plan = record.last.plan if record.last else None
    return plan if plan is not None and plan.state in _READ else None


def current_plan(record: Record) -> PlanStatus | None:
    """Return the status of the plan: as the last refresh found it, or as a maintainer recorded since."""
    plan = known_plan(record)
    if plan is None:
        return record.last.plan if record.last else None
    entry = record.rulings.get(plan.url)
    # An entry applies until the plan or the comments about it change.
    if entry is None or (entry.plan_since, entry.answered_at) != (plan.since, plan.answered_at):
        return plan
    approved = entry.state == "approved"
    return replace(
        plan,
        state=entry.state,
        by=entry.by,
        at=entry.at,
        approval_url=entry.comment if approved else "",
        unclear_url="" if approved else entry.comment,
        cause=entry.reason,
        recorded=True,
    )


def set_plan_state(record: Record, state: str, actor: Actor, *, reason: str, comment: str = "") -> Change:
    """Return the change that records the plan as `approved`, `waiting` or `withdrawn`, and why.

    `comment` is a link to the comment that proves it. Raises `ActionError` without a plan or a reason, or for an
    unknown state.
    """
    new_state = parse_choice(state, PLAN_ENTRY_STATES, "plan state")
    plan = known_plan(record)
    if plan is None:
        raise ActionError("No plan is known. Post one on the tracking issue, then refresh.")
    reason = checked_text(reason, "reason")
    comment = comment.strip() or plan.unclear_url
    if comment != plan.unclear_url and not _COMMENT.fullmatch(comment):
        raise ActionError(f"{comment[:80]!r} is not a link to a comment. Copy the link from the comment's menu.")
    entry = PlanEntry(
        id=next_id(record, actor.at),
        state=new_state,
        reason=reason,
        by=actor.by,
        at=actor.at,
        plan=plan.url,
        plan_since=plan.since,
        answered_at=plan.answered_at,
        comment=comment,
    )
    edit = new_edit(record, "rulings", plan.url, entry)
    return new_change(record, actor, "plan", f"recorded the plan as {entry.state}", edit)
