"""The action that records the state of the plan if the comments under the plan are not a clear approval."""

import re

from pawtui.review.actions import ActionContext, ActionError, checked_text, parse_choice
from pawtui.review.record_types import PLAN_ENTRY_STATES, Change, PlanEntry, Record

_COMMENT = re.compile(r"https://[^\s#]{1,400}#[\w-]{1,80}")


def why_no_plan(record: Record) -> str:
    """Return why the last refresh found no plan, and what to do."""
    found = record.current_plan
    if found is not None and found.state == "unknown":
        return f"The comments on the tracking issue could not be read: {found.cause} Refresh again."
    why = f": {found.cause}" if found is not None and found.cause else ""
    return f"No plan is known{why}. Post one on the tracking issue, then refresh."


def set_plan_state(context: ActionContext, state: str, *, reason: str, comment: str = "") -> Change:
    """Return the change that records the plan as `approved`, `waiting` or `withdrawn`, and why.

    `comment` is a link to the comment that proves it. Raises `ActionError` without a plan or a reason, or for an
    unknown state.
    """
    new_state = parse_choice(state, PLAN_ENTRY_STATES, "plan state")
    plan = context.record.known_plan
    if plan is None:
        raise ActionError(why_no_plan(context.record))
    reason = checked_text(reason, "reason")
    comment = comment.strip() or plan.unclear_url
    if comment != plan.unclear_url and not _COMMENT.fullmatch(comment):
        raise ActionError(f"{comment[:80]!r} is not a link to a comment. Copy the link from the comment's menu.")
    entry = PlanEntry(
        id=context.new_id(),
        state=new_state,
        reason=reason,
        by=context.actor.by,
        at=context.actor.at,
        plan=plan.url,
        plan_since=plan.since,
        answered_at=plan.answered_at,
        comment=comment,
    )
    edit = context.new_edit("rulings", plan.url, entry)
    return context.new_change("plan", f"recorded the plan as {entry.state}", edit)
