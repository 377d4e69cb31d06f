"""Choose the ref to follow in a repository.

An abandoned branch has no new commits and would be measured as stable. So the refs of the tracker are tried in order,
and release tags decide (`release_tags.py`). A ref is rejected if one of these is true:

- It contains a stable release of the next version of a line: it has moved on.
- It does not contain the newest release of the lines, which is the highest stable version. Before the first one, it is
  the highest pre-release, and an old one rejects no ref.

If the work continues in a rejected ref, the ref that is followed instead is in doubt: it may have only the patches of a
release, and would be measured as stable, too.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from pawtui.moments import moment_text
from pawtui.refresh.head_doubts import branch_remedy, head_doubt
from pawtui.refresh.refresh_types import SEE_ERRORS
from pawtui.refresh.side_refs import SideRefs
from pawtui.sources.facts import Head, MissingRef
from pawtui.sources.source_errors import NotFound, SourceError

# If a ref has moved on to the next version of a line.
_MOVED_ON_REMEDY = "add the branch of that line to `refs`, or change `line`"


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
    first ref that exists is followed. A followed head may be in doubt, too: the work continues in a ref before it, or
    for a reason of `head_doubts.py`. Raises `SourceError` if no ref exists or a head cannot be fetched.
    """
    followed = await _choose(refs)
    if followed.doubt:
        return followed
    return replace(followed, doubt=await head_doubt(refs, followed.head, followed.missing))


class _Rejection(NamedTuple):
    """Why a head is not followed, and what to do. `continues`: the work continues in it, without the newest release."""

    head: Head
    reason: str
    remedy: str
    continues: bool = False


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
            rejections.append(_Rejection(head, reason, SEE_ERRORS))
            break
        if rejection is None:
            reasons = tuple(each.reason for each in rejections)
            others = (each.head.ref for each in rejections if each.continues)
            doubt = next((f"the work continues in {other} ({_list_only(head.ref)})" for other in others), "")
            return FollowedHead(head=head, missing=tuple(missing), rejections=reasons, doubt=doubt)
        rejections.append(rejection)
    if not rejections:
        raise _no_ref_error(refs, missing)
    first = rejections[0]
    return FollowedHead(head=first.head, missing=tuple(missing), doubt=f"{first.reason} ({first.remedy})")


async def _find_rejection(refs: SideRefs, head: Head) -> _Rejection | None:
    """Return why a head is rejected; None if it is not, or without releases. Raises `SourceError`."""
    tags = refs.release_tags(head)
    releases = await tags.releases_of_lines()
    if not releases:
        return None
    newest = releases[0]
    is_contained, moved_on_reason = await asyncio.gather(tags.contains(newest.tag), refs.moved_on_reason(head))
    if moved_on_reason:
        return _Rejection(head, moved_on_reason, _MOVED_ON_REMEDY)
    if is_contained or (newest.suffix and await tags.is_old(newest.tag)):
        return None
    reason = f"{head.ref} does not contain {newest.tag.name}"
    # A pre-release is usually on the branch where the next version is developed.
    if not newest.suffix and await tags.continues_without(newest.tag):
        release = _list_only(f"the branch of {newest.tag.name}")
        remedy = f"{release}, or set `line` to the next version to measure {head.ref}"
        return _Rejection(head, reason, remedy, continues=True)
    return _Rejection(head, reason, branch_remedy(newest.tag.name))


def _list_only(branch: str) -> str:
    return f"list only {branch} in `refs` to measure that branch"


def _no_ref_error(refs: SideRefs, missing: Sequence[MissingRef]) -> NotFound:
    names = ", ".join(ref.name for ref in missing) or "(no refs given)"
    what = f"The ref {names} does not exist" if len(missing) == 1 else f"None of the refs {names} exists"
    before = f" with a commit before {moment_text(refs.as_of)}" if refs.as_of else ""
    remedy = "Check `refs` in the tracker, and write branches without origin/."
    return NotFound(f"{what} in {refs.tracked.repo}{before}. {remedy}")
