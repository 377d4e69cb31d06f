"""The stable releases of a line of tags, now or at a past moment."""

from __future__ import annotations

import asyncio
import datetime as dt

import msgspec

from pawtui.probes.context import ProbeContext
from pawtui.probes.reading import Evidence
from pawtui.probes.versions import Version, minor_of, prefix_of, stable_tags
from pawtui.sources import links
from pawtui.sources.facts import Commit, Tag


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One stable tag of a line."""

    version: Version
    tag: Tag


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The stable releases, lowest version first; how many other tags there are (None: not told for a past moment)."""

    releases: tuple[Release, ...]
    others: int | None
    gaps: tuple[str, ...] = ()

    @property
    def minors(self) -> int:
        """How many minor versions there are."""
        return len({minor_of(release.version) for release in self.releases})


async def line_of(context: ProbeContext, pattern: str) -> Line:
    """The line as it stands; at a past moment only the tags whose commit is not later than it.

    Then each stable tag costs a request the first time; when a tag itself was set, or taken away, is not told.
    """
    tags = await context.tags(prefix_of(pattern))
    releases = tuple(Release(version=version, tag=tag) for version, tag in stable_tags(pattern, tags))
    if context.as_of is None:
        return Line(releases=releases, others=len(tags) - len(releases))
    dates = await dated(context, releases)
    return Line(
        releases=tuple(one for one, commit in zip(releases, dates, strict=True) if commit.at <= context.as_of),
        others=None,
        gaps=(f"tags count by the date of their commit; those withdrawn since {context.today} are not seen",),
    )


async def dated(context: ProbeContext, releases: tuple[Release, ...]) -> tuple[Commit, ...]:
    """The commit of each release, all asked for at once."""
    return tuple(await asyncio.gather(*(context.tag_commit(release.tag) for release in releases)))


def tag_evidence(context: ProbeContext, release: Release, commit: Commit, summary: str) -> Evidence:
    """A release as evidence: its page, pinned to the commit it names."""
    return Evidence(
        text=f"{release.tag.name}  {summary}",
        url=links.tag_url(context.web, context.head.repo, release.tag.name),
        pin=context.commit_pin(commit.sha),
        at=commit.at,
    )


def since(releases: tuple[Release, ...], dates: tuple[Commit, ...], start: dt.datetime) -> tuple[int, int]:
    """How many releases came at `start` or later, and how many minors among them are new."""
    after = [one for one, commit in zip(releases, dates, strict=True) if commit.at >= start]
    before = {minor_of(one.version) for one, commit in zip(releases, dates, strict=True) if commit.at < start}
    return len(after), len({minor_of(one.version) for one in after} - before)
