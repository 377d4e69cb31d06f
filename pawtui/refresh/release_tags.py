"""The tags of release lines, and which of them a head contains."""

import datetime as dt
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias

from pawtui.probes.release_line import Release, fixed_ending, next_versions, pre_releases, stable_releases
from pawtui.sources.facts import Comparison, Head, Tag
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


def is_newer(at: dt.datetime, head: Head) -> bool:
    """Return whether a time is so much later than the last commit of a head that the head may be abandoned."""
    return (at - head.committed_at).days >= NEWER_DAYS


@dataclass(frozen=True)
class ReleaseTags:
    """The tags of release lines at the time `now`, which is `as_of` if that is given, and one head."""

    source: Source
    head: Head
    lines: Sequence[str]
    now: dt.datetime
    as_of: dt.datetime | None

    async def find_releases(self, lines: Iterable[str], read: _ReadTags = stable_releases) -> Sequence[Release]:
        """Return the releases of these lines, beginning with the highest version that existed at that time.

        Lower versions may have been made later: their dates are not read, because each costs a request.
        """
        repo = self.head.requested_repo
        return await self._made_by_then([release for line in lines for release in await read(self.source, repo, line)])

    async def _made_by_then(self, releases: Iterable[Release]) -> Sequence[Release]:
        highest_first = sorted(releases, key=lambda release: release.sort_key, reverse=True)
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

    async def contains(self, tag: Tag) -> bool:
        """Return whether the head contains a tag."""
        return await self._behind(tag) <= _MAX_BEHIND

    async def continues_without(self, tag: Tag) -> bool:
        """Return whether the work continues in the head without a tag, which is on a branch off it.

        The head has a commit that is later than the tag, and more commits of its own than that branch.
        """
        difference = await self._compare(tag)
        is_ahead = difference is not None and difference.commits > difference.behind
        return is_ahead and self.head.committed_at > await self.date(tag)

    async def _behind(self, tag: Tag) -> float:
        """Return the number of commits of a tag that the head lacks; infinite without a common history."""
        difference = await self._compare(tag)
        return difference.behind if difference else math.inf

    async def _compare(self, tag: Tag) -> Comparison | None:
        """Return the comparison of a tag with the head; None without a common history."""
        repo = self.head.repo
        sha = (await self.source.dated_tag(repo, tag)).sha if tag.annotated else tag.sha
        try:
            return await self.source.compare(repo, sha, self.head.sha, files=False)
        except NoCommonAncestor:
            return None

    async def newest_tag_elsewhere(self) -> str:
        """Return the newest stable tag of the repository if it is much newer than the head, and not in it; else empty.

        The head was rewritten, or is of another project, if they have no common history.
        """
        releases = await self.find_releases(["*"])
        if not releases or not is_newer(await self.date(releases[0].tag), self.head):
            return ""
        newest = releases[0].tag
        return "" if await self.contains(newest) else newest.name

    async def moved_on_reason(self) -> str:
        """Return `v2 contains v3.0.0, a later version than v2.*` if the head has moved on from a line; else empty.

        It has not if no line has a release yet: the project may have skipped that version, so that a head with the next
        one may be the right head.
        """
        if not await self.find_releases(self.lines):
            return ""
        for line in self.lines:
            releases = await self._next_releases(line)
            # The first of a major version may be on a branch that was never merged, and the newest, which is listed
            # first, on a branch of its own.
            first = {release.version[0]: release for release in releases}
            newest = {release.version[0]: release for release in reversed(releases)}
            for release in dict.fromkeys((*first.values(), *newest.values())):
                if await self._has_moved_on(release, line):
                    return f"{self.head.ref} contains {release.tag.name}, a later version than {line}"
        return ""

    async def next_version_remark(self) -> str:
        """Return `v3.0.0, a later version than v2.*, was released` if it was; else empty."""
        for line in self.lines:
            if releases := await self._next_releases(line):
                return f"{releases[0].tag.name}, a later version than {line}, was released"
        return ""

    async def _next_releases(self, line: str) -> Sequence[Release]:
        """Return the stable releases of a line's next versions, for each major version as `find_releases`.

        A release of another line is left out.
        """
        following = next_versions(line)
        if following is None:
            return ()
        found: list[Release] = []
        ending = fixed_ending(line)
        for start in following.starts:
            releases = [
                release
                for release in await stable_releases(self.source, self.head.requested_repo, f"{start}*{ending}")
                if following.includes(release.version)
                if not any(fnmatchcase(release.tag.name, each) for each in self.lines)
            ]
            # Before the first one, the dates of the others need not be read.
            if releases and await self._existed(releases[0].tag):
                found += await self._made_by_then(releases)
        return found

    async def _has_moved_on(self, following: Release, line: str) -> bool:
        """Return whether the head has moved on from the line: it contains `following`, a release of the next version.

        A maintenance branch may begin one commit before the next version: then it contains a later release of the line.
        """
        behind = await self._behind(following.tag)
        if behind == 0 or behind > _MAX_BEHIND:
            return behind == 0
        newest = next(iter(await self.find_releases([line])), None)
        if newest is None or await self.date(newest.tag) <= await self.date(following.tag):
            return True
        return not await self.contains(newest.tag)
