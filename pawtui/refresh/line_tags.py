"""The tags of release lines at the measured time, and whether a ref contains them."""

import datetime as dt
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple, TypeAlias

from pawtui.probes.release_line import Release, next_version, pre_releases, stable_releases
from pawtui.sources.facts import Comparison, Head, Tag
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import NoCommonAncestor

# Returns the tags of a line in a repository, lowest version first.
_FindTags: TypeAlias = Callable[[Source, str, str], Awaitable[tuple[Release, ...]]]
# The branch may lack this number of commits of a release tag.
MAX_MISSING_COMMITS = 1


class LineTags(NamedTuple):
    """The tags of the source now, or at the past time `as_of`."""

    source: Source
    as_of: dt.datetime | None

    async def find_releases(self, repo: str, lines: Iterable[str]) -> Sequence[Release]:
        """Return the stable releases of these lines, highest version first, from the highest one made by that time."""
        releases = [release for line in lines for release in await stable_releases(self.source, repo, line)]
        releases.sort(key=lambda release: release.version, reverse=True)
        return await self._from_highest_existing(repo, releases)

    async def find_pre_releases(self, repo: str, lines: Iterable[str]) -> Sequence[Release]:
        """Return the pre-releases of these lines, highest version first, from the highest one made by that time."""
        releases = [release for line in lines for release in reversed(await pre_releases(self.source, repo, line))]
        releases.sort(key=lambda release: release.version, reverse=True)
        return await self._from_highest_existing(repo, releases)

    async def _from_highest_existing(self, repo: str, releases: Sequence[Release]) -> Sequence[Release]:
        for number, release in enumerate(releases):
            if await self._existed(repo, release.tag):
                return releases[number:]
        return ()

    async def _existed(self, repo: str, tag: Tag) -> bool:
        """Return whether a tag existed at the measured time."""
        return self.as_of is None or (await self.source.dated_tag(repo, tag)).at <= self.as_of

    async def date(self, head: Head, tag: Tag) -> dt.datetime:
        """Return the date of a tag in the repository of the head."""
        return (await self.source.dated_tag(head.repo, tag)).at

    async def compare(self, head: Head, tag: Tag) -> Comparison:
        """Return the difference between a tag and the head."""
        sha = (await self.source.dated_tag(head.repo, tag)).sha if tag.annotated else tag.sha
        return await self.source.compare(head.repo, sha, head.sha, files=False)

    async def later_version(self, head: Head, lines: Sequence[str]) -> str:
        """Return why a head no longer shows a line: it contains a release of the next version; empty if not.

        The next version is the next major version, or for a line of one minor such as `v2.5.*` the next minor version.
        """
        for line in lines:
            for release in await self._next_releases(head.requested, lines, line):
                if await self._has_moved_on(head, release, line):
                    return f"{head.ref} contains {release.tag.name}, {_later_words(line)}"
        return ""

    async def later_pre_release(self, head: Head, lines: Sequence[str]) -> str:
        """Return that a head contains the newest pre-release of the next version of a line; empty without a release."""
        if not await self.find_releases(head.requested, lines):
            return ""
        for line in lines:
            for release in (await self._next_releases(head.requested, lines, line, find=pre_releases))[-1:]:
                if await self._has_moved_on(head, release, line):
                    return f"{head.ref} contains {release.tag.name}, a pre-release of {_later_words(line)}"
        return ""

    async def later_branch(self, head: Head, lines: Sequence[str], newest: Release) -> str:
        """Return that the next version of a line branches off a head after the newest release does; empty if not.

        That is why a head that releases branch off no longer shows the line. A head contains the tag itself if it is
        not on a branch. It still shows the line if it contains a pre-release of the line's next minor version.
        """
        for release in (await self.find_pre_releases(head.requested, lines))[:1]:
            is_next = release.prefix == newest.prefix and release.version > newest.version
            if is_next and (await self.compare(head, release.tag)).behind <= MAX_MISSING_COMMITS:
                return ""
        start = (await self.compare(head, newest.tag)).commits
        for line in lines:
            for find in (stable_releases, pre_releases):
                for release in await self._next_releases(head.requested, lines, line, find=find):
                    if await self._commits_since(head, release.tag) < start:
                        later = f"{release.tag.name}, {_later_words(line)}"
                        return f"{later}, branches off {head.ref} after {newest.tag.name}"
        return ""

    async def _commits_since(self, head: Head, tag: Tag) -> float:
        """Return the number of commits of a head since a tag or its branch; infinite without a common history."""
        try:
            return (await self.compare(head, tag)).commits
        except NoCommonAncestor:
            return math.inf

    async def _next_releases(
        self, repo: str, lines: Sequence[str], line: str, *, find: _FindTags = stable_releases
    ) -> Sequence[Release]:
        """Return the first release of a line's next version, and about the newest one at the measured time.

        Both, because the first release of a version may be on a branch that was never merged. A release of another of
        the `lines` is left out.
        """
        following = next_version(line)
        if following is None:
            return ()
        length = len(following.version)
        releases = [
            release
            for release in await find(self.source, repo, f"{following.start}*")
            if release.version[:length] == following.version
        ]
        if not releases or not await self._existed(repo, releases[0].tag):
            return ()
        # Bisection reads few dates. If tags are not in the order of their dates, it may find an earlier one.
        newest, last = 0, len(releases) - 1
        while newest < last:
            middle = (newest + last + 1) // 2
            newest, last = (middle, last) if await self._existed(repo, releases[middle].tag) else (newest, middle - 1)
        both = dict.fromkeys([releases[0], releases[newest]])
        return [release for release in both if not any(fnmatchcase(release.tag.name, each) for each in lines)]

    async def _has_moved_on(self, head: Head, following: Release, line: str) -> bool:
        """Return whether the head contains `following`, a release of the line's next version.

        A project may have begun to count again: then the tag is older than the line. The line may have several major
        versions: `v1*` has `v10` too. A maintenance branch may begin one commit before the next version: then it
        contains a later release of the line.
        """
        try:
            missing = (await self.compare(head, following.tag)).behind
            if missing > MAX_MISSING_COMMITS:
                return False
            releases = await self.find_releases(head.requested, [line])
            if not releases:
                return True
            if following.version < releases[0].version:
                return False
            newest, first = releases[0].tag, releases[-1].tag
            newest_at, first_at, next_at = [await self.date(head, tag) for tag in (newest, first, following.tag)]
            if next_at < first_at:
                return False
            if missing == 0 or newest_at <= next_at:
                return True
            return (await self.compare(head, newest)).behind > MAX_MISSING_COMMITS
        except NoCommonAncestor:
            return False


def _later_words(line: str) -> str:
    following = next_version(line)
    kind = "major" if following is None or following.is_major else "minor"
    return f"a later {kind} version than {line}"
