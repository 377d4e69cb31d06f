"""The stable releases of a line of tags, now or at a past time."""

from __future__ import annotations

import asyncio
import datetime as dt

import msgspec

from pawtui.probes.context import ProbeContext
from pawtui.probes.finding import Evidence
from pawtui.probes.repo_view import RepoView
from pawtui.probes.versions import Version, minor_of, prefix_of, stable_tags
from pawtui.sources import links
from pawtui.sources.facts import DatedTag, Tag


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One stable tag of a line."""

    version: Version
    tag: Tag


class ReleaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """The stable releases, lowest version first, and the number of other tags (None at a past time: not known)."""

    releases: tuple[Release, ...]
    others: int | None
    gaps: tuple[str, ...] = ()

    @property
    def minors(self) -> int:
        """Return the number of minor versions."""
        return len({minor_of(release.version) for release in self.releases})


async def release_line(context: ProbeContext, view: RepoView, pattern: str) -> ReleaseLine:
    """Return the line; for a past time, only with the tags made by then.

    For a past time, each stable tag costs a request the first time, and tags deleted since are missing.
    """
    tags = await context.tags(view, prefix_of(pattern))
    releases = tuple(Release(version=version, tag=tag) for version, tag in stable_tags(pattern, tags))
    if context.as_of is None:
        return ReleaseLine(releases=releases, others=len(tags) - len(releases))
    made = await dated_tags(context, view, releases)
    return ReleaseLine(
        releases=tuple(release for release, tag in zip(releases, made, strict=True) if tag.at <= context.as_of),
        others=None,
        gaps=(f"tags deleted since {view.today} are not counted",),
    )


async def dated_tags(context: ProbeContext, view: RepoView, releases: tuple[Release, ...]) -> tuple[DatedTag, ...]:
    """Return the tag of each release with its commit and date. All requests are sent at once."""
    return tuple(await asyncio.gather(*(context.source.dated_tag(view.head.repo, release.tag) for release in releases)))


def tag_evidence(view: RepoView, tag: DatedTag, words: str) -> Evidence:
    """Return a release as evidence: its page and a pin to its commit."""
    return Evidence(
        text=f"{tag.name}  {words}",
        url=links.tag_url(view.web, view.head.repo, tag.name),
        pin=view.commit_pin(tag.sha),
        at=tag.at,
    )


def count_since(releases: tuple[Release, ...], made: tuple[DatedTag, ...], start: dt.datetime) -> tuple[int, int]:
    """Return the number of releases at `start` or later, and the number of new minors among them."""
    after = [release for release, tag in zip(releases, made, strict=True) if tag.at >= start]
    before = {minor_of(release.version) for release, tag in zip(releases, made, strict=True) if tag.at < start}
    return len(after), len({minor_of(release.version) for release in after} - before)
