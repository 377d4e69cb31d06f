"""Choose the ref to follow in a repository.

An abandoned branch has no new commits and would be measured as stable. So the refs of the tracker are tried in order,
and the places of release tags on them decide (`release_tags.py`). The first row of this table that is true of a ref
applies:

| newest release of the lines | next version | the ref |
|---|---|---|
| none | | is followed |
| any | a stable release is contained | is rejected: it has moved on |
| contained | | is followed |
| on a branch off the ref | a release or a recent pre-release exists | is rejected |
| on a branch off the ref | | is followed if no other ref is |
| elsewhere | | is rejected |

The newest release is the highest stable version. Before the first one, it is the highest pre-release, and an old one
rejects no ref. A pre-release of the next version is recent if it is not old, or newer than the newest release. Releases
are made from branches off a ref (`2.5-fixes`, `release-2.5`) if all of this is true:

- The ref contains the first release of the newest or of the previous minor version, or the first pre-release of the
  newest, or the branches of these two start at different commits of the ref. If they start at one commit, the releases
  may be made from a branch that left it there.
- It has more commits of its own than the branch of the tag, and no other ref contains more commits of that branch.
- It has a commit from about the time of the tag or later, and is not inactive (no commit for four weeks).
"""

import asyncio
import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from pawtui.moments import moment_text
from pawtui.refresh.head_doubts import INACTIVE_DAYS, branch_remedy, head_doubt
from pawtui.refresh.refresh_types import SEE_ERRORS
from pawtui.refresh.side_refs import SideRefs
from pawtui.sources.facts import Head, MissingRef
from pawtui.sources.source_errors import NotFound, SourceError

# If a ref has moved on to the next version of a line.
_LATER_REMEDY = "add the branch of that line to `refs`, or change `line`"


class FollowedHead(msgspec.Struct, frozen=True, kw_only=True):
    """The head to follow. `doubt` is the reason why it may be the wrong head: then nothing can be read from it.

    Of the refs that were tried before, `missing` do not exist; `rejections` are the reasons against the others.
    """

    head: Head
    missing: tuple[MissingRef, ...] = ()
    rejections: tuple[str, ...] = ()
    doubt: str = ""


async def follow(refs: SideRefs) -> FollowedHead:
    """Return the head to follow in one repository of the tracker.

    If no ref is followed by the rules above, it is the head of the first ref that exists, with the reason as its
    `doubt`. If a ref cannot be checked, it may be the right one: then no later ref is tried. In the downstream, the
    first ref that exists is followed. A followed head may be in doubt, too (`head_doubts.py`). Raises `SourceError` if
    no ref exists or a head cannot be fetched.
    """
    followed = await _choose(refs)
    if followed.doubt:
        return followed
    return replace(followed, doubt=await head_doubt(refs, followed.head, followed.missing))


class _Rejection(NamedTuple):
    """Why releases are not made from a head, or that this could not be checked.

    `is_base`: releases are made from branches off it. It is `behind` the newest release by that number of commits:
    infinite if it has moved on to the next version, 0 if it may be the right head.
    """

    head: Head
    reason: str
    remedy: str
    is_base: bool = False
    behind: float = math.inf


async def _choose(refs: SideRefs) -> FollowedHead:
    """Return the head to follow by the rules above, or the first head with the reason as its `doubt`."""
    missing: list[MissingRef] = []
    rejections: list[_Rejection] = []
    for name in refs.names:
        head = await refs.head(name)
        if isinstance(head, MissingRef):
            missing.append(head)
            continue
        try:
            rejection = await _find_rejection(refs, head)
        except SourceError as error:
            # It may be the right one: no later ref is tried.
            refs.error_log.add(error)
            reason = f"could not check whether {head.ref} contains the newest release"
            rejections.append(_Rejection(head, reason, SEE_ERRORS, behind=0))
            break
        if rejection is None:
            reasons = tuple(each.reason for each in rejections)
            return FollowedHead(head=head, missing=tuple(missing), rejections=reasons)
        rejections.append(rejection)
    if not rejections:
        raise _no_ref_error(refs, missing)

    least_behind = min(rejection.behind for rejection in rejections)
    bases = (rejection for rejection in rejections if rejection.is_base and rejection.behind == least_behind)
    base = next(bases, None)
    if base is None:
        first = rejections[0]
        return FollowedHead(head=first.head, missing=tuple(missing), doubt=f"{first.reason} ({first.remedy})")
    reasons = tuple(each.reason for each in rejections[: rejections.index(base)])
    return FollowedHead(head=base.head, missing=tuple(missing), rejections=reasons)


async def _find_rejection(refs: SideRefs, head: Head) -> _Rejection | None:
    """Return why releases are not made from a head; None if they are, or without releases. Raises `SourceError`."""
    tags = refs.release_tags(head)
    releases = await tags.releases_of_lines()
    if not releases:
        return None
    newest = releases[0]
    place, later_version = await asyncio.gather(tags.place(newest.tag), refs.later_version(head))
    if later_version:
        return _Rejection(head, later_version, _LATER_REMEDY)
    if place.is_contained:
        return None
    if newest.suffix and await tags.is_old(newest.tag):
        return None
    # An inactive branch may be abandoned: then nothing shows that releases still branch off it.
    is_active = place.ahead > place.behind and refs.idle_days(head) < INACTIVE_DAYS
    is_base = is_active and await tags.come_from_head(releases)
    if is_base and (next_version := await tags.next_version(may_skip=True)):
        return _Rejection(head, f"{next_version}: {head.ref} may be developed for it", _LATER_REMEDY)
    reason = f"{head.ref} does not contain {newest.tag.name}"
    return _Rejection(head, reason, branch_remedy(newest.tag.name), is_base=is_base, behind=place.behind)


def _no_ref_error(refs: SideRefs, missing: Sequence[MissingRef]) -> NotFound:
    names = ", ".join(ref.name for ref in missing) or "(no refs given)"
    what = f"The ref {names} does not exist" if len(missing) == 1 else f"None of the refs {names} exists"
    before = f" with a commit before {moment_text(refs.as_of)}" if refs.as_of else ""
    remedy = "Check `refs` in the tracker, and write branches without origin/."
    return NotFound(f"{what} in {refs.tracked.repo}{before}. {remedy}")
