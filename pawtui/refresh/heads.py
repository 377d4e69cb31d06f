"""Choose the ref to follow in a repository, and find the reasons to doubt it.

An abandoned branch would be measured as quiet. So the refs of the tracker are tried in order until one contains the
newest stable tag of the tracker's lines, or the parent of the tagged commit: a release may be tagged on a commit that
is not on the branch (a version bump). Before the first stable tag, the newest pre-release counts. A ref that contains
a release of the next version has moved on to that version, so it no longer shows the line.

If none contains that tag, releases may be made from branches of their own (`2.5-fixes`, `release-2.5`). Then it is
enough that all of this is true of a ref:

- It contains the first release of the newest or of the previous minor version, or the first pre-release of the newest,
  or the branches of these two start at different commits of the ref. If they start at one commit, the releases may be
  made from a branch that left it there.
- No branch of the next version started from it later than the branch of the tag. A pre-release counts, too.
- It has more commits of its own than the tag has.
- It has a commit from about the time of the tag or later.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from pawtui.moments import moment_text
from pawtui.phrases import short_sha
from pawtui.probes.release_line import Release
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.line_tags import MAX_MISSING_COMMITS, LineTags
from pawtui.sources.dates import is_out_of_range
from pawtui.sources.facts import Head, MissingRef, RecordedHead
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import BeginsLater, NoCommonAncestor, NotFound, SourceError
from pawtui.tracker.tracker_types import ReleaseProbe, SoakProbe, Tracker

# The usual names of default branches.
_USUAL_REFS = ("main", "master")
# A branch without a commit for this number of days may be abandoned.
QUIET_DAYS = 28
# Another ref of the tracker, or a tag, has moved on if it is newer by this number of days.
_MOVED_ON_DAYS = 7
# A pre-release of this age may be from an attempt that was given up.
_OLD_PRE_RELEASE_DAYS = 180
# If a clone's last fetch is older, its branches may have moved.
_OLD_CLONE = dt.timedelta(days=1)

# Returns the commits of a ref that earlier refreshes recorded, oldest first.
FindRecorded = Callable[[Head], Sequence[RecordedHead]]


class FollowedHead(msgspec.Struct, frozen=True, kw_only=True):
    """The head to follow. `doubt` is the reason why it may be the wrong head: then nothing can be read from it.

    `missing` are refs that were tried before and do not exist; `rejections` are reasons against earlier candidates.
    """

    head: Head
    missing: tuple[MissingRef, ...] = ()
    rejections: tuple[str, ...] = ()
    doubt: str = ""


def release_lines(tracker: Tracker) -> tuple[str, ...]:
    """Return the lines of upstream tags that probes name, in the tracker's order."""
    lines = (
        probe.line
        for probe in tracker.probes
        if isinstance(probe, ReleaseProbe | SoakProbe) and probe.side == "upstream" and probe.line
    )
    return tuple(dict.fromkeys(lines))


async def follow(
    tracker: Tracker,
    source: Source,
    error_log: ErrorLog,
    *,
    upstream: bool,
    now: dt.datetime,
    as_of: dt.datetime | None,
    recorded: FindRecorded = lambda head: (),
    checked_sha: str = "",
) -> FollowedHead:
    """Return the head to follow of the upstream or the downstream at the time `now`, which is `as_of` if that is given.

    Of the tracker's refs, which are tried in order, it is that of

    1. the first ref that exists and, in the upstream, contains the newest stable tag of the tracker's lines and none of
       their next version, or else
    2. the first ref from which release branches seem to start, or else
    3. the first ref that exists, with the reason as its `doubt`.

    If a ref cannot be checked, it may be the right one: then no later ref is tried, and the third case applies.
    A quiet branch of the upstream is in doubt if another ref moved on. `checked_sha` is that of the head that the last
    refresh of the same day followed without doubt: its next version is not requested again. Raises `SourceError`
    if no ref exists or a head cannot be fetched.
    """
    side, lines = (tracker.upstream, release_lines(tracker)) if upstream else (tracker.downstream, ())
    checks = _HeadChecks(source, error_log, now, as_of, recorded, checked_sha)
    missing: list[MissingRef] = []
    rejected: list[tuple[Head, _Rejection]] = []
    refs = side.ref_names(now.date())

    async def followed(head: Head, rejections: Sequence[tuple[Head, _Rejection]]) -> FollowedHead:
        doubt = checks.clone_doubt(head)
        if upstream and not doubt:
            doubt = await checks.quiet_doubt(head, [ref for ref in refs if ref != head.ref], lines)
        reasons = tuple(rejection.reason for _, rejection in rejections)
        return FollowedHead(head=head, missing=tuple(missing), rejections=reasons, doubt=doubt)

    for ref in refs:
        head = await checks.head(side.repo, ref)
        if isinstance(head, MissingRef):
            missing.append(head)
            continue
        rejection = await checks.rejection(head, lines)
        if rejection is None:
            return await followed(head, rejected)
        rejected.append((head, rejection))
        if not rejection.is_certain:
            break
    if not rejected:
        names = ", ".join(ref.name for ref in missing) or "(no refs given)"
        before = f" with a commit before {moment_text(as_of)}" if as_of else ""
        what = f"The ref {names} does not exist" if len(missing) == 1 else f"None of the refs {names} exists"
        usual = await checks.usual_ref(side.repo, refs)
        remedy = f"It has {usual}: check `refs` in the tracker." if usual else "Check `refs` in the tracker."
        # The name that a clone gives to a branch of its remote.
        remedy = "Write branches without origin/." if names.startswith("origin/") else remedy
        raise NotFound(f"{what} in {side.repo}{before}. {remedy}")
    if rejected[-1][1].is_certain:
        for index, (head, rejection) in enumerate(rejected):
            # A quiet branch may be abandoned: then nothing shows that releases still branch off it.
            if rejection.is_base and (now - head.committed_at).days < QUIET_DAYS:
                return await followed(head, rejected[:index])
    first, rejection = rejected[0]
    return FollowedHead(head=first, missing=tuple(missing), doubt=rejection.reason)


async def pre_release_remark(
    tracker: Tracker, source: Source, error_log: ErrorLog, followed: FollowedHead, as_of: dt.datetime | None
) -> str:
    """Return a remark if the upstream's head contains the newest pre-release of the next version; empty if in doubt."""
    if followed.doubt:
        return ""
    found = LineTags(source, as_of).later_pre_release(followed.head, release_lines(tracker))
    return await error_log.value_or_none(found) or ""


class _Rejection(NamedTuple):
    """Why releases are not made from a head. It is not certain if that could not be checked.

    `is_base`: the branches of releases seem to start from it.
    """

    reason: str
    is_certain: bool = True
    is_base: bool = False


class _HeadChecks(NamedTuple):
    """The checks of a side's refs at the time `now`, which is `as_of` if that is given."""

    source: Source
    error_log: ErrorLog
    now: dt.datetime
    as_of: dt.datetime | None
    recorded: FindRecorded
    checked_sha: str

    @property
    def tags(self) -> LineTags:
        """The tags of release lines at the measured time."""
        return LineTags(self.source, self.as_of)

    async def head(self, repo: str, ref: str) -> Head | MissingRef:
        """Return the head of a ref at that time; `MissingRef` also if its history begins later."""
        head = await self.source.ref_head(repo, ref)
        if self.as_of is None or isinstance(head, MissingRef):
            return head
        try:
            past = await self.source.past_head(head, self.as_of, self.recorded(head))
        except BeginsLater:
            return MissingRef(name=ref)
        commit = await self.source.commit(head.repo, past.sha)
        return replace(head, sha=commit.sha, committed_at=commit.at)

    async def usual_ref(self, repo: str, tried: Sequence[str]) -> str:
        """Return the usual default branch that the repository has; empty without one, or if it was tried."""
        for ref in _USUAL_REFS:
            if ref not in tried and not isinstance(await self.head(repo, ref), MissingRef):
                return ref
        return ""

    async def rejection(self, head: Head, lines: Sequence[str]) -> _Rejection | None:
        """Return why releases are not made from this head; None if they are, and without lines."""
        try:
            stable = await self.tags.find_releases(head.requested, lines)
            releases = stable or await self.tags.find_pre_releases(head.requested, lines)
            if not releases:
                return None
            tag = releases[0].tag
            between, later = await asyncio.gather(self.tags.compare(head, tag), self._later_version(head, lines))
            if later:
                return _Rejection(later)
            if between.behind <= MAX_MISSING_COMMITS:
                return None
            if not stable and (self.now - (await self.tags.date(head, tag))).days >= _OLD_PRE_RELEASE_DAYS:
                return None
            # Both moved on from a common commit, the branch further: it may be the one that releases branch off.
            is_base = between.commits > between.behind and await self._has_release_branches(head, lines, releases)
            later = await self.tags.later_branch(head, lines, tag) if is_base else ""
            if later:
                return _Rejection(later)
        except NoCommonAncestor:
            return _Rejection(f"{head.ref} does not contain the newest release")
        except SourceError as error:
            self.error_log.add(error)
            return _Rejection(f"could not check whether {head.ref} contains the newest release", is_certain=False)
        return _Rejection(f"{head.ref} does not contain {tag.name}", is_base=is_base)

    async def _later_version(self, head: Head, lines: Sequence[str]) -> str:
        """Return why a head no longer shows a line: it contains a release of the next version; empty if not.

        It is empty, too, if no line has a release yet: the project may have skipped that version, so that a release of
        the next one does not show where the line is.
        """
        if head.sha == self.checked_sha or not await self.tags.find_releases(head.requested, lines):
            return ""
        return await self.tags.later_version(head, lines)

    async def _has_release_branches(self, head: Head, lines: Sequence[str], releases: Sequence[Release]) -> bool:
        """Return whether the releases of the two newest minors come from the head, and the head is about as new.

        An abandoned branch contains old releases too.
        """
        newest = releases[0]
        if ((await self.tags.date(head, newest.tag)) - head.committed_at).days >= _MOVED_ON_DAYS:
            return False
        releases = [release for release in releases if release.prefix == newest.prefix]
        if releases[-1].minor == newest.minor:
            # A line of one minor, such as `v2.5.*`: the minor before it is in another line.
            earlier = [
                release
                for release in await self.tags.find_releases(head.repo, [f"{newest.prefix}*"])
                if release.prefix == newest.prefix and release.version <= newest.version
            ]
            releases = [release for release in earlier if release.version[0] == newest.version[0]]
        # By minor, the tag of its first release: the highest version is listed first, and a later entry replaces it.
        first_tags = {release.minor: release.tag for release in releases}
        starts = [await self.tags.compare(head, tag) for tag in list(first_tags.values())[:2]]
        # Fewer commits of the head are missing in the newer minor: its branch started later.
        if any(start.behind <= MAX_MISSING_COMMITS for start in starts) or (
            len(starts) > 1 and starts[0].commits < starts[1].commits
        ):
            return True
        pre_releases = [
            release.tag
            for release in await self.tags.find_pre_releases(head.repo, lines)
            if (release.prefix, release.minor) == (newest.prefix, newest.minor)
        ]
        if not pre_releases:
            return False
        return (await self.tags.compare(head, pre_releases[-1])).behind <= MAX_MISSING_COMMITS

    def clone_doubt(self, head: Head) -> str:
        """Return why a clone may not have the head of that time; empty if it has, and for a head from GitHub."""
        known = self.source.origin(head.requested, head.ref).known_until
        if known is None:
            return ""
        if known < (self.now - _OLD_CLONE if self.as_of is None else self.as_of):
            return f"the clone was last updated on {moment_text(known)}, so later commits are not known"
        later = [before for before in self.recorded(head) if before.at > known and before.sha != head.sha]
        if not later or self.as_of is not None:
            return ""
        found = f"a refresh found {short_sha(later[-1].sha)} at {moment_text(later[-1].at)}"
        return f"the clone was last updated before {found}, so later commits are not known"

    async def quiet_doubt(self, head: Head, others: Sequence[str], lines: Sequence[str]) -> str:
        """Return why a quiet branch may be abandoned or outdated; empty if it is active.

        Another of the refs `others` moved on, but not to the next version of a line, or its clone may be old.
        Without lines, the repository's newest stable tag counts like another ref (the tags of lines have been checked
        before). If one of them cannot be checked, it may have moved on.
        """
        days = (self.now - head.committed_at).days
        if days < QUIET_DAYS:
            return ""
        quiet = f"{head.ref} has had no commit for {days} days"
        if is_out_of_range(head.committed_at):
            quiet = f"the newest commit of {head.ref} has no usable date"
        origin = self.source.origin(head.requested, head.ref)
        if self.as_of is None and (origin.without_remote or origin.from_copy):
            why = "has no remote" if origin.without_remote else "was fetched from another copy"
            return f"{quiet}, and its clone {why}: the clone may be outdated"
        for ref in others:
            try:
                other = await self.head(head.repo, ref)
                is_newer = isinstance(other, Head) and (other.committed_at - head.committed_at).days >= _MOVED_ON_DAYS
                if isinstance(other, Head) and is_newer and not await self._later_version(other, lines):
                    return f"{quiet}, while {other.ref} has newer commits"
            except SourceError as error:
                self.error_log.add(error)
                return f"{quiet}, and could not check whether {ref} has newer commits"
        try:
            later = "" if lines else await self._find_later_tag(head)
        except SourceError as error:
            self.error_log.add(error)
            return f"{quiet}, and could not check whether a later tag was released"
        return f"{quiet}, while {later} was released" if later else ""

    async def _find_later_tag(self, head: Head) -> str:
        """Return a stable tag that is much newer than the branch's last commit and not in the branch; empty if none."""
        releases = await self.tags.find_releases(head.repo, ["*"])
        if not releases:
            return ""
        tag = await self.source.dated_tag(head.repo, releases[0].tag)
        if (tag.at - head.committed_at).days < _MOVED_ON_DAYS:
            return ""
        try:
            between = await self.source.compare(head.repo, tag.sha, head.sha, files=False)
        except NoCommonAncestor:
            # The branch was rewritten, or is of another project.
            return tag.name
        return tag.name if between.behind > MAX_MISSING_COMMITS else ""
