"""Check a window with few commits: its surfaces existed when it opened, and no merge hides a change.

A late commit is dated before the window and was merged in it, so that it is not counted by its date.
"""

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence

import msgspec

from pawtui.phrases import counted
from pawtui.probes.added_files import files_under, has_files
from pawtui.probes.context import ProbeContext
from pawtui.probes.repo_reader import RESERVED_REQUESTS, PastBranch, RepoReader
from pawtui.probes.state import State
from pawtui.probes.surface import SurfaceCommits, commits_back_to, newest_first, unlisted_commits
from pawtui.probes.unmeasurable import TooYoung, Unmeasurable
from pawtui.sources import globs
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Commit, Tree, TreeEntry
from pawtui.sources.source_errors import SourceError

# A surface is rewritten in few commits if so many of its files, at least half of them, and more than so many files for
# each commit changed. Then a commit may be a squash of many.
_REWRITTEN_FILES, _REWRITTEN_BY_COMMIT = 10, 3
_MAX_DETAILS = 8  # commits whose files are read, one request each
# Returns the state of surfaces with late commits, whose SHAs are the second argument.
Judge = Callable[[Sequence[SurfaceCommits], Collection[str]], Awaitable[State]]


class WindowCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The reasons why few commits do not mean few changes.

    `young` has a clause for each surface, or for the history, that did not exist when the window opened. `causes` are
    other reasons why the count may be too low. `new_paths` has a sentence for each path that is younger than the
    window, if its surface is not.
    """

    young: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    new_paths: tuple[str, ...] = ()


async def check_window(
    context: ProbeContext,
    reader: RepoReader,
    surfaces: Sequence[SurfaceCommits],
    since: dt.date,
    state: State,
    judge: Judge,
) -> WindowCheck:
    """Return the check of the window.

    `state` is the state by the count alone: if it is unmet or unknown, nothing is requested. Otherwise the branch's
    commit and tree at the start of the window are compared. If they cannot be read, that is a cause. `judge` returns
    the state of other surfaces: late commits, which were merged in the window, count if they would change the state.
    """
    young = tuple(_young_surfaces(surfaces, since, None, reader.today))
    if young or state in ("unmet", "unknown"):
        return WindowCheck(young=young)
    try:
        past = await reader.past(since)
        late = await reader.late_commits(past)
        late_by_path = await _late_by_path(reader, surfaces, late)
        head = await reader.tree()
        reader.refuse_cut(head, "nothing can be compared with it")
        now = head.entries
        gone = [sentence async for sentence in _gone_files(reader, surfaces, past, now)]
    except TooYoung:
        return WindowCheck(young=(f"the history begins after {since}",))
    except (SourceError, Unmeasurable) as error:
        context.error_log.add(error)
        return WindowCheck(causes=(str(error),))
    changed = [*_changed_without_commits(surfaces, past, now)]
    if late_by_path:
        state_with_late = await judge([_with_late(surface, late_by_path) for surface in surfaces], late)
        if state_with_late != state:
            changed.extend(late_by_path)
    merged = [
        f"{path} changed since {since} by a merge of older commits, which are not counted"
        for path in dict.fromkeys(changed)
    ]
    new_paths = [
        f"{path} was not in the branch on {since}: the window has only its commits since then"
        for surface in surfaces
        for path in _new_paths(surface, past, now)
    ]
    return WindowCheck(
        young=tuple(_young_surfaces(surfaces, since, past, reader.today)),
        causes=(*merged, *gone, *_rewritten(surfaces, past, head)),
        new_paths=tuple(new_paths),
    )


def _new_paths(surface: SurfaceCommits, past: PastBranch, now: Mapping[str, TreeEntry]) -> list[str]:
    """Return the tracker's paths of a surface that are new in the window; none if one is gone: then it was moved."""
    existed = [path for path in surface.paths if path in past.tree.entries]
    if not existed or any(path not in now for path in existed):
        return []
    return [path for path in surface.roots if path in now and path not in past.tree.entries]


def _young_surfaces(
    surfaces: Sequence[SurfaceCommits], since: dt.date, past: PastBranch | None, today: dt.date
) -> Iterator[str]:
    """Yield a clause for each surface that did not exist when the window opened: its few commits prove nothing.

    This uses the first commit of each list and, if known, the branch's tree at that time (`past`): commits of a side
    branch may be older than their merge, and other files may have matched the wildcards.
    """
    for surface in surfaces:
        if surface.is_missing:
            continue
        if surface.first is not None and surface.first >= since:
            age, window = (counted((today - day).days, "day") for day in (surface.first, since))
            yield f"surface {surface.name} is {age} old and began in the window of {window}"
        elif past is not None and not has_files(past.tree, surface.roots):
            yield f"surface {surface.name} was not in the branch on {since}"


def _changed_without_commits(
    surfaces: Sequence[SurfaceCommits], past: PastBranch, now: Mapping[str, TreeEntry]
) -> Iterator[str]:
    """Yield the paths that changed, but have no commit in the window. `now` is the tree at the head."""
    start = day_start(past.day)
    for surface in surfaces:
        for listing in surface.lists:
            then, latest = past.tree.entries.get(listing.path), now.get(listing.path)
            has_commit = any(commit.at >= start for commit in listing.items)
            if not has_commit and (then and then.sha) != (latest and latest.sha):
                yield listing.path


def _rewritten(surfaces: Sequence[SurfaceCommits], past: PastBranch, head: Tree) -> Iterator[str]:
    """Yield a sentence for each surface of which most files changed in few commits. A moved file did not change."""
    start = day_start(past.day)
    for surface in surfaces:
        then, now = files_under(past.tree, surface.roots), files_under(head, surface.roots)
        kept = Counter(entry.sha for entry in then.values()) & Counter(entry.sha for entry in now.values())
        total = max(len(then), len(now))
        changed = total - kept.total()
        commits = sum(commit.at >= start for commit in surface.commits)
        if changed >= max(_REWRITTEN_FILES, total / 2) and changed > _REWRITTEN_BY_COMMIT * commits:
            files = f"{changed} of {total} files of {surface.name} changed since {past.day}"
            yield f"{files} in {counted(commits, 'commit')}: a commit may be a squash of many"


async def _late_by_path(
    reader: RepoReader, surfaces: Sequence[SurfaceCommits], late: Mapping[str, dt.datetime]
) -> dict[str, tuple[Commit, ...]]:
    """Return the late commits on each path that has any. `late` has the dates of all late commits by SHA.

    A list that does not reach back to the oldest of them is read again.
    """
    by_path: dict[str, tuple[Commit, ...]] = {}
    if not late:
        return by_path
    oldest = min(late.values())
    for surface in surfaces:
        for listing in surface.lists:
            reaches_back = listing.has_first or (listing.items and listing.items[-1].at <= oldest)
            items = (
                listing.items if reaches_back else await commits_back_to(reader, surface, listing.path, oldest.date())
            )
            if commits := tuple(commit for commit in items if commit.sha in late):
                by_path[listing.path] = commits
    return by_path


def _with_late(surface: SurfaceCommits, late_by_path: Mapping[str, tuple[Commit, ...]]) -> SurfaceCommits:
    """Return a surface whose commits include the late commits."""
    more = [commit for listing in surface.lists for commit in late_by_path.get(listing.path, ())]
    return msgspec.structs.replace(surface, commits=newest_first((*surface.commits, *more)))


async def _gone_files(
    reader: RepoReader, surfaces: Sequence[SurfaceCommits], past: PastBranch, now: Mapping[str, TreeEntry]
) -> AsyncIterator[str]:
    """Yield a sentence for each glob that may have lost files: the commits to them are not counted."""
    for surface, glob in [(owner, glob) for owner in surfaces for glob in owner.incomplete_globs]:
        gone = [path for path in past.tree.entries if path not in now and globs.matches(glob, path)]
        if gone:
            yield f"{gone[0]} is gone since {past.day}: the commits to it are not counted"
            continue
        # A file may have come and gone in the window.
        unlisted = await unlisted_commits(reader, surface, glob, past.day)
        if not unlisted:
            continue
        can_read = len(unlisted) <= min(_MAX_DETAILS, reader.requests_left() - RESERVED_REQUESTS)
        if not can_read or any([await reader.touches_gone_file(commit, glob) for commit in unlisted]):
            yield f"files that matched {glob} may be gone since {past.day}: the commits to them are not counted"
