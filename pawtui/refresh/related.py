"""Related issues and pull requests: their live state, beside the review and apart from its scope."""

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
    """The related issues and pull requests as they stand; upstream ones come with the watched issues' request."""
    names = {tracker.downstream.repo.lower(): down.repo}
    names |= {name.lower(): up.repo for name in (tracker.upstream.repo, up.repo)}
    wanted: dict[str, list[int]] = {}
    places = []
    for one in tracker.related:
        repo, _, number = one.ref.rpartition("#")
        place = (names.get(repo.lower(), repo), int(number))
        places.append(place)
        wanted.setdefault(place[0], []).append(place[1])

    async def ask(repo: str, numbers: list[int]) -> dict[tuple[str, int], Issue | SourceError]:
        try:
            found = await (
                context.issues(context.upstream, numbers) if repo == up.repo else source.issues(repo, numbers)
            )
        except SourceError as error:
            return {(repo, number): error for number in numbers}
        return {(repo, number): one for number, one in found.items()}

    answers: dict[tuple[str, int], Issue | SourceError] = {}
    for found in await asyncio.gather(*(ask(repo, numbers) for repo, numbers in wanted.items())):
        answers |= found
    return tuple(
        _related_status(one.ref, answers[place], context) for one, place in zip(tracker.related, places, strict=True)
    )


def _related_status(ref: str, answer: Issue | SourceError, context: ProbeContext) -> RelatedStatus:
    if isinstance(answer, SourceError):
        return RelatedStatus(ref=ref, cause=str(answer))
    return RelatedStatus(ref=ref, title=answer.title, state=state_at(answer, context.as_of), url=answer.url)
