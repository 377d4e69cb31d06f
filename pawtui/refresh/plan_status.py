"""The state of the migration plan on the tracking issue: one request for up to 100 comments."""

import datetime as dt

from pawtui.refresh.approval import plan_of
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.refresh_types import PlanStatus
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.tracker_types import Side, Tracker


def belongs_to(issue: str, side: Side) -> bool:
    """Return whether an issue (`owner/repo#1`) belongs to that side's repository."""
    return issue.rpartition("#")[0].lower() == side.repo.lower()


async def plan_status(
    tracker: Tracker, source: Source, error_log: ErrorLog, present: str, as_of: dt.datetime | None
) -> PlanStatus | None:
    """Return the state of the plan now, or `as_of`; None if the tracker names no issue.

    `present` is the current name of the issue's repository; empty if not known. The state is `unknown` with its cause
    if the comments cannot be fetched; `error_log` gets the failure. It is also `unknown` if the plan or an answer was
    edited after `as_of`, because GitHub does not return the earlier text.
    """
    if not tracker.issue:
        return None
    repo, _, number = tracker.issue.rpartition("#")
    try:
        comments = await source.comments(present or repo, int(number))
    except SourceError as error:
        error_log.add(error)
        return PlanStatus(state="unknown", cause=str(error))
    if as_of is None:
        return plan_of(comments, tracker.id)
    status = plan_of([comment for comment in comments if comment.created_at <= as_of], tracker.id)
    if any(moment is not None and moment > as_of for moment in (status.since, status.answered_at)):
        return PlanStatus(
            state="unknown", url=status.url, cause=f"its comments have been edited since {as_of:%Y-%m-%d}"
        )
    return status
