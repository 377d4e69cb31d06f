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
        releases = [release for line in lines for release in await read(self.source, self.head.requested_repo, line)]
        releases.sort(key=lambda release: release.order, reverse=True)
        for number, release in enumerate(releases):
            if await self._existed(release.tag):
                return releases[number:]
        return ()

    async def releases_of_lines(self) -> Sequence[Release]:
        """Return the stable releases of all lines, highest version first; before the first one, the pre-releases."""
        return await self.find_releases(self.lines) or await self.find_releases(self.lines, pre_releases)

    async def _existed(self, tag: Tag) -> bool:
        """Return whether a tag existed at the measured time."""
        return self.as_of is None or await self.date(tag) <= self.as_of

    async def date(self, tag: Tag) -> dt.datetime:
        """Return the date of a tag."""
        return (await self.source.dated_tag(self.head.repo, tag)).at

    async def is_old(self, pre_release: Tag) -> bool:
        """Return whether a pre-release may be from an attempt that was given up."""
        return (self.now - await self.date(pre_release)).days >= _OLD_PRE_RELEASE_DAYS

    async def lacked_pre_release(self) -> str:
        """Return a remark if the lines have no release, and the head lacks their newest pre-release, which is old.

        It is empty otherwise: a newer pre-release rejects the head.
        """
        releases = await self.releases_of_lines()
        if not releases or not releases[0].suffix:
            return ""
        newest = releases[0].tag
        if not await self.is_old(newest) or (await self.place(newest)).is_contained:
            return ""
        made_on = (await self.date(newest)).date()
        return f"{self.head.ref} does not contain {newest.name} of {made_on}: is it the branch of that version?"

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

    async def later_version(self, *, pre_release: bool = False) -> str:
        """Return which release, or newest pre-release, of the next version the head contains, in words; empty if none.

        The next versions are those of `NextVersions`. It is empty, too, if no line has a release yet: the project may
        have skipped that version, so that a head with the next one may be the right head.
        """
        if not await self.find_releases(self.lines):
            return ""
        for line in self.lines:
            following = await self._next_releases(line, pre_releases if pre_release else stable_releases)
            if pre_release:
                # The newest one of each major version: a maintenance branch may begin after the first pre-releases.
                newest = {release.version[0]: release for release in following}
                following = sorted(newest.values(), key=lambda release: release.order, reverse=True)
            for release in following:
                if await self._has_moved_on(release, line):
                    kind = "a pre-release of " if pre_release else ""
                    return f"{self.head.ref} contains {release.tag.name}, {kind}a later version than {line}"
        return ""

    async def later_elsewhere(self, named: Sequence[str]) -> str:
        """Return which release of the next version, or else its newest pre-release, is not on the head, in words.

        It is empty if there is none, if the line has no release yet, or if one of the texts `named` has its name.
        """
        for line in self.lines:
            releases = await self.find_releases([line])
            following = await self._next_release(line) if releases else None
            if following is None or any(following.tag.name in text for text in named):
                continue
            if await self._is_elsewhere(following, releases[-1]):
                kind = "a pre-release of " if following.suffix else ""
                return f"{following.tag.name}, {kind}a later version than {line}, was released from another branch"
        return ""

    async def _next_release(self, line: str) -> Release | None:
        """Return the first release of a line's next version, or else its newest pre-release; None if it has neither."""
        stable = await self._next_releases(line, stable_releases)
        if stable:
            return stable[0]
        unstable = await self._next_releases(line, pre_releases)
        return unstable[-1] if unstable else None

    async def _is_elsewhere(self, following: Release, first: Release) -> bool:
        """Return whether the head lacks `following`, and it may be the version after a line with that first release.

        An old pre-release may be from an attempt that was given up. If it was made before the line, the project began
        to count again.
        """
        if (await self.place(following.tag)).is_contained:
            return False
        if following.suffix and await self.is_old(following.tag):
            return False
        return await self.date(following.tag) >= await self.date(first.tag)

    async def later_branch(self, newest: Release) -> str:
        """Return, in words, which tag of the next version is on the head or branches off it later than `newest`.

        It is empty if there is none.
        """
        start = await self.place(newest.tag)
        for line in self.lines:
            for read in (stable_releases, pre_releases):
                for release in await self._next_releases(line, read, may_skip=True):
                    place = await self.place(release.tag)
                    if place.ahead < start.ahead:
                        where = "is on" if place.is_contained else "branches off"
                        later = f"{release.tag.name}, a later version than {line}"
                        return f"{later}, {where} {self.head.ref} after {newest.tag.name}"
        return ""

    async def _next_releases(self, line: str, read: _ReadTags, *, may_skip: bool = False) -> Sequence[Release]:
        """Return the first and about the newest release of each kind of a line's next versions, lowest version first.

        The first one may be on a branch that was never merged, and `-alpha.1` may be made after `-beta.1`. A release of
        another line is left out. `may_skip` is that of `next_versions`: it costs a request.
        """
        following = next_versions(line, may_skip=may_skip)
        if following is None:
            return ()
        kinds: dict[tuple[int, str], list[Release]] = {}
        for start in following.starts:
            for release in await read(self.source, self.head.requested_repo, f"{start}*"):
                is_of_line = any(fnmatchcase(release.tag.name, each) for each in self.lines)
                if following.includes(release.version) and not is_of_line:
                    kinds.setdefault(release.kind, []).append(release)
        ends = {release for releases in kinds.values() for release in await self._first_and_newest(releases)}
        return sorted(ends, key=lambda release: (release.order, release.tag.name))

    async def _first_and_newest(self, releases: Sequence[Release]) -> Sequence[Release]:
        """Return the first of these releases, and about the newest one at the measured time; empty before the first."""
        if not await self._existed(releases[0].tag):
            return ()
        # Bisection reads few dates: a project may have hundreds of pre-releases, and each date may cost a request. If
        # tags are not in the order of their dates, it may find an earlier one.
        newest, last = 0, len(releases) - 1
        while newest < last:
            middle = (newest + last + 1) // 2
            if await self._existed(releases[middle].tag):
                newest = middle
            else:
                last = middle - 1
        return releases[0], releases[newest]

    async def _has_moved_on(self, following: Release, line: str) -> bool:
        """Return whether the head has moved on from the line: it contains `following`, a release of the next version.

        A release that only seems to be of the next version does not count. Neither does one whose last commit the head
        lacks, if the head contains a later release of the line.
        """
        place = await self.place(following.tag)
        releases = await self.find_releases([line])
        if not place.is_contained or not releases:
            return place.is_contained
        newest, first = releases[0], releases[-1]
        newest_at, first_at, next_at = [await self.date(release.tag) for release in (newest, first, following)]
        # The line may have several major versions: `v1*` has `v10` too. A project may have begun to count again.
        if following.version < newest.version or next_at < first_at:
            return False
        # A maintenance branch may begin one commit before the next version: then it contains a later release.
        return place.behind == 0 or newest_at <= next_at or not (await self.place(newest.tag)).is_contained


def is_newer(at: dt.datetime, head: Head) -> bool:
    """Return whether a time is so much later than the last commit of a head that the head may be abandoned."""
    return (at - head.committed_at).days >= NEWER_DAYS
