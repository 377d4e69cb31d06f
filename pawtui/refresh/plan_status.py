"""Where the migration plan stands on the tracking issue, as part of a refresh: one request for up to 100 comments."""

from __future__ import annotations

import datetime as dt

from pawtui.refresh.approval import plan_of
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.refresh_types import PlanStatus
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.tracker_types import Side, Tracker


def is_about(issue: str, side: Side) -> bool:
    """Return whether an issue (`owner/repo#1`) is one of that side's repository."""
    return issue.rpartition("#")[0].lower() == side.repo.lower()


async def plan_status(
    tracker: Tracker, source: Source, error_log: ErrorLog, present: str, as_of: dt.datetime | None
) -> PlanStatus | None:
    """Return the plan as it stands now, or stood `as_of`; None where the tracker names no issue.

    `present` is the name that the issue's repository has now; empty where that is not known. `unknown` with its cause
    where the comments cannot be had (which is added to the log), or where the plan or an answer has been edited since
    `as_of`: what it said then is not kept anywhere.
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
    context = plan_of([comment for comment in comments if comment.created_at <= as_of], tracker.id)
    if any(moment is not None and moment > as_of for moment in (context.since, context.answered_at)):
        return PlanStatus(
            state="unknown", url=context.url, cause=f"its comments have been edited since {as_of:%Y-%m-%d}"
        )
    return context
