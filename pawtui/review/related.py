"""Related issues and pull requests: their live state, beside the review and apart from its scope."""

from __future__ import annotations

import asyncio

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
    up_names = {tracker.upstream.repo.lower(), up.repo.lower()}
    by_repo: dict[str, list[int]] = {}
    for one in tracker.related:
        repo, _, number = one.ref.rpartition("#")
        if repo.lower() not in up_names:
            name = down.repo if repo.lower() == tracker.downstream.repo.lower() else repo
            by_repo.setdefault(name, []).append(int(number))

    async def ask(repo: str, numbers: list[int]) -> dict[str, Issue | SourceError]:
        try:
            found = await source.issues(repo, numbers)
        except SourceError as error:
            return {f"{repo}#{number}".lower(): error for number in numbers}
        return {f"{repo}#{number}".lower(): one for number, one in found.items()}

    found: dict[str, Issue | SourceError] = {}
    for answers in await asyncio.gather(*(ask(repo, numbers) for repo, numbers in by_repo.items())):
        found |= answers
    looks = []
    for one in tracker.related:
        repo, _, number = one.ref.rpartition("#")
        if repo.lower() in up_names:
            try:
                answer: Issue | SourceError = (await look.issues([int(number)]))[int(number)]
            except SourceError as error:
                answer = error
        else:
            name = down.repo if repo.lower() == tracker.downstream.repo.lower() else repo
            answer = found[f"{name}#{number}".lower()]
        looks.append(_related_look(one.ref, answer))
    return tuple(looks)


def _related_look(ref: str, answer: Issue | SourceError) -> RelatedLook:
    if isinstance(answer, SourceError):
        return RelatedLook(ref=ref, cause=str(answer))
    state = "merged" if answer.merged else answer.state
    return RelatedLook(ref=ref, title=answer.title, state=state, url=answer.url)
