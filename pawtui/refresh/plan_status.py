"""Where the migration plan stands on the tracking issue, as part of a refresh: one request for up to 100 comments."""

from __future__ import annotations

import datetime as dt

from pawtui.refresh.approval import plan_of
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.model import PlanStatus
from pawtui.sources.facts import Head
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.model import Tracker


async def plan_status(
    tracker: Tracker, source: Source, error_log: ErrorLog, up: Head, down: Head, as_of: dt.datetime | None
) -> PlanStatus | None:
    """The plan as it stands now, or stood `as_of`; None where the tracker names no issue.

    `unknown` with its cause where the comments cannot be had (which `trouble` is told), or where the plan or its
    approval has been edited since `as_of`: what it said then is not kept anywhere.
    """
    if not tracker.issue:
        return None
    repo, _, number = tracker.issue.rpartition("#")
    present = {side.repo.lower(): head.repo for side, head in ((tracker.upstream, up), (tracker.downstream, down))}
    try:
        comments = await source.comments(present.get(repo.lower(), repo), int(number))
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
