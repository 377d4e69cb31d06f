"""The migration plan and its approval, read from the comments of the tracking issue.

The execution mode of #1253: a plan is posted as a comment, and work waits for an explicit "approved" from a maintainer.
A comment approves if one paragraph is "approved" with only a name, thanks, LGTM, an emoji or punctuation around it. The
rest may contain only thanks or quotes (`comment_answer.py`). Any other comment about approving, rejecting, withdrawing
or waiting makes the state `unclear`: a maintainer then records what it means (`review/plan_actions.py`).
"""

import datetime as dt
from collections.abc import Sequence

from msgspec.structs import replace

from pawtui.probes.error_log import ErrorLog
from pawtui.refresh.comment_answer import answer_of
from pawtui.refresh.comment_text import MARK_START, has_heading, has_mark, outer_lines
from pawtui.refresh.refresh_types import PlanStatus
from pawtui.sources.facts import Comment
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.tracker_types import Tracker

# Only the login of an installed app ends in it.
APP_SUFFIX = "[bot]"


async def read_plan_status(
    tracker: Tracker, source: Source, error_log: ErrorLog, as_of: dt.datetime | None
) -> PlanStatus | None:
    """Return the current state of the plan; None if the tracker names no issue.

    The state is `unknown` with its cause if the comments cannot be fetched (`error_log` gets the failure), and at a
    past time (`as_of`): GitHub does not return the earlier text of an edited comment.
    """
    if not tracker.issue:
        return None
    if as_of is not None:
        return PlanStatus(state="unknown", cause="comments are not read for a past time")
    repo, _, number = tracker.issue.rpartition("#")
    try:
        comments = await source.comments(repo, int(number))
    except SourceError as error:
        error_log.add(error)
        return PlanStatus(state="unknown", cause=str(error))
    return plan_status(comments, tracker.id)


def plan_status(comments: Sequence[Comment], tracker_id: str) -> PlanStatus:
    """Return the state of the newest plan. `comments` are all comments of the issue, in any order.

    A plan is a comment posted by pawtui, or one of a maintainer with the heading "plan". It counts only if its author
    may write to the repository.
    """
    ordered = sorted(comments, key=lambda comment: (comment.created_at, comment.id))
    plans = [
        comment
        for comment in ordered
        if has_mark(comment.body, "plan", tracker_id)
        or (comment.is_by_maintainer and has_heading(comment.body, "plan"))
    ]
    if not plans:
        return PlanStatus(state="none")
    plan = next((comment for comment in reversed(plans) if _may_write(comment)), None)
    if plan is None:
        author = plans[-1].author
        cause = f"the plan of {author} does not count: {author} has no write access to the repository"
        return PlanStatus(state="none", url=plans[-1].url, plan_by=author, cause=cause)
    return _status_of(plan, ordered)


def _status_of(plan: Comment, comments: Sequence[Comment]) -> PlanStatus:
    """Return the state of a plan after all comments, oldest first. An unclear answer is settled by its author only."""
    logins = tuple({comment.author for comment in comments if _may_write(comment)})
    unclear: dict[str, Comment] = {}
    approval: Comment | None = None
    answered_at: list[dt.datetime] = []
    for comment in comments:
        if not _may_answer(comment, plan):
            continue
        answer = answer_of(comment.body, logins)
        if answer == "unrelated":
            continue
        answered_at.append(comment.updated_at)
        # An approval is unclear if it is of an earlier text or by an app, or if it or the plan is hidden.
        is_by_app = comment.author.endswith(APP_SUFFIX)
        if answer == "unclear" or comment.created_at <= plan.updated_at or is_by_app or comment.hidden or plan.hidden:
            unclear[comment.author] = comment
            continue
        earlier = unclear.get(comment.author)
        # A comment may have been edited after the approval, to withdraw it.
        if earlier is not None and earlier.updated_at <= comment.created_at:
            del unclear[comment.author]
        approval = comment

    waiting = PlanStatus(state="waiting", url=plan.url, since=plan.updated_at, plan_by=plan.author)
    newest = max(unclear.values(), key=lambda comment: (comment.created_at, comment.id), default=approval)
    if newest is None:
        return waiting
    answered = replace(waiting, by=newest.author, at=newest.updated_at, answered_at=max(answered_at))
    if unclear:
        return replace(answered, state="unclear", unclear_url=newest.url)
    return replace(answered, state="approved", approval_url=newest.url)


def _may_answer(comment: Comment, plan: Comment) -> bool:
    # A summary that pawtui posted mentions approval but is not an answer.
    if not comment.is_by_maintainer or any(line.startswith(MARK_START) for line in outer_lines(comment.body)):
        return False
    # An answer before the plan's last edit is about another text, unless it was edited later.
    return comment.created_at > plan.created_at and comment.updated_at > plan.updated_at


def _may_write(comment: Comment) -> bool:
    """Return whether the author is a maintainer or an installed app."""
    return comment.is_by_maintainer or comment.author.endswith(APP_SUFFIX)
