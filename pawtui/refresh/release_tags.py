"""The tags of release lines, and their places on a head: which of them it contains, and which branch off it."""

import datetime as dt
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple, TypeAlias

from pawtui.probes.release_line import Release, next_versions, pre_releases, stable_releases
from pawtui.sources.facts import Head, Tag
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import NoCommonAncestor

# Returns the tags of a line in a repository, lowest version first.
_ReadTags: TypeAlias = Callable[[Source, str, str], Awaitable[tuple[Release, ...]]]
# A head contains a tag even if it lacks this number of its commits: a version bump is often not on the branch.
_MAX_BEHIND = 1
# Another ref or a tag is newer than a head if it is later by this number of days.
NEWER_DAYS = 7
# A pre-release of this age may be from an attempt that was given up.
_OLD_PRE_RELEASE_DAYS = 180


class TagPlace(NamedTuple):
    """The place on a head where a tag is, or where the branch of the tag starts.

    The head is `behind` the tag by the commits that it lacks, and `ahead` by the commits that it has since that place.
    Both are infinite without a common history.
    """

    behind: float
    ahead: float

    @property
    def is_contained(self) -> bool:
        """Whether the head contains the tag."""
        return self.behind <= _MAX_BEHIND


def is_newer(at: dt.datetime, head: Head) -> bool:
    """Return whether a time is so much later than the last commit of a head that the head may be abandoned."""
    return (at - head.committed_at).days >= NEWER_DAYS


@dataclass(frozen=True)
class ReleaseTags:
    """The tags of release lines at the time `now`, which is `as_of` if that is given, and their places on a head."""

    source: Source
    head: Head
    lines: Sequence[str]
    now: dt.datetime
    as_of: dt.datetime | None

    async def find_releases(self, lines: Iterable[str], read: _ReadTags = stable_releases) -> Sequence[Release]:
        """Return the releases of these lines, highest version first, from the highest that existed at that time.

        Lower ones may have been made later: fetching the date of each tag would cost a request.
        """
        repo = self.head.requested_repo
        return await self._made_by_then([release for line in lines for release in await read(self.source, repo, line)])

    async def _made_by_then(self, releases: Iterable[Release]) -> Sequence[Release]:
        highest_first = sorted(releases, key=lambda release: release.order, reverse=True)
        for number, release in enumerate(highest_first):
            if await self._existed(release.tag):
                return highest_first[number:]
        return ()

    async def releases_of_lines(self) -> Sequence[Release]:
        """Return the stable releases of all lines, highest version first; before the first one, the pre-releases.

        The newest pre-release is left out if it is older than the one before it: its tag is on a wrong commit. GitHub's
        form for releases puts a new tag on the default branch.
        """
        if releases := await self.find_releases(self.lines):
            return releases
        found = await self.find_releases(self.lines, pre_releases)
        while len(found) > 1 and await self._is_older(*found[:2]):
            found = await self._made_by_then(found[1:])
        return found

    async def _is_older(self, pre_release: Release, before: Release) -> bool:
        """Return whether a pre-release is older than the one before it, of the same version."""
        if (pre_release.prefix, pre_release.version) != (before.prefix, before.version):
            return False
        return await self.date(pre_release.tag) < await self.date(before.tag)

    async def _existed(self, tag: Tag) -> bool:
        """Return whether a tag existed at the measured time."""
        return self.as_of is None or await self.date(tag) <= self.as_of

    async def date(self, tag: Tag) -> dt.datetime:
        """Return the date of a tag."""
        return (await self.source.dated_tag(self.head.repo, tag)).at

    async def is_old(self, pre_release: Tag) -> bool:
        """Return whether a pre-release may be from an attempt that was given up."""
        return (self.now - await self.date(pre_release)).days >= _OLD_PRE_RELEASE_DAYS

    async def place(self, tag: Tag) -> TagPlace:
        """Return the place of a tag on the head."""
        repo = self.head.repo
        sha = (await self.source.dated_tag(repo, tag)).sha if tag.annotated else tag.sha
        try:
            difference = await self.source.compare(repo, sha, self.head.sha, files=False)
        except NoCommonAncestor:
            return TagPlace(math.inf, math.inf)
        return TagPlace(difference.behind, difference.commits)

    async def newest_tag_elsewhere(self) -> str:
        """Return the newest stable tag of the repository if it is much newer than the head, and not in it; else empty.

        The head was rewritten, or is of another project, if they have no common history.
        """
        releases = await self.find_releases(["*"])
        if not releases or not is_newer(await self.date(releases[0].tag), self.head):
            return ""
        newest = releases[0].tag
        return "" if (await self.place(newest)).is_contained else newest.name

    async def come_from_head(self, releases: Sequence[Release]) -> bool:
        """Return whether the releases of the two newest minors come from the head, and the head is about as new.

        `releases` are listed as by `find_releases`. An abandoned branch contains old releases too.
        """
        newest = releases[0]
        if is_newer(await self.date(newest.tag), self.head):
            return False
        # The highest version is listed first: the first release of a minor replaces those listed before it.
        first_tags = {release.minor: release.tag for release in releases if release.prefix == newest.prefix}
        starts = [await self.place(tag) for tag in list(first_tags.values())[:2]]
        if any(start.is_contained for start in starts):
            return True
        # The branch of the newer minor starts later. The other one may have no common history.
        if len(starts) > 1 and starts[0].ahead < starts[1].ahead < math.inf:
            return True
        of_newest_minor = [
            release.tag
            for release in await self.find_releases(self.lines, pre_releases)
            if (release.prefix, release.minor) == (newest.prefix, newest.minor)
        ]
        return bool(of_newest_minor) and (await self.place(of_newest_minor[-1])).is_contained

    async def later_version(self) -> str:
        """Return, in words, that the head contains a stable release of the next version of a line; else empty.

        It is empty, too, if no line has a release yet: the project may have skipped that version, so that a head with
        the next one may be the right head.
        """
        if not await self.find_releases(self.lines):
            return ""
        for line in self.lines:
            releases = await self._next_releases(line, stable_releases)
            # The first of a major version may be on a branch that was never merged, and the newest, which is listed
            # first, on a branch of its own.
            first = {release.version[0]: release for release in releases}
            newest = {release.version[0]: release for release in reversed(releases)}
            for release in dict.fromkeys((*first.values(), *newest.values())):
                if await self._has_moved_on(release, line):
                    return f"{self.head.ref} contains {release.tag.name}, a later version than {line}"
        return ""

    async def next_version(self, *, may_skip: bool = False) -> str:
        """Return, in words, that a release or else a pre-release of the next version of a line exists; else empty.

        An old pre-release may be from an attempt that was given up, unless it is newer than all releases of the lines.
        `may_skip` is that of `next_versions`: it costs a request.
        """
        for line in self.lines:
            for read in (stable_releases, pre_releases):
                following = await self._next_releases(line, read, may_skip=may_skip)
                # The date of each pre-release may cost a request: read that of the last alpha, beta and so on.
                last = {(each.version[0], each.suffix.strip(".-_0123456789")): each for each in reversed(following)}
                for release in last.values():
                    if not release.suffix or not await self._is_given_up(release.tag):
                        return f"{release.tag.name}, a later version than {line}, was released"
        return ""

    async def _is_given_up(self, pre_release: Tag) -> bool:
        """Return whether a pre-release is old, and a release of the lines is newer."""
        releases = await self.releases_of_lines()
        if not releases or not await self.is_old(pre_release):
            return False
        return await self.date(releases[0].tag) > await self.date(pre_release)

    async def _next_releases(self, line: str, read: _ReadTags, *, may_skip: bool = False) -> Sequence[Release]:
        """Return the releases of a line's next versions, for each major version as `find_releases`.

        A release of another line is left out.
        """
        following = next_versions(line, may_skip=may_skip)
        if following is None:
            return ()
        found: list[Release] = []
        for start in following.starts:
            releases = [
                release
                for release in await read(self.source, self.head.requested_repo, f"{start}*")
                if following.includes(release.version)
                if not any(fnmatchcase(release.tag.name, each) for each in self.lines)
            ]
            # Before the first stable release, the dates of the others need not be read.
            if releases and (read is not stable_releases or await self._existed(releases[0].tag)):
                found += await self._made_by_then(releases)
        return found

    async def _has_moved_on(self, following: Release, line: str) -> bool:
        """Return whether the head has moved on from the line: it contains `following`, a release of the next version.

        A maintenance branch may begin one commit before the next version: then it contains a later release of the line.
        """
        place, releases = await self.place(following.tag), await self.find_releases([line])
        if not place.is_contained or place.behind == 0 or not releases:
            return place.is_contained
        newest = releases[0].tag
        is_later = await self.date(newest) > await self.date(following.tag)
        return not (is_later and (await self.place(newest)).is_contained)
