"""Related issues and pull requests: their live state, beside the review and apart from its scope."""

from __future__ import annotations

import asyncio

from pawtui.probes.issues import state_at
from pawtui.probes.look import Look
from pawtui.review.model import RelatedLook
from pawtui.sources.errors import SourceError
from pawtui.sources.facts import Head, Issue
from pawtui.sources.protocol import Source
from pawtui.tracker.model import Tracker


async def look_at_related(
    tracker: Tracker, source: Source, look: Look, up: Head, down: Head
) -> tuple[RelatedLook, ...]:
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
            found = await (look.issues(numbers) if repo == up.repo else source.issues(repo, numbers))
        except SourceError as error:
            return {(repo, number): error for number in numbers}
        return {(repo, number): one for number, one in found.items()}

    answers: dict[tuple[str, int], Issue | SourceError] = {}
    for found in await asyncio.gather(*(ask(repo, numbers) for repo, numbers in wanted.items())):
        answers |= found
    return tuple(
        _related_look(one.ref, answers[place], look) for one, place in zip(tracker.related, places, strict=True)
    )


def _related_look(ref: str, answer: Issue | SourceError, look: Look) -> RelatedLook:
    if isinstance(answer, SourceError):
        return RelatedLook(ref=ref, cause=str(answer))
    return RelatedLook(ref=ref, title=answer.title, state=state_at(answer, look.as_of), url=answer.url)
