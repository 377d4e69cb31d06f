"""Which ref of a repository is followed, and whether it is the one that the work goes on at.

A branch that stopped moving reads as calm. So the followed ref must contain the newest stable tag of the line that the
tracker names; candidates are tried in order for that. Projects cut a release as one commit beside the branch (a version
bump that only the tag holds), so the commit that the tag was cut from is enough.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

import msgspec

from pawtui.probes.versions import prefix_of, stable_tags
from pawtui.refresh.error_log import ErrorLog
from pawtui.sources.dates import is_out_of_range
from pawtui.sources.facts import Head, MissingRef, Origin, RefMoment, Tag
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import BeginsLater, NotFound, SourceError
from pawtui.tracker.tracker_types import ReleaseProbe, Side, SoakProbe, Tracker

# A branch without a commit for so long may no longer be the one that the work goes on at.
QUIET_DAYS = 28
# Another candidate, or a tag, has moved on when it is so much newer.
_MOVED_ON_DAYS = 7
# Commits that a release tag may have of its own, beside the branch.
_RELEASE_COMMITS = 1
# A clone that was fetched into longer ago does not tell where its branches are now.
_OLD_CLONE = dt.timedelta(days=1)


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """The head that is followed. `doubt` says why it may be the wrong one: then nothing can be read from it.

    `missing` are refs that were tried before and do not exist; `passed_over` says why earlier candidates were not
    taken.
    """

    head: Head
    missing: tuple[MissingRef, ...] = ()
    passed_over: tuple[str, ...] = ()
    doubt: str = ""


def _nothing_recorded(head: Head) -> Sequence[RefMoment]:
    return ()


def release_lines(tracker: Tracker) -> tuple[str, ...]:
    """The lines of upstream tags that probes name, in the tracker's order."""
    probes = (probe for signal in tracker.signals for probe in signal.probes)
    lines = (
        probe.line
        for probe in probes
        if isinstance(probe, ReleaseProbe | SoakProbe) and probe.side == "upstream" and probe.line
    )
    return tuple(dict.fromkeys(lines))


async def follow(
    side: Side,
    source: Source,
    errors: ErrorLog,
    *,
    now: dt.datetime,
    as_of: dt.datetime | None = None,
    lines: Sequence[str] = (),
    leads: bool = False,
    recorded: Callable[[Head], Sequence[RefMoment]] = _nothing_recorded,
) -> Followed:
    """Find the ref to follow: the first that exists and contains the newest stable tag of `lines`.

    With `leads`, the work must go on at it: a quiet branch that others moved on from is doubted. `recorded` gives what
    earlier refreshes saw a ref at. Raises `SourceError` where none exists, or its head cannot be had.
    """
    missing: list[MissingRef] = []
    rejected: list[tuple[Head, str]] = []
    refs = side.refs_on(now.date())
    for ref in refs:
        found = await _head(source, side.repo, ref, as_of, recorded)
        if isinstance(found, MissingRef):
            missing.append(found)
            continue
        lack = await _lack(source, errors, found, lines, as_of)
        if not lack:
            others = [one for one in refs if one != ref]
            doubt = _outdated(source.origin(side.repo), as_of or now, exact=as_of is not None)
            if leads and not doubt:
                doubt = await _quiet_doubt(source, found, others, now, as_of, tags=not lines)
            return Followed(
                head=found,
                missing=tuple(missing),
                passed_over=tuple(reason for _, reason in rejected),
                doubt=doubt,
            )
        rejected.append((found, lack))
    if not rejected:
        names = ", ".join(one.name for one in missing) or "(no refs given)"
        then = f" with a commit before {as_of:%Y-%m-%d %H:%M} UTC" if as_of else ""
        raise NotFound(f"None of the refs {names} exists in {side.repo}{then}. Check `refs` in the tracker.")
    head, lack = rejected[0]
    return Followed(head=head, missing=tuple(missing), doubt=lack)


def _outdated(origin: Origin, moment: dt.datetime, *, exact: bool) -> str:
    """Why a clone does not tell where a ref stood at that moment; empty where it does, or nearly does."""
    known = origin.known_until
    if known is None or known >= moment - (dt.timedelta() if exact else _OLD_CLONE):
        return ""
    return f"the clone was last fetched into on {known:%Y-%m-%d %H:%M} UTC, so what came after it is not known"


async def _head(
    source: Source,
    repo: str,
    ref: str,
    as_of: dt.datetime | None,
    recorded: Callable[[Head], Sequence[RefMoment]] = _nothing_recorded,
) -> Head | MissingRef:
    """Where a ref stands, or stood `as_of`."""
    found = await source.ref_head(repo, ref)
    if as_of is None or isinstance(found, MissingRef):
        return found
    try:
        point = await source.branch_point(found, as_of, recorded(found), thorough=True)
    except BeginsLater:
        return MissingRef(name=ref)
    commit = await source.commit(found.repo, point.sha)
    return msgspec.structs.replace(found, sha=commit.sha, committed_at=commit.at, subject=commit.subject)


async def newest_stable(
    source: Source, repo: str, lines: Iterable[str], as_of: dt.datetime | None = None
) -> Tag | None:
    """The stable tag with the highest version of these lines; at a past moment of those made by then."""
    found = [pair for line in lines for pair in stable_tags(line, await source.tags(repo, prefix_of(line)))]
    for _, tag in sorted(found, key=lambda pair: pair[0], reverse=True):
        if as_of is None or (await source.dated_tag(repo, tag)).at <= as_of:
            return tag
    return None


async def _lack(source: Source, errors: ErrorLog, head: Head, lines: Sequence[str], as_of: dt.datetime | None) -> str:
    """Why this head is not the one that releases are made from; empty where it is."""
    if not lines:
        return ""
    try:
        tag = await newest_stable(source, head.asked, lines, as_of)
        if tag is None:
            return ""
        sha = (await source.dated_tag(head.repo, tag)).sha if tag.annotated else tag.sha
        between = await source.compare(head.repo, sha, head.sha, files=False)
    except NotFound:
        # No common ancestor, or the tag was taken away meanwhile.
        return f"{head.ref} does not contain the newest release"
    except SourceError as error:
        errors.add(error)
        return f"whether {head.ref} contains the newest release could not be checked"
    return f"{head.ref} does not contain {tag.name}" if between.behind > _RELEASE_COMMITS else ""


async def _quiet_doubt(
    source: Source, head: Head, others: Sequence[str], now: dt.datetime, as_of: dt.datetime | None, *, tags: bool
) -> str:
    """Why a branch without commits may be one left behind: another candidate moved on. Empty where none did.

    With `tags`, the repository's newest stable tag is a candidate too (a line's tags have been checked already).
    """
    days = (now - head.committed_at).days
    if days < QUIET_DAYS:
        return ""
    quiet = f"{head.ref} has had no commit for {days} days"
    if is_out_of_range(head.committed_at):
        quiet = f"the newest commit of {head.ref} has no usable date"
    for ref in others:
        try:
            other = await _head(source, head.repo, ref, as_of)
        except SourceError:
            continue
        if isinstance(other, Head) and (other.committed_at - head.committed_at).days >= _MOVED_ON_DAYS:
            return f"{quiet}, while {other.ref} moved on"
    later = await _later_tag(source, head, as_of) if tags else ""
    return f"{quiet}, while {later} came out" if later else ""


async def _later_tag(source: Source, head: Head, as_of: dt.datetime | None) -> str:
    """A stable tag that was made long after the branch's last commit and is not in it; empty where there is none."""
    try:
        tag = await newest_stable(source, head.repo, ["*"], as_of)
        if tag is None:
            return ""
        made = await source.dated_tag(head.repo, tag)
        if (made.at - head.committed_at).days < _MOVED_ON_DAYS:
            return ""
        between = await source.compare(head.repo, made.sha, head.sha, files=False)
    except SourceError:
        return ""
    return tag.name if between.behind > _RELEASE_COMMITS else ""
