"""A clone's history: one `git rev-list` for the commits, one `git diff-tree` for their changes on paths.

Both read only new commits. Changes are read back to the first day of a list. If the caller needs the first commit of a
path, they may be read back to the repository's first commit. Renames are not followed, as in `git log -- PATH`.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from pawtui.phrases import short_sha
from pawtui.sources import globs
from pawtui.sources.dates import day_start, epoch_to_date
from pawtui.sources.facts import Commit, Commits, safe_commit
from pawtui.sources.git.graph import ROOT, CommitDiff, Graph, PathChanges
from pawtui.sources.git.objects import MAX_DATE_DIGITS
from pawtui.sources.git.process import Git
from pawtui.sources.sanitize import safe_line, safe_path
from pawtui.sources.source_errors import CloneUnusable

_T = TypeVar("_T")

_ALL_TIME = -(1 << 62)  # a time before every commit
_DIFF_TREE = (
    *("diff-tree", "--stdin", "-r", "--root", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv"),
    *("--ignore-submodules=none", "-z", "--encoding=UTF-8", "--format=%x00%H %P%x00%ct%x00%an%x00%B%x00"),
)


class CloneHistory:
    """The history of one repository. `listed_paths` are those whose commits will be listed."""

    def __init__(self, git: Git, repo: str, listed_paths: Sequence[str]) -> None:
        self.graph = Graph()
        self._git = git
        self._repo = repo
        self._heads: list[str] = []
        # Two locks: loading commits does not wait for reading changes, which takes longer.
        self._load_lock = asyncio.Lock()
        self._read_lock = asyncio.Lock()
        self._lists_paths = bool(listed_paths)
        self._all_changes = [PathChanges(self.graph, _roots(listed_paths))]
        self._commits: dict[str, Commit] = {}

    async def load(self, head: str) -> int:
        """Return a commit's number in the graph, after its ancestors were added to the graph."""
        async with self._load_lock:
            if head not in self.graph.index:
                await self._load(head)
        return self.graph.index[head]

    async def between(self, base: str, head: str) -> list[int]:
        """Return the commits of `base..head` by their number in the graph."""
        commits = await self.load(base), await self.load(head)
        return await asyncio.to_thread(self.graph.between, *commits)

    async def divergence(self, base: str, head: str) -> tuple[int, int]:
        """Return how many commits only `base` has, and how many only `head` has.

        The history is not loaded for it if no commits on paths will be listed.
        """
        if self._lists_paths or (base in self.graph.index and head in self.graph.index):
            return len(await self.between(head, base)), len(await self.between(base, head))
        what = f"the comparison of {safe_line(short_sha(base))} with {safe_line(short_sha(head))} of {self._repo}"
        counts = await self._git.read("rev-list", "--left-right", "--count", f"{base}...{head}", "--", what=what)
        behind, ahead = map(int, counts.split())
        return behind, ahead

    async def commits(self, head: str, path: str, since: dt.date, *, need_first: bool = False) -> Commits:
        """Return the commits that touched a path; see `Source.commits`."""
        name = safe_path(path).rstrip("/")
        names = frozenset({name, f"{name}/"})

        def touches(changed: frozenset[str]) -> bool:
            # Every commit belongs to the root, also one that changes no file.
            return not names.isdisjoint(changed) if name else True

        return await self._list_commits(head, path, since, name or ROOT, touches, need_first=need_first)

    async def glob_commits(self, head: str, glob: str, since: dt.date) -> Commits:
        """Return the commits that touched a file that matches a glob, as `git log -- ':(glob)GLOB'` does."""
        folder = globs.fixed_folder(glob) or ROOT
        return await self._list_commits(head, glob, since, folder, partial(_has_match, glob), need_first=False)

    async def _list_commits(
        self,
        head: str,
        path: str,
        since: dt.date,
        root: str,
        touches: Callable[[frozenset[str]], bool],
        *,
        need_first: bool,
    ) -> Commits:
        """Return the commits of `path`: those with changed paths that `touches` accepts, all of them inside `root`."""
        commit, start = await self.load(head), _seconds(since)
        async with self._read_lock:
            changes = self._changes_on(root)
            await self._read(changes, commit, start)
            found, ends = await _in_thread(partial(changes.touching, touches, commit))
            if need_first and ends and not await self._existed(root, ends):
                await self._read(changes, commit, _ALL_TIME)
                found, ends = await _in_thread(partial(changes.touching, touches, commit))
            if ends:
                # Lists of other heads have read some of the older commits, but not those of every branch.
                found = [number for number in found if self.graph.dates[number] >= start]
            items = tuple([self._commits[self.graph.shas[number]] for number in found])
        return Commits(path=path, since=since, items=items, has_first=not ends)

    async def _load(self, head: str) -> None:
        what = f"the history of {self._repo} at {short_sha(head)}"
        args = ["rev-list", "--timestamp", "--parents", "--topo-order", "--reverse", head]
        out = await self._git.read(*args, *(f"^{known}" for known in self._heads), "--", what=what)
        incomplete = f"git listed {what} without all parents. Run `git fsck` in {self._git.name}."
        try:
            await _in_thread(lambda: self.graph.add(out.decode("ascii").splitlines()))
        except (KeyError, ValueError):
            raise CloneUnusable(incomplete) from None
        if head not in self.graph.index:
            raise CloneUnusable(incomplete)
        self._heads.append(head)

    def _changes_on(self, path: str) -> PathChanges:
        """Return the changes that include a path; new ones if it was not listed before."""
        changes = next((changes for changes in self._all_changes if changes.include(path)), None)
        if changes is None:
            changes = PathChanges(self.graph, (path,))
            self._all_changes.append(changes)
        return changes

    async def _read(self, changes: PathChanges, head: int, since: int) -> None:
        """Read changes back to the time `since`, except those that were read before."""
        unread = await _in_thread(partial(changes.unread, head, since))
        if not unread:
            return
        shas, parents = self.graph.shas, self.graph.parents
        lines: list[str] = []
        for commit in unread:
            lines += [f"{shas[commit]} {shas[parent]}" for parent in parents[commit]] or [shas[commit]]
        stdin = "\n".join([*lines, ""]).encode()
        # The list of the root has commits without a change, too.
        args = (*_DIFF_TREE, "--always") if ROOT in changes.roots else _DIFF_TREE
        out = await self._git.read(*args, "--", *changes.roots, what=f"the changes in {self._repo}", stdin=stdin)
        diffs = await _in_thread(lambda: list(_parse_diff_tree(out)))
        self._commits |= {diff.commit.sha: diff.commit for diff in diffs}
        await _in_thread(partial(changes.add, unread, diffs))

    async def _existed(self, path: str, ends: list[int]) -> bool:
        """Return whether a path exists in one of these commits: then one of their ancestors touched it."""
        if not path.isprintable():
            return False
        names = "".join(f"{self.graph.shas[commit]}:{path}\n" for commit in ends)
        what = f"{safe_line(path, 120)} of {self._repo}"
        # An error counts as a missing path: then more commits are read.
        result = await self._git.run(["cat-file", "--batch-check"], what=what, stdin=names.encode())
        return any(not line.endswith(b" missing") for line in result.stdout.splitlines())


def _parse_diff_tree(out: bytes) -> Iterator[CommitDiff]:
    """Yield the changes in the output of `git diff-tree` in the format of `_DIFF_TREE`.

    Each has an empty field, four fields of the header, an empty field, and the paths. No path is empty, so the next
    empty field begins the next header.
    """
    fields = out.decode("utf-8", "replace").split("\0")
    start, end = 0, len(fields) - 1
    while start < end:
        shas, seconds, author, message = fields[start + 1 : start + 5]
        sha, _, parent = shas.partition(" ")
        first = last = start + 6
        while last < end and fields[last]:
            last += 1
        names = fields[first:last]
        if names:
            # git ends the header with a line break.
            names[0] = names[0].removeprefix("\n")
        # The date is empty if it is not valid.
        at = epoch_to_date(int(seconds[:MAX_DATE_DIGITS] or 0))
        yield CommitDiff(safe_commit(sha, at, author, message), parent, _with_folders(names))
        start = last


async def _in_thread(work: Callable[[], _T]) -> _T:
    """Run `work` in a thread to its end, even if the caller is cancelled: the data that it changes stays consistent."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


def _seconds(day: dt.date) -> int:
    """Return the seconds from 1970 to the start of a day."""
    return int(day_start(day).timestamp())


def _roots(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths that are not inside another of the paths."""
    wanted = sorted({path.rstrip("/") for path in paths if path.rstrip("/")})
    return tuple(path for path in wanted if not any(path.startswith(f"{other}/") for other in wanted))


def _has_match(glob: str, changed: frozenset[str]) -> bool:
    """Return whether a file in these changed paths (`_with_folders`) matches a glob. A folder does not."""
    return any(globs.matches(glob, path) for path in changed if not path.endswith("/"))


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
