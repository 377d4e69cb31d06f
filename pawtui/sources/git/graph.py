"""The commits of one repository and their parents, in memory.

A commit is an index into the lists of `Graph`; parents come before their children.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from pawtui.sources.facts import Commit

NO_COMMIT = -1
ROOT = "."  # the root folder, as a path of `git diff-tree`
_NO_PATHS: frozenset[str] = frozenset()


class Graph:
    """Commits with their parents and dates (the committer's, in seconds)."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        self.shas: list[str] = []
        self.parents: list[tuple[int, ...]] = []
        self.dates: list[int] = []
        # The newest date of a commit and its ancestors.
        self.newest: list[int] = []

    def add(self, lines: Iterable[str]) -> None:
        """Add commits in the format of `git rev-list --timestamp --parents --reverse --topo-order`.

        Raises `KeyError` if a parent is not known.
        """
        index, newest = self.index, self.newest
        for line in lines:
            date, sha, *parent_shas = line.split(" ")
            if sha in index:
                continue
            seconds = newest_date = int(date)
            parents = tuple([index[parent_sha] for parent_sha in parent_shas])
            for parent in parents:
                newest_date = max(newest_date, newest[parent])
            self.shas.append(sha)
            self.parents.append(parents)
            self.dates.append(seconds)
            newest.append(newest_date)
            # Last: another thread may read a commit as soon as it is here.
            index[sha] = len(newest) - 1

    def first_parents(self, start: int) -> Iterator[int]:
        """Yield a commit, its first parent, and so on."""
        commit = start
        while commit != NO_COMMIT:
            yield commit
            parents = self.parents[commit]
            commit = parents[0] if parents else NO_COMMIT

    def between(self, base: int, head: int) -> list[int]:
        """Return the commits of `base..head`: a head and its ancestors that are not `base` or its ancestors."""
        old, new = {base}, {head} - {base}
        found: list[int] = []
        # Children before their parents.
        for commit in range(max(base, head), -1, -1):
            if not new:
                break
            if commit in old:
                old.update(self.parents[commit])
                new.difference_update(self.parents[commit])
            elif commit in new:
                new.remove(commit)
                new.update(parent for parent in self.parents[commit] if parent not in old)
                found.append(commit)
        return found

    def ancestors(self, head: int, since: int) -> set[int]:
        """Return a head's ancestors (and itself) that are newer than `since`, or that have a newer ancestor."""
        seen: set[int] = set()
        unvisited = [head]
        while unvisited:
            commit = unvisited.pop()
            if commit not in seen and self.newest[commit] >= since:
                seen.add(commit)
                unvisited += self.parents[commit]
        return seen


class CommitDiff(NamedTuple):
    """A commit, one parent (empty for a commit without parents), and the paths that it changes against that parent."""

    commit: Commit
    parent: str
    paths: frozenset[str]


class PathChanges:
    """What each commit changes against each of its parents, for the commits read so far, on the paths `roots`.

    `git log -- PATH` follows only the first parent that has the same object at the path (git-log(1), "History
    Simplification"). `touching` does the same for any path, head and date, from one pass over all paths.
    """

    def __init__(self, graph: Graph, roots: tuple[str, ...]) -> None:
        self._graph = graph
        self.roots = roots
        # By commit that was read, for each parent: every file that differs, and every folder above it (`src/`). For a
        # commit without parents: every file that it contains, and every folder.
        self._changed: dict[int, list[frozenset[str]]] = {}

    def include(self, path: str) -> bool:
        """Return whether the changes on a path are among these."""
        return ROOT in self.roots or any(path == root or path.startswith(f"{root}/") for root in self.roots)

    def unread(self, head: int, since: int) -> list[int]:
        """Return the commits to read before `touching` is complete for a head since a time."""
        # Newest first: git stores a tree as its difference from a newer tree, so that it finds the newer tree cached.
        return sorted(self._graph.ancestors(head, since) - self._changed.keys(), reverse=True)

    def add(self, commits: Iterable[int], diffs: Iterable[CommitDiff]) -> None:
        """Add unread commits with their changes. A commit without a change against a parent has no diff for it."""
        index, parents = self._graph.index, self._graph.parents
        for commit in commits:
            self._changed[commit] = [_NO_PATHS] * max(len(parents[commit]), 1)
        for diff in diffs:
            commit, parent = index[diff.commit.sha], index.get(diff.parent, NO_COMMIT)
            # A merge may name one parent twice.
            for position, known in enumerate(parents[commit] or (NO_COMMIT,)):
                if known == parent:
                    self._changed[commit][position] = diff.paths

    def touching(self, touches: Callable[[frozenset[str]], bool], head: int) -> tuple[list[int], list[int]]:
        """Return the commits that touched a path, newest first, and the unread commits at which the search stopped.

        `touches` returns whether changed paths contain the path.
        """
        graph = self._graph
        touching: list[int] = []
        ends: list[int] = []
        queue: list[tuple[int, int, int]] = []
        seen: set[int] = set()

        def add(commit: int) -> None:
            if commit not in seen:
                seen.add(commit)
                heapq.heappush(queue, (-graph.dates[commit], len(seen), commit))

        add(head)
        while queue:
            commit = heapq.heappop(queue)[2]
            if commit not in self._changed:
                ends.append(commit)
                continue
            parents, changed = graph.parents[commit], self._changed[commit]
            unchanged = next((number for number in range(len(parents)) if not touches(changed[number])), None)
            if unchanged is not None:
                add(parents[unchanged])
                continue
            if parents or touches(changed[0]):
                touching.append(commit)
            for parent in parents:
                add(parent)
        return touching, ends
