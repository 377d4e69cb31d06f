"""The commits on the surfaces of a tracker, and the commits that their lists lack."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

import msgspec

from pawtui.probes.repo_reader import RepoReader, linked_part
from pawtui.probes.unmeasurable import PathMissing, Unmeasurable
from pawtui.sources import globs
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Commit, Commits

_MAX_LISTED = 8  # limit of paths of a surface whose commits are listed, one request each


class SurfaceCommits(msgspec.Struct, frozen=True, kw_only=True):
    """The commits on a surface, in a window and before it.

    Args:
        roots: the paths of the tracker (`src` for `src/**`).
        paths: the same paths, with the matching files instead of each glob.
        commits: the commits in the window, newest first, each once.
        listed: the commits in the window and those listed before it, newest first, each once.
        cut: the paths whose list is cut inside the window, so that counts are minimums.
        cut_earlier: the paths whose list is cut before the window.
        missing: the paths that do not exist at the head. Their earlier commits are counted.
        first_day: the day of the first commit of any path, if the lists go back that far. With wildcards it is not
            known, because other files may have matched before.
        incomplete: the reasons why the number of commits may be too low, as sentences.
        incomplete_globs: the paths with wildcards for which only the commits to existing files are listed.
        lists: the list of each path.
    """

    name: str
    roots: tuple[str, ...]
    paths: tuple[str, ...]
    commits: tuple[Commit, ...]
    listed: tuple[Commit, ...]
    cut: tuple[str, ...] = ()
    cut_earlier: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    first_day: dt.date | None = None
    incomplete: tuple[str, ...] = ()
    incomplete_globs: tuple[str, ...] = ()
    lists: tuple[Commits, ...] = ()

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
    roots = tuple(map(globs.without_double_star, paths))
    expanded = await _expand_globs(reader, name, roots)
    tree, lists = await asyncio.gather(
        reader.tree(), asyncio.gather(*(reader.commits(path, since) for path in expanded))
    )
    start = day_start(since)
    oldest_listed = min((listing.items[-1].at for listing in lists if listing.items), default=None)
    has_globs = any(map(globs.is_glob, roots))
    if oldest_listed is not None and oldest_listed >= start and not has_globs:
        # The surface may have begun in the window: this must be certain.
        lists = await asyncio.gather(*(reader.commits(path, since, need_first=True) for path in expanded))
    glob_lists = await _read_glob_lists(reader, roots, since)
    listed = newest_first(commit for listing in (*lists, *glob_lists.values()) for commit in listing.items)
    surface = SurfaceCommits(
        name=name,
        roots=roots,
        paths=expanded,
        commits=tuple(commit for commit in listed if commit.at >= start),
        listed=listed,
        cut=tuple(listing.path for listing in lists if not listing.reaches(since)),
        cut_earlier=tuple(listing.path for listing in lists if listing.reaches(since) and not listing.complete),
        missing=() if tree.truncated else tuple(path for path in expanded if path not in tree.entries),
        incomplete_globs=tuple(path for path in roots if globs.is_glob(path) and path not in glob_lists),
        lists=(*lists, *glob_lists.values()),
        first_day=None if has_globs else _first_day(lists),
    )
    return msgspec.structs.replace(
        surface, incomplete=tuple([reason async for reason in _incomplete_reasons(reader, surface)])
    )


async def _incomplete_reasons(reader: RepoReader, surface: SurfaceCommits) -> AsyncIterator[str]:
    """Yield why commits may be missing: submodules, links, a missing surface, copies, and cut lists."""
    tree = await reader.tree()
    for root in surface.roots:
        if linked := linked_part(tree, root):
            yield f"{linked} at {reader.where}: the commits to the files inside are not counted"
    if surface.is_missing:
        missing = f"path missing: surface {surface.name} has none of its paths at {reader.where}"
        similar = await reader.similar_path(surface.missing)
        yield f"{missing}. Similar path: {similar}" if similar else missing
    else:
        for path, last in _gone_without_successor(surface):
            moved = f"{path} is gone since {last.at.date()}, and may have moved out of surface {surface.name}"
            yield f"{moved}: write its new path in `surfaces`, or remove it"
    for root in surface.roots:
        if copy := await reader.find_copy(root, surface.roots):
            yield f"{copy} is a copy of {root}, and its commits are not counted: add it to `surfaces`"
    for path in surface.cut:
        yield f"{path}: not all of its commits were listed, so the counts are minimums"


def _gone_without_successor(surface: SurfaceCommits) -> Iterator[tuple[str, Commit]]:
    """Yield each missing path with its last commit, if that changed no other path: its files may be elsewhere now.

    A commit that moves files inside of the surface changes both paths.
    """
    for gone in surface.lists:
        if gone.path in surface.missing and gone.items:
            others = (listing for listing in surface.lists if listing.path != gone.path)
            if not any(commit.sha == gone.items[0].sha for listing in others for commit in listing.items):
                yield gone.path, gone.items[0]


def _first_day(lists: Sequence[Commits]) -> dt.date | None:
    """Return the day of the first commit on any of these paths; None if a list does not go back to its first commit."""
    if not all(listing.has_first for listing in lists):
        return None
    return min((listing.items[-1].at.date() for listing in lists if listing.items), default=None)


async def _read_glob_lists(reader: RepoReader, paths: Iterable[str], since: dt.date) -> dict[str, Commits]:
    """Return the complete list of each glob, with the commits to files that are gone, if the source has it."""
    wild = [path for path in paths if globs.is_glob(path)]
    lists = await asyncio.gather(*(reader.glob_commits(glob, since) for glob in wild))
    return {glob: listing for glob, listing in zip(wild, lists, strict=True) if listing is not None}


async def _expand_globs(reader: RepoReader, name: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the paths of a surface, each once, with the matching files for each glob."""
    expanded: list[str] = []
    for path in paths:
        matched = [file for file, _ in await reader.entries(path)] if globs.is_glob(path) else [path]
        if not matched:
            raise PathMissing(f"path missing: nothing matches {path} of surface {name} at {reader.where}")
        expanded += matched
    if len(expanded) > max(_MAX_LISTED, len(paths)):
        raise Unmeasurable(
            f"surface {name} matches {len(expanded)} files, and the commits of at most {_MAX_LISTED} are listed: "
            "name their folder instead"
        )
    return tuple(dict.fromkeys(expanded))


async def commits_back_to(reader: RepoReader, surface: SurfaceCommits, path: str, since: dt.date) -> tuple[Commit, ...]:
    """Return the commits on a path of the surface's `lists` since an earlier day.

    Raises `Unmeasurable` if the list is cut before it.
    """
    if path in surface.paths:
        listing = await reader.commits(path, since)
    else:
        listing = (await _read_glob_lists(reader, (path,), since))[path]
    if not listing.reaches(since):
        raise Unmeasurable(f"{path}: not all of its commits since {since} were listed")
    return listing.items


async def has_unlisted_commits(reader: RepoReader, surface: SurfaceCommits, glob: str, since: dt.date) -> bool:
    """Return whether the folder of a glob has commits since that day that no list of its surface has.

    Raises `Unmeasurable` if the list of the folder is cut.
    """
    listed = {commit.sha for commit in surface.commits}
    folder = globs.fixed_folder(glob)
    found = await reader.commits(folder, since)
    if not found.reaches(since):
        raise Unmeasurable(f"{folder or 'the root'}: not all of its commits were listed")
    return any(commit.at >= day_start(since) and commit.sha not in listed for commit in found.items)
