"""Related issues and pull requests: their current state, outside the scope of the review."""

from collections.abc import Mapping, Sequence

from pawtui.probes.context import ProbeContext
from pawtui.probes.kinds.issues_probe import state_at
from pawtui.refresh.issue_check import fetch_issues
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
    places: dict[str, tuple[str, int]] = {}
    for related in tracker.related:
        repo, _, number = related.ref.rpartition("#")
        places[related.ref] = (names.get(repo.lower(), repo), int(number))

    async def request(repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        return await (context.issues(context.upstream, numbers) if repo == up.repo else source.issues(repo, numbers))

    issues = await fetch_issues(request, places.values())
    return tuple(_related_status(ref, issues[place], context) for ref, place in places.items())


def _related_status(ref: str, issue: Issue | SourceError, context: ProbeContext) -> RelatedStatus:
    if isinstance(issue, SourceError):
        return RelatedStatus(ref=ref, cause=str(issue))
    return RelatedStatus(ref=ref, title=issue.title, state=state_at(issue, context.as_of), url=issue.url)
