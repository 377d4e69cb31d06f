"""Choose the ref to follow in a repository, and find the reasons to doubt it.

An abandoned branch has no new commits and would be measured as stable. So the refs of the tracker are tried in order,
and the places of release tags on them decide (`release_tags.py`). The first row of this table that is true of a ref
applies:

| newest release of the lines | next version | the ref |
|---|---|---|
| none | | is followed |
| any | a stable release is contained | is rejected: it has moved on |
| contained | | is followed |
| on a branch off the ref | a branch of it starts later | is rejected, unless it contains a newer pre-release |
| on a branch off the ref | | is followed if no other ref is |
| elsewhere | | is rejected |

The newest release is the highest stable version. Before the first one, it is the highest pre-release, and an old one
rejects no ref. Releases are made from branches off a ref (`2.5-fixes`, `release-2.5`) if all of this is true:

- The ref contains the first release of the newest or of the previous minor version, or the first pre-release of the
  newest, or the branches of these two start at different commits of the ref. If they start at one commit, the releases
  may be made from a branch that left it there.
- It has more commits of its own than the branch of the tag, and no other ref contains more commits of that branch.
- It has a commit from about the time of the tag or later, and is not inactive (no commit for four weeks).
"""

import asyncio
import datetime as dt
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from pawtui.moments import moment_text
from pawtui.phrases import short_sha
from pawtui.probes.added_files import files_under
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.release_line import pre_releases
from pawtui.refresh.refresh_types import SideName
from pawtui.refresh.release_tags import NEWER_DAYS, ReleaseTags, is_newer
from pawtui.sources import globs
from pawtui.sources.dates import is_out_of_range
from pawtui.sources.facts import Head, MissingRef, RecordedHead
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import BeginsLater, NoCommonAncestor, NotFound, SourceError
from pawtui.tracker.probe_types import ReleaseProbe, SoakProbe
from pawtui.tracker.tracker_types import Tracker

# The usual names of default branches.
_USUAL_REFS = ("main", "master", "dev", "develop", "trunk")
# A branch without a commit for this number of days is inactive: it may be abandoned.
INACTIVE_DAYS = 28
# A pre-release of this age may be from an attempt that was given up.
_OLD_PRE_RELEASE_DAYS = 180
# If a clone's last fetch is older, its branches may have moved.
_OLD_CLONE = dt.timedelta(days=1)
_UPDATE = "update it with `git fetch` or `pawtui mirror`"

# Returns the commits of a ref that earlier refreshes recorded, oldest first.
FindRecorded = Callable[[Head], Sequence[RecordedHead]]


class FollowedHead(msgspec.Struct, frozen=True, kw_only=True):
    """The head to follow. `doubt` is the reason why it may be the wrong head: then nothing can be read from it.

    Of the refs that were tried before, `missing` do not exist; `rejections` are the reasons against the others.
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
    side: SideName,
    now: dt.datetime,
    as_of: dt.datetime | None,
    find_recorded: FindRecorded = lambda head: (),
    checked_sha: str = "",
) -> FollowedHead:
    """Return the head to follow of the upstream or the downstream at the time `now`, which is `as_of` if that is given.

    If no ref is followed by the rules above, it is the head of the first ref that exists, with the reason as its
    `doubt`. If a ref cannot be checked, it may be the right one: then no later ref is tried. In the downstream, the
    first ref that exists is followed. An inactive branch of the upstream is in doubt if another ref has newer commits.
    So is a branch without a commit for a week, if such a ref has its head or most of its watched files.
    `checked_sha` is that of the head that the last refresh of the same day followed without doubt: its next version and
    whether it was merged are not checked again. Raises `SourceError` if no ref exists or a head cannot be fetched.
    """
    is_upstream = side == "upstream"
    tracked = tracker.upstream if is_upstream else tracker.downstream
    lines = release_lines(tracker) if is_upstream else ()
    checks = _HeadChecks(source, error_log, lines, now, as_of, find_recorded, checked_sha)
    refs = tracked.ref_names(now.date())
    followed = await _choose(checks, tracked.repo, refs)
    doubt = followed.doubt or checks.clone_doubt(followed.head)
    if is_upstream and not doubt:
        others = await checks.other_refs(followed.head, [ref for ref in refs if ref != followed.head.ref])
        paths = [path for paths in tracker.surfaces.values() for path in paths]
        doubt = await checks.merged_doubt(followed.head, others, paths)
        doubt = doubt or await checks.inactive_doubt(followed.head, others)
    return replace(followed, doubt=doubt)


async def pre_release_remark(
    tracker: Tracker,
    source: Source,
    error_log: ErrorLog,
    followed: FollowedHead,
    *,
    now: dt.datetime,
    as_of: dt.datetime | None,
) -> str:
    """Return a remark on the newest pre-release of the lines or of their next version; empty if the head is in doubt.

    The head contains that of the next version, or it lacks that of the lines, which is old and has no release yet.
    """
    if followed.doubt:
        return ""
    tags = ReleaseTags(source, followed.head, release_lines(tracker), as_of)
    later = await error_log.value_or_none(tags.later_version(pre_release=True))
    lacked = await error_log.value_or_none(_lacked_pre_release(tags, now))
    return "; ".join(filter(None, (later, lacked)))


async def _lacked_pre_release(tags: ReleaseTags, now: dt.datetime) -> str:
    """Return a remark if the head lacks the newest pre-release of lines without a release, and it is old; else empty.

    A newer pre-release rejects the head.
    """
    if await tags.find_releases(tags.lines):
        return ""
    found = await tags.find_releases(tags.lines, pre_releases)
    if not found or not _is_old(now, await tags.date(found[0].tag)) or (await tags.place(found[0].tag)).is_contained:
        return ""
    made_on = (await tags.date(found[0].tag)).date()
    return f"{tags.head.ref} does not contain {found[0].tag.name} of {made_on}: is it the branch of that version?"


def _is_old(now: dt.datetime, pre_release_at: dt.datetime) -> bool:
    return (now - pre_release_at).days >= _OLD_PRE_RELEASE_DAYS


class _Rejection(NamedTuple):
    """Why releases are not made from a head. It is not certain if that could not be checked.

    `is_base`: releases are made from branches off it. It is `behind` the newest release by that number of commits:
    infinite if it has moved on to the next version, 0 if it may be the right head.
    """

    head: Head
    reason: str
    is_certain: bool = True
    is_base: bool = False
    behind: float = math.inf


@dataclass(frozen=True)
class _HeadChecks:
    """The checks of a side's refs at the time `now`, which is `as_of` if that is given. A downstream has no `lines`."""

    source: Source
    error_log: ErrorLog
    lines: Sequence[str]
    now: dt.datetime
    as_of: dt.datetime | None
    find_recorded: FindRecorded
    checked_sha: str

    def _tags(self, head: Head) -> ReleaseTags:
        return ReleaseTags(self.source, head, self.lines, self.as_of)

    async def head(self, repo: str, ref: str) -> Head | MissingRef:
        """Return the head of a ref at that time; `MissingRef` also if its history begins later."""
        head = await self.source.ref_head(repo, ref)
        if self.as_of is None or isinstance(head, MissingRef):
            return head
        try:
            past = await self.source.past_head(head, self.as_of, self.find_recorded(head))
        except BeginsLater:
            return MissingRef(name=ref)
        commit = await self.source.commit(head.repo, past.sha)
        return replace(head, sha=commit.sha, committed_at=commit.at)

    async def no_ref_error(self, repo: str, missing: Sequence[MissingRef]) -> NotFound:
        """Return the error that no ref exists. It names the usual default branch, if the repository has one."""
        names = ", ".join(ref.name for ref in missing) or "(no refs given)"
        what = f"The ref {names} does not exist" if len(missing) == 1 else f"None of the refs {names} exists"
        before = f" with a commit before {moment_text(self.as_of)}" if self.as_of else ""
        remedy = "Check `refs` in the tracker."
        if names.startswith("origin/"):
            # The name that a clone gives to a branch of its remote.
            remedy = "Write branches without origin/."
        else:
            # If a usual name cannot be checked, the missing ref is still the reason.
            with suppress(SourceError):
                for ref in _USUAL_REFS:
                    if isinstance(await self.head(repo, ref), Head):
                        remedy = f"It has {ref}: check `refs` in the tracker."
                        break
        return NotFound(f"{what} in {repo}{before}. {remedy}")

    async def rejection(self, head: Head) -> _Rejection | None:
        """Return why releases are not made from this head; None if they are, and without lines."""
        try:
            return await self._find_rejection(head)
        except SourceError as error:
            self.error_log.add(error)
            reason = f"could not check whether {head.ref} contains the newest release"
            return _Rejection(head, reason, is_certain=False, behind=0)

    async def _find_rejection(self, head: Head) -> _Rejection | None:
        tags = self._tags(head)
        stable = await tags.find_releases(self.lines)
        releases = stable or await tags.find_releases(self.lines, pre_releases)
        if not releases:
            return None
        newest = releases[0]
        placing = asyncio.create_task(tags.place(newest.tag))
        checking = asyncio.create_task(self._later_version(head))
        try:
            place, later_version = await asyncio.gather(placing, checking)
        finally:
            # If one of them failed, the other must not send more requests.
            placing.cancel()
            checking.cancel()
        if later_version:
            return _Rejection(head, later_version)
        if place.is_contained:
            return None
        if not stable and _is_old(self.now, await tags.date(newest.tag)):
            return None
        # An inactive branch may be abandoned: then nothing shows that releases still branch off it.
        is_active = place.ahead > place.behind and (self.now - head.committed_at).days < INACTIVE_DAYS
        is_base = is_active and await tags.come_from_head(releases)
        if is_base and (later_branch := await tags.later_branch(newest)):
            return _Rejection(head, later_branch)
        reason = f"{head.ref} does not contain {newest.tag.name}"
        return _Rejection(head, reason, is_base=is_base, behind=place.behind)

    async def _later_version(self, head: Head) -> str:
        """Return why a head has moved on from a line: it contains a release of the next version; else empty."""
        return "" if head.sha == self.checked_sha else await self._tags(head).later_version()

    def clone_doubt(self, head: Head) -> str:
        """Return why a clone may not have the head of that time; empty if it has, and for a head from GitHub."""
        known = self.source.origin(head.requested_repo, head.ref).known_until
        if known is None:
            return ""
        needed = self.as_of or self.now - _OLD_CLONE
        if known < needed:
            return f"the clone was last updated on {moment_text(known)}, so later commits are not known ({_UPDATE})"
        later = [commit for commit in self.find_recorded(head) if commit.at > known and commit.sha != head.sha]
        if not later or self.as_of is not None:
            return ""
        found = f"a refresh found {short_sha(later[-1].sha)} at {moment_text(later[-1].at)}"
        return f"the clone was last updated before {found}, so later commits are not known ({_UPDATE})"

    async def other_refs(self, head: Head, others: Sequence[str]) -> Sequence[str]:
        """Return the refs that may continue the work of a head without a commit for a week.

        If one of them does not exist any more, it may be the default branch under its usual name now.
        """
        if (self.now - head.committed_at).days < NEWER_DAYS or head.sha == self.checked_sha:
            return others
        known = {head.ref, *others}
        try:
            exist = [isinstance(await self.head(head.repo, ref), Head) for ref in others]
            if all(exist):
                return others
            for ref in _USUAL_REFS:
                if ref not in known and isinstance(await self.head(head.repo, ref), Head):
                    return [*others, ref]
        except SourceError as error:
            self.error_log.add(error)
        return others

    async def merged_doubt(self, head: Head, others: Sequence[str], paths: Sequence[str]) -> str:
        """Return why a branch may have been merged into one of the refs `others`, which continues; else empty.

        That ref is a week newer, and has the head of the branch or, after a squash, most of its files at `paths`. A ref
        that cannot be checked raises no doubt: `inactive_doubt` follows.
        """
        days = (self.now - head.committed_at).days
        if not NEWER_DAYS <= days < INACTIVE_DAYS or head.sha == self.checked_sha:
            return ""
        for ref in others:
            other = await self.error_log.value_or_none(self._newer_head(ref, head))
            if other is None:
                continue
            has_work = await self.error_log.value_or_none(self._has_work_of(other, head, paths))
            if has_work:
                quiet = f"{head.ref} has had no commit for {days} days"
                return f"{quiet}, while its work continues in {ref} (put {ref} first in `refs`)"
        return ""

    async def _newer_head(self, ref: str, head: Head) -> Head | None:
        """Return the head of another ref if it is a week newer and has not moved on to the next version; else None."""
        other = await self.head(head.repo, ref)
        if isinstance(other, MissingRef) or not is_newer(other.committed_at, head):
            return None
        if await self._later_version(other) or await self._tags(other).later_version(pre_release=True):
            return None
        return other

    async def _has_work_of(self, other: Head, head: Head, paths: Sequence[str]) -> bool:
        """Return whether another head contains the commit of `head`, or more than half of its files at `paths`."""
        try:
            if (await self.source.compare(head.repo, head.sha, other.sha, files=False)).ancestor:
                return True
        except NoCommonAncestor:
            # Another project, or a rewritten history: the files decide.
            pass
        tree, other_tree = await asyncio.gather(
            self.source.tree(head.repo, head.sha), self.source.tree(head.repo, other.sha)
        )
        files = files_under(tree, [globs.without_double_star(path) for path in paths])
        same = sum(other_tree.entries.get(path) == entry for path, entry in files.items())
        return same > len(files) / 2

    async def inactive_doubt(self, head: Head, others: Sequence[str]) -> str:
        """Return why an inactive branch may be abandoned or outdated; empty if it is active.

        Its clone may be outdated, or one of the refs `others` may have newer commits: a ref that has moved on to the
        next version of a line does not count. Without lines, the repository's newest stable tag counts like another ref
        (the tags of lines have been checked before). A ref or tag that cannot be checked may be newer.
        """
        days = (self.now - head.committed_at).days
        if days < INACTIVE_DAYS:
            return ""
        inactive = f"{head.ref} has had no commit for {days} days"
        if is_out_of_range(head.committed_at):
            inactive = f"the newest commit of {head.ref} has no usable date"
        origin = self.source.origin(head.requested_repo, head.ref)
        if self.as_of is None and (origin.without_remote or origin.from_copy):
            why = "has no remote" if origin.without_remote else "was fetched from another copy"
            return f"{inactive}, and its clone {why}: the clone may be outdated (fetch it from GitHub)"
        checked = ""
        try:
            for ref in others:
                checked = f"{ref} has newer commits"
                if await self._newer_head(ref, head):
                    return f"{inactive}, while {checked}"
            checked = "a later tag was released"
            later = "" if self.lines else await self._tags(head).newest_tag_elsewhere()
        except SourceError as error:
            self.error_log.add(error)
            return f"{inactive}, and could not check whether {checked}"
        return f"{inactive}, while {later} was released" if later else ""


async def _choose(checks: _HeadChecks, repo: str, refs: Sequence[str]) -> FollowedHead:
    """Return the head to follow by the rules above, or the first head with the reason as its `doubt`."""
    missing: list[MissingRef] = []
    rejections: list[_Rejection] = []
    for ref in refs:
        head = await checks.head(repo, ref)
        if isinstance(head, MissingRef):
            missing.append(head)
            continue
        rejection = await checks.rejection(head)
        if rejection is None:
            reasons = tuple(each.reason for each in rejections)
            return FollowedHead(head=head, missing=tuple(missing), rejections=reasons)
        rejections.append(rejection)
        if not rejection.is_certain:
            break
    if not rejections:
        raise await checks.no_ref_error(repo, missing)
    base = _base_of_releases(rejections)
    if base is None:
        return FollowedHead(head=rejections[0].head, missing=tuple(missing), doubt=rejections[0].reason)
    reasons = tuple(each.reason for each in rejections[: rejections.index(base)])
    return FollowedHead(head=base.head, missing=tuple(missing), rejections=reasons)


def _base_of_releases(rejections: Sequence[_Rejection]) -> _Rejection | None:
    """Return the first head that is a base and is not more commits behind than another head; None if there is none."""
    least_behind = min(rejection.behind for rejection in rejections)
    bases = (rejection for rejection in rejections if rejection.is_base and rejection.behind == least_behind)
    return next(bases, None)
