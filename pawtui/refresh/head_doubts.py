"""Reasons to doubt a followed head: an old clone, a missing ref, or an abandoned branch or repository."""

import asyncio
import datetime as dt
from collections.abc import Sequence

from pawtui.moments import is_in_future, moment_text
from pawtui.phrases import short_sha
from pawtui.probes.added_files import files_under
from pawtui.refresh.refresh_types import SEE_ERRORS
from pawtui.refresh.release_tags import NEWER_DAYS, is_newer
from pawtui.refresh.side_refs import SideRefs
from pawtui.sources import globs
from pawtui.sources.dates import is_out_of_range
from pawtui.sources.facts import Head, MissingRef
from pawtui.sources.source_errors import NoCommonAncestor, SourceError

# A branch without a commit for this number of days is inactive: it may be abandoned.
INACTIVE_DAYS = 28
# The usual names of default branches.
_USUAL_BRANCHES = ("main", "master", "dev", "develop", "trunk")
# If a clone's last fetch is older, its branches may have moved.
_OLD_CLONE = dt.timedelta(days=1)
_UPDATE = "update it with `git fetch` or `pawtui mirror`"


async def head_doubt(refs: SideRefs, head: Head, missing: Sequence[MissingRef]) -> str:
    """Return why a head may be the wrong one to follow; empty without a reason.

    `missing` are the refs before it that do not exist. In the downstream, only the age of a clone is a reason.
    """
    doubt = _clone_doubt(refs, head)
    if doubt or refs.side == "downstream":
        return doubt
    doubt = await _dated_ref_doubt(refs, head, missing) or await _archived_doubt(refs, head)
    return doubt or await _idle_doubt(refs, head)


def branch_remedy(tag: str) -> str:
    """Return what to do if a tag was released from a ref that the tracker does not list."""
    return f"add the branch of {tag} to `refs`"


def _clone_doubt(refs: SideRefs, head: Head) -> str:
    """Return why a clone may not have the head of that time; empty if it has, and for a head from GitHub."""
    known = refs.source.origin(head.requested_repo, head.ref).known_until
    if known is None:
        return ""
    if is_in_future(known, refs.started):
        return f"the clone was last updated in the future ({moment_text(known)}), so its age is not known ({_UPDATE})"
    needed = refs.as_of or refs.now - _OLD_CLONE
    if known < needed:
        return f"the clone was last updated on {moment_text(known)}, so later commits are not known ({_UPDATE})"
    later = [commit for commit in refs.recorded_heads(head) if commit.at > known and commit.sha != head.sha]
    if not later or refs.as_of is not None:
        return ""
    found = f"a refresh found {short_sha(later[-1].sha)} at {moment_text(later[-1].at)}"
    return f"the clone was last updated before {found}, so later commits are not known ({_UPDATE})"


async def _dated_ref_doubt(refs: SideRefs, head: Head, missing: Sequence[MissingRef]) -> str:
    """Return why a head may lack the work of a missing ref that has a first day; empty if it has that work.

    The tracker states that the work is on such a ref since that day: a ref that is listed after it may be the branch of
    the time before. A release of the lines shows that the head has the work.
    """
    gone = {ref.name for ref in missing}
    rules = (rule for rule in refs.tracked.ref_rules() if rule.start and rule.is_valid_on(refs.now.date()))
    dated = [rule for rule in rules if rule.name in gone]
    if not dated:
        return ""
    tags = refs.release_tags(head)
    try:
        releases = await tags.releases_of_lines()
        # Without the newest stable release, the head would not be followed.
        if releases and (not releases[0].suffix or await tags.contains(releases[0].tag)):
            return ""
    except SourceError as error:
        refs.error_log.add(error)
    name = dated[0].name
    remedy = f"fetch {name} into a clone that lacks it, or remove it from `refs` if {head.ref} has the work"
    return f"{name}, which has the work since {dated[0].start}, does not exist: {head.ref} may not have it ({remedy})"


async def _archived_doubt(refs: SideRefs, head: Head) -> str:
    """Return why an idle branch (no commit for a week) has ended: its repository is archived; else empty.

    A past day and a clone do not show this. To save a request, a branch with newer commits is not checked: the last
    commit of an archived repository is seldom more than a notice.
    """
    origin = refs.source.origin(head.requested_repo, head.ref)
    is_live = refs.as_of is None and origin.known_until is None and not origin.without_remote
    if not is_live or refs.idle_days(head) < NEWER_DAYS:
        return ""
    try:
        is_archived = await refs.source.is_archived(head.requested_repo)
    except SourceError as error:
        refs.error_log.add(error)
        return ""
    if not is_archived:
        return ""
    return f"{head.repo} is archived: its work has ended, or continues in another repository (then change `repo`)"


async def _idle_doubt(refs: SideRefs, head: Head) -> str:
    """Return why an idle branch (no commit for a week) may be the wrong one; empty if it is not, or is active.

    The work may continue in another ref that is a week newer: it has the head of the branch or, after a squash, most of
    its files on the surfaces. An inactive branch is in doubt even if the newer ref has neither, and if that ref or a
    later tag cannot be checked. A ref that has moved on to the next version of a line does not count. A clone without
    the remote of the repository may be outdated.
    """
    days = refs.idle_days(head)
    is_inactive = days >= INACTIVE_DAYS
    is_checked = head.sha == refs.checked_sha
    if days < NEWER_DAYS:
        return ""
    idle = f"{head.ref} has had no commit for {days} days"
    if is_out_of_range(head.committed_at):
        idle = f"the newest commit of {head.ref} has no usable date"
    if is_inactive or not is_checked:
        others: Sequence[str] = [name for name in refs.names if name != head.ref]
        if not is_checked:
            others = await _with_usual_branch(refs, head, others)
        for name in others:
            if doubt := await _newer_ref_doubt(refs, name, head, is_inactive=is_inactive):
                return f"{idle}, {doubt}"
    origin = refs.source.origin(head.requested_repo, head.ref)
    if origin.without_remote or origin.from_copy:
        # A commit after the measured time shows that the clone is newer than that.
        newest = await refs.source.ref_head(refs.tracked.repo, head.ref)
        if isinstance(newest, Head) and newest.sha == head.sha:
            why = "has no remote" if origin.without_remote else "was fetched from another copy"
            return f"{idle}, and its clone {why}: the clone may be outdated (fetch it from GitHub)"
    return await _later_tag_doubt(refs, head, idle) if is_inactive and not refs.lines else ""


async def _with_usual_branch(refs: SideRefs, head: Head, others: Sequence[str]) -> Sequence[str]:
    """Return `others`; if one of them does not exist any more, with the default branch under its usual name."""
    try:
        if all([isinstance(await refs.head(name), Head) for name in others]):
            return others
        for name in _USUAL_BRANCHES:
            if name not in (head.ref, *others) and isinstance(await refs.head(name), Head):
                return [*others, name]
    except SourceError as error:
        refs.error_log.add(error)
    return others


async def _newer_ref_doubt(refs: SideRefs, name: str, head: Head, *, is_inactive: bool) -> str:
    """Return `while its work continues in dev (remedy)` if an idle head may have ended for this ref; else empty."""
    try:
        other = await refs.head(name)
        if isinstance(other, MissingRef) or not is_newer(other.committed_at, head) or await refs.moved_on_reason(other):
            return ""
        remedy = f"list only {head.ref} in `refs`"
        if await _would_be_followed(refs, other, head):
            remedy = f"put {name} first in `refs`, or list only {head.ref}"
        if is_inactive:
            return f"while {name} has newer commits ({remedy})"
        if await _has_work_of(refs, other, head):
            return f"while its work continues in {name} ({remedy})"
    except SourceError as error:
        refs.error_log.add(error)
        if is_inactive:
            return f"and could not check whether {name} has newer commits ({SEE_ERRORS})"
    return ""


async def _would_be_followed(refs: SideRefs, other: Head, head: Head) -> bool:
    """Return whether another ref would be followed instead of `head` if it were the first of `refs`.

    One that is listed before `head` was rejected, and one without the newest release would be.
    """
    if next((ref for ref in refs.names if ref in (other.ref, head.ref)), "") == other.ref:
        return False
    tags = refs.release_tags(other)
    releases = await tags.releases_of_lines()
    return not releases or await tags.contains(releases[0].tag)


async def _has_work_of(refs: SideRefs, other: Head, head: Head) -> bool:
    """Return whether another head contains the commit of `head`, or more than half of its files on the surfaces."""
    source = refs.source
    try:
        if (await source.compare(head.repo, head.sha, other.sha, files=False)).ancestor:
            return True
    except NoCommonAncestor:
        # Another project, or a rewritten history: the files decide.
        pass
    tree, other_tree = await asyncio.gather(source.tree(head.repo, head.sha), source.tree(head.repo, other.sha))
    paths = [globs.without_double_star(path) for paths in refs.tracker.surfaces.values() for path in paths]
    files = files_under(tree, paths)
    same = sum(other_tree.entries.get(path) == entry for path, entry in files.items())
    return same > len(files) / 2


async def _later_tag_doubt(refs: SideRefs, head: Head, idle: str) -> str:
    """Return why an inactive branch may be outdated: the newest stable tag is elsewhere. Tags of lines are checked."""
    try:
        later = await refs.release_tags(head).newest_tag_elsewhere()
    except SourceError as error:
        refs.error_log.add(error)
        return f"{idle}, and could not check whether a later tag was released ({SEE_ERRORS})"
    return f"{idle}, while {later} was released ({branch_remedy(later)})" if later else ""
