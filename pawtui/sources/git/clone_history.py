"""A clone's history: `git rev-list` lists the commits and the merges, `git diff-tree` the changes on paths.

Each reads only new commits. Changes are read back to the first day of a list. If the caller needs the first commit of a
path, they may be read back to the repository's first commit. Renames are not followed, as in `git log -- PATH`.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from pawtui.phrases import short_sha
from pawtui.sources import globs
from pawtui.sources.dates import day_start, epoch_to_date
from pawtui.sources.facts import Commit, Commits, safe_commit
from pawtui.sources.git.graph import Graph, PathChanges, RangeToRead
from pawtui.sources.git.objects import MAX_DATE_DIGITS
from pawtui.sources.git.process import Git
from pawtui.sources.past_head_search import merged_branch
from pawtui.sources.sanitize import safe_path
from pawtui.sources.source_errors import CloneUnusable

_T = TypeVar("_T")

_EVERYTHING = "."  # the root folder, as a path of `git diff-tree`
_DIFF_TREE = (
    *("diff-tree", "--stdin", "-r", "--root", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv"),
    *("--ignore-submodules=none", "-z", "--encoding=UTF-8", "--format=%x00%H %P%x00%ct%x00%an%x00%B%x00"),
)


class _PathGroup(NamedTuple):
    """Paths whose changes are read together, and the changes read so far."""

    roots: tuple[str, ...]
    changes: PathChanges

    def covers(self, path: str) -> bool:
        return _EVERYTHING in self.roots or any(path == root or path.startswith(f"{root}/") for root in self.roots)


class CloneHistory:
    """The history of one repository. `listed_paths` are those whose commits will be listed."""

    def __init__(self, git: Git, repo: str, listed_paths: Sequence[str]) -> None:
        self.graph = Graph()
        self._git = git
        self._repo = repo
        # The heads whose ancestors are in the graph, and those whose commits were listed.
        self._heads: list[str] = []
        self._listed: set[int] = set()
        # Two locks: loading commits does not wait for reading changes, which takes longer.
        self._loading = asyncio.Lock()
        self._reading = asyncio.Lock()
        paths = sorted({path.rstrip("/") for path in listed_paths} - {""})
        # Without the paths inside another path.
        roots = tuple(path for path in paths if not any(path.startswith(f"{other}/") for other in paths))
        self._groups = [_PathGroup(roots, PathChanges(self.graph))]
        self._commits: dict[str, Commit] = {}

    async def load(self, head: str) -> int:
        """Return a commit's number in the graph, after its ancestors were added to the graph."""
        async with self._loading:
            if head in self.graph.index:
                return self.graph.index[head]
            what = f"the history of {self._repo} at {short_sha(head)}"
            commits = [head, *(f"^{known}" for known in self._heads), "--"]
            graph = ["rev-list", "--timestamp", "--parents", "--topo-order", "--reverse"]
            merges = ["rev-list", "--merges", "--fixed-strings", "--grep=branch '", "--format=%s", "--encoding=UTF-8"]
            out, merges_out = await asyncio.gather(
                *(self._git.read(*command, *commits, what=what) for command in (graph, merges))
            )
            # Two lines for each merge: `commit SHA` and its subject.
            lines = merges_out.decode("utf-8", "replace").split("\n")
            for line, subject in zip(lines[::2], lines[1::2], strict=False):
                self.graph.merged_branches[line.removeprefix("commit ")] = merged_branch(subject, self._repo)
            try:
                await _in_thread(lambda: self.graph.add(out.decode("ascii").splitlines()))
                commit = self.graph.index[head]
            except (KeyError, ValueError):
                raise CloneUnusable(
                    f"git listed {what} without all parents. Run `git fsck` in {self._git.name}."
                ) from None
            self._heads.append(head)
            return commit

    async def between(self, base: str, head: str) -> list[int]:
        """Return the commits of `base..head` by their number in the graph."""
        return self.graph.between(await self.load(base), await self.load(head))

    async def commits(self, head: str, path: str, since: dt.date) -> Commits:
        """Return the commits that touched a path; see `Source.commits`."""
        root = safe_path(path).rstrip("/")
        touched = {root, f"{root}/"}
        return await self._find_touching(head, path, since, root, lambda changed: not touched.isdisjoint(changed))

    async def glob_commits(self, head: str, glob: str, since: dt.date) -> Commits:
        """Return the commits that touched a file that matches a glob, as `git log -- ':(glob)GLOB'` does."""

        def touches(changed: frozenset[str]) -> bool:
            # A folder, which ends in a slash, does not match.
            return any(globs.matches(glob, path) for path in changed if not path.endswith("/"))

        return await self._find_touching(head, glob, since, globs.fixed_folder(glob) or _EVERYTHING, touches)

    async def _find_touching(
        self, head: str, path: str, since: dt.date, root: str, touches: Callable[[frozenset[str]], bool]
    ) -> Commits:
        """Return the commits of `path`: those with changed paths that `touches` accepts, all of them inside `root`."""
        commit, start = await self.load(head), int(day_start(since).timestamp())
        async with self._reading:
            group = next((group for group in self._groups if group.covers(root)), None)
            if group is None:
                group = _PathGroup((root,), PathChanges(self.graph))
                self._groups.append(group)
            await self._read(group, commit, start)
            found, ends = group.changes.find_touching(touches, commit)
            if ends:
                # Lists of other heads have read some of the older commits, but not those of every branch.
                found = [number for number in found if self.graph.dates[number] >= start]
            items = tuple([self._commits[self.graph.shas[number]] for number in found])
        return Commits(path=path, since=since, items=items, has_first=not ends)

    async def _read(self, group: _PathGroup, head: int, since: int) -> None:
        """Read the changes on a group's paths back to the time `since`, except those that were read before."""
        if group.changes.are_complete(head, since):
            return
        self._listed.add(head)
        heads = [head]
        if len(self._listed) > 1:
            # The head of another past day, of which a backfill has many: read the commits of all days at once.
            heads += [self.graph.index[sha] for sha in self._heads]
        range_to_read = await _in_thread(partial(group.changes.range_to_read, heads, since))
        if not range_to_read.unread:
            group.changes.add(range_to_read, {})
            return
        shas, parents = self.graph.shas, self.graph.parents
        lines: list[str] = []
        for commit in range_to_read.unread:
            lines += [f"{shas[commit]} {shas[parent]}" for parent in parents[commit]] or [shas[commit]]
        stdin = "\n".join([*lines, ""]).encode()
        what = f"the list of changed files of {self._repo}"
        out = await self._git.read(*_DIFF_TREE, "--", *group.roots, what=what, stdin=stdin)
        await _in_thread(partial(self._add, group, range_to_read, out))

    def _add(self, group: _PathGroup, range_to_read: RangeToRead, out: bytes) -> None:
        """Add the changes in the output of `git diff-tree`."""
        index, parents = self.graph.index, self.graph.parents
        paths: dict[tuple[int, int], frozenset[str]] = {}
        for (shas, seconds, author, message), names in _parse_diff_tree(out):
            # A commit without parents is compared with nothing.
            sha, _, parent_sha = shas.partition(" ")
            if sha not in self._commits:
                # The date is empty if it is not valid.
                at = epoch_to_date(int(seconds[:MAX_DATE_DIGITS] or 0))
                self._commits[sha] = safe_commit(sha, at, author, message)
            commit, changed = index[sha], _with_folders(names)
            if not parent_sha:
                paths[commit, 0] = changed
                continue
            for number, parent in enumerate(parents[commit]):
                # A merge may name one parent twice.
                if parent == index.get(parent_sha):
                    paths[commit, number] = changed
        group.changes.add(range_to_read, paths)


def _parse_diff_tree(out: bytes) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the header and the changed files of each commit and parent in the output of `_DIFF_TREE`.

    Each has an empty field, the four fields of the header, an empty field, and the paths. No path is empty, so the next
    empty field begins the next header.
    """
    fields = out.decode("utf-8", "replace").split("\0")
    start, end = 0, len(fields) - 1
    while start < end:
        first = last = start + 6
        while last < end and fields[last]:
            last += 1
        names = fields[first:last]
        if names:
            # git ends the header with a line break.
            names[0] = names[0].removeprefix("\n")
        yield fields[start + 1 : start + 5], names
        start = last


async def _in_thread(work: Callable[[], _T]) -> _T:
    """Run `work` in a thread to its end, even if the caller is cancelled: the data that it changes stays consistent."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


def _with_folders(names: Sequence[str]) -> frozenset[str]:
    """Return changed files and the folders above them, which end in a slash."""
    paths: set[str] = set()
    for path in map(safe_path, names):
        paths.add(path)
        folder, slash, _ = path.rpartition("/")
        while slash and f"{folder}/" not in paths:
            paths.add(f"{folder}/")
            folder, slash, _ = folder.rpartition("/")
    return frozenset(paths)
