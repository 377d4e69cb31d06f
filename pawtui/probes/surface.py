"""The commits on the surfaces of a tracker, why their lists may lack some, and a search of their subjects."""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import PurePosixPath

import msgspec

from pawtui.probes.added_files import files_under
from pawtui.probes.pattern import match_each
from pawtui.probes.probe_facts import CommitFacts
from pawtui.probes.repo_reader import RepoReader, entries_at, linked_part
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources import globs
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Commit, Commits
from pawtui.sources.source_errors import SourceError

# A path that is gone for longer is only reported as a gap: a search of the whole history would take long.
_GONE_SINCE = dt.timedelta(weeks=52)


class SurfaceCommits(msgspec.Struct, frozen=True, kw_only=True):
    """The commits on a surface, newest first and each once: `commits` in the window, `listed` also before it.

    `paths` are those of the tracker (`src` for `src/**`), and `listings` has the list of each. `cut` are the paths with
    a list that is cut inside the window, so that counts are minimums. `missing` are the paths that do not exist at the
    head: their earlier commits are counted. `incomplete` has the reasons why the number of commits may be too low.
    """

    name: str
    paths: tuple[str, ...]
    commits: tuple[Commit, ...]
    listed: tuple[Commit, ...]
    cut: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    listings: tuple[Commits, ...] = ()

    @property
    def is_missing(self) -> bool:
        """Whether none of the paths exists at the head."""
        return bool(self.paths) and len(self.missing) == len(self.paths)


def newest_first(commits: Iterable[Commit]) -> tuple[Commit, ...]:
    """Return each commit once, the newest first; commits of the same second are ordered by SHA."""
    by_sha = {commit.sha: commit for commit in commits}
    return tuple(sorted(by_sha.values(), key=lambda commit: (commit.at, commit.sha), reverse=True))


async def read_surface(reader: RepoReader, name: str, paths: Sequence[str], since: dt.date) -> SurfaceCommits:
    """Return the commits on all paths of a surface; its window opens at the start of the day `since`."""
    paths = tuple(dict.fromkeys(map(globs.without_double_star, paths)))
    tree, listings = await asyncio.gather(
        reader.tree(), asyncio.gather(*(reader.commits(path, since) for path in paths))
    )
    start = day_start(since)
    listed = newest_first(commit for listing in listings for commit in listing.items)
    surface = SurfaceCommits(
        name=name,
        paths=paths,
        commits=tuple(commit for commit in listed if commit.at >= start),
        listed=listed,
        cut=tuple(listing.path for listing in listings if not listing.reaches(since)),
        missing=() if tree.truncated else tuple(path for path in paths if not entries_at(tree, path)),
        listings=tuple(listings),
    )
    return msgspec.structs.replace(
        surface, incomplete=tuple([reason async for reason in _incomplete_reasons(reader, surface)])
    )


async def _incomplete_reasons(reader: RepoReader, surface: SurfaceCommits) -> AsyncIterator[str]:
    """Yield why commits may be missing: submodules, links, a missing surface, copies, and cut lists."""
    tree = await reader.tree()
    for path in surface.paths:
        if linked := linked_part(tree, path):
            yield f"{linked} at {reader.where}: the commits to the files inside are not counted"
    if surface.is_missing:
        yield str(await reader.path_missing_error(surface.missing))
    else:
        try:
            async for path, last in _find_moved_out(reader, surface):
                moved = f"{path} is gone since {last.at.date()}, and may have moved out of surface {surface.name}"
                yield f"{moved}: write its new path in `surfaces`, or remove it"
        except (SourceError, Unmeasurable) as error:
            yield str(error)
    for path in surface.paths:
        if copy := await reader.find_copy(path, surface.paths):
            yield f"{copy} is a copy of {path}, and its commits are not counted: add it to `surfaces`"
    for path in surface.cut:
        yield f"{path}: not all of its commits were listed, so the counts are minimums"


async def _find_moved_out(reader: RepoReader, surface: SurfaceCommits) -> AsyncIterator[tuple[str, Commit]]:
    """Yield each missing path with its last commit, if that may have moved its files out of the surface.

    It did not if as many paths of the surface begin with it, or if it changed another one and moved no files elsewhere:
    the code was moved inside of the surface, or deleted. A path that is gone since the same commit is no such path. The
    commits also count if a later commit moved the files into the surface.
    """
    since = reader.today - _GONE_SINCE
    listings = surface.listings
    if any(each.path in surface.missing and not each.items and not each.has_first for each in listings):
        # The path may be gone for longer than a clone lists commits. GitHub's lists go back to the first commit.
        listings = tuple(await asyncio.gather(*(reader.commits(path, since) for path in surface.paths)))
    removed = [each for each in listings if each.path in surface.missing and each.items]
    gone = {each.path: each for each in removed if each.items[0].at >= day_start(since)}
    last_commits = {path: listing.items[0] for path, listing in gone.items()}
    for path, last in last_commits.items():
        others = [
            each
            for each in listings
            if last_commits.get(each.path) != last and any(commit.sha == last.sha for commit in each.items)
        ]
        begun = sum(each.has_first and each.items[-1].sha == last.sha for each in others)
        if begun >= sum(each == last for each in last_commits.values()):
            # Each has its new path. This is usual, and saves the requests for the trees.
            continue
        moved_out = not others or await _moved_elsewhere(reader, surface, path, last)
        if moved_out and not await _moved_back(reader, surface, gone[path]):
            yield path, last


async def _moved_elsewhere(reader: RepoReader, surface: SurfaceCommits, path: str, last: Commit) -> bool:
    """Return whether new files with the names of at least half of the removed ones are only outside of the surface."""
    before = (await reader.past(last.at.date())).tree
    after = await reader.source.tree(reader.head.repo, last.sha)
    inside = files_under(after, surface.paths)
    names_inside: set[str] = set()
    names_outside: set[str] = set()
    for new in after.entries.keys() - before.entries.keys():
        (names_inside if new in inside else names_outside).add(PurePosixPath(new).name)
    removed = [PurePosixPath(file).name for file in files_under(before, [path])]
    moved = sum(name in names_outside and name not in names_inside for name in removed)
    return moved * 2 >= len(removed) > 0


async def _moved_back(reader: RepoReader, surface: SurfaceCommits, gone: Commits) -> bool:
    """Return whether later commits moved the files of a gone path into the surface: it has half of their names now.

    The files are those after the last commit but one on the path. It is false if they cannot be read.
    """
    last, *earlier = gone.items
    try:
        if earlier:
            before = await reader.source.tree(reader.head.repo, earlier[0].sha, optional=True)
        else:
            before = (await reader.past(last.at.date(), optional=True)).tree
    except (SourceError, Unmeasurable):
        return False
    inside = files_under(await reader.tree(), surface.paths).keys() - before.entries.keys()
    removed = Counter(PurePosixPath(file).name for file in files_under(before, [gone.path]))
    found = removed & Counter(PurePosixPath(file).name for file in inside)
    return found.total() * 2 >= removed.total() > 0


async def commits_back_to(reader: RepoReader, path: str, since: dt.date) -> tuple[Commit, ...]:
    """Return the commits on a path of a surface since an earlier day. Raises `Unmeasurable` if the list is cut."""
    listing = await reader.commits(path, since)
    if not listing.reaches(since):
        raise Unmeasurable(f"{path}: not all of its commits since {since} were listed")
    return listing.items


async def matching_commits(pattern: str, commits: Sequence[Commit]) -> list[Commit]:
    """Return the commits whose subject matches."""
    matches = await match_each(pattern, [commit.full_subject for commit in commits])
    return [commit for commit, is_match in zip(commits, matches, strict=True) if is_match]


async def breaking_commits(pattern: str, commits: Sequence[Commit]) -> list[Commit]:
    """Return the commits whose subject matches, or whose message has the footer `BREAKING CHANGE`."""
    matching = {commit.sha for commit in await matching_commits(pattern, commits)}
    return [commit for commit in commits if commit.breaking or commit.sha in matching]


def commit_facts(commit: Commit) -> CommitFacts:
    """Return a commit as the facts contain it."""
    return CommitFacts(sha=commit.sha, subject=commit.subject, at=commit.at)
