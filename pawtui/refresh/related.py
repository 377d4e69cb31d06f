"""Related issues and pull requests: their current state, outside the scope of the review."""

from __future__ import annotations

import asyncio

from pawtui.probes.context import ProbeContext
from pawtui.probes.kinds.issues_probe import state_at
from pawtui.refresh.refresh_types import RelatedStatus
from pawtui.sources.facts import Head, Issue
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.tracker_types import Tracker


async def related_statuses(
    tracker: Tracker, source: Source, context: ProbeContext, up: Head, down: Head
) -> tuple[RelatedStatus, ...]:
    """Return the states of related issues and pull requests; upstream ones share the request for watched issues."""
    names = {tracker.downstream.repo.lower(): down.repo}
    names |= {name.lower(): up.repo for name in (tracker.upstream.repo, up.repo)}
    wanted: dict[str, list[int]] = {}
    places = []
    for related in tracker.related:
        repo, _, number = related.ref.rpartition("#")
        place = (names.get(repo.lower(), repo), int(number))
        places.append(place)
        wanted.setdefault(place[0], []).append(place[1])

    async def fetch(repo: str, numbers: list[int]) -> dict[tuple[str, int], Issue | SourceError]:
        try:
            found = await (
                context.issues(context.upstream, numbers) if repo == up.repo else source.issues(repo, numbers)
            )
        except SourceError as error:
            return {(repo, number): error for number in numbers}
        return {(repo, number): issue for number, issue in found.items()}

    issues: dict[tuple[str, int], Issue | SourceError] = {}
    for found in await asyncio.gather(*(fetch(repo, numbers) for repo, numbers in wanted.items())):
        issues |= found
    return tuple(
        _related_status(related.ref, issues[place], context)
        for related, place in zip(tracker.related, places, strict=True)
    )


def _related_status(ref: str, issue: Issue | SourceError, context: ProbeContext) -> RelatedStatus:
    if isinstance(issue, SourceError):
        return RelatedStatus(ref=ref, cause=str(issue))
    return RelatedStatus(ref=ref, title=issue.title, state=state_at(issue, context.as_of), url=issue.url)
