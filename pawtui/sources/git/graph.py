"""The commits of one repository and their parents, in memory.

A commit is an index into the lists of `Graph`; parents come before their children.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

NO_COMMIT = -1


class Graph:
    """Commits with their parents and dates (the committer's, in seconds).

    `merged_branches` has the branch that is the second parent of a merge, by the SHA of the merge; empty if unknown.
    """

    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        self.shas: list[str] = []
        self.parents: list[tuple[int, ...]] = []
        self.dates: list[int] = []
        # The newest date of a commit and its ancestors.
        self.newest: list[int] = []
        self.merged_branches: dict[str, str] = {}

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

    def heads_of(self, branch: str, start: int) -> Iterator[int]:
        """Yield a commit of a branch, then its first parent, or the second one of a merge of the branch, and so on."""
        commit = start
        while commit != NO_COMMIT:
            yield commit
            parents = self.parents[commit]
            is_merged = len(parents) > 1 and self.merged_branches.get(self.shas[commit]) == branch
            commit = parents[1 if is_merged else 0] if parents else NO_COMMIT

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


class RangeToRead(NamedTuple):
    """The commits to read, so that the history since a time is complete.

    `reached` are the commits whose ancestors have not all been read, `unread` those whose own changes are not read yet.
    """

    reached: set[int]
    unread: list[int]
    since: int


class PathChanges:
    """The paths that each commit changes against each of its parents, for the commits read so far.

    `git log -- PATH` follows only the first parent that has the same object at the path (git-log(1), "History
    Simplification"). `find_touching` does the same for any path, head and date, from one pass over all paths.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        # Commits that have been read, with the time since which all their ancestors have been read.
        self._read: dict[int, int] = {}
        # By commit, for each parent: every file that differs, and every folder above it (`src/`). For a commit without
        # parents: every file that it contains, and every folder.
        self._paths: dict[int, list[frozenset[str]]] = {}
        # The results of `_next_relevant`.
        self._next: dict[int, int] = {}

    def are_complete(self, head: int, since: int) -> bool:
        """Return whether `find_touching` is complete for a head since a time."""
        return self._read.get(head, since + 1) <= since

    def range_to_read(self, heads: Iterable[int], since: int) -> RangeToRead:
        """Return the commits to read before `find_touching` is complete for these heads since a time.

        They are the heads and their ancestors that are newer than that time, or that have a newer ancestor.
        """
        reached: set[int] = set()
        unvisited = list(heads)
        while unvisited:
            commit = unvisited.pop()
            if commit in reached or self._graph.newest[commit] < since or self.are_complete(commit, since):
                continue
            reached.add(commit)
            unvisited += self._graph.parents[commit]
        # Newest first: git stores a tree as its difference from a newer tree, so that it finds the newer tree cached.
        unread = sorted((commit for commit in reached if commit not in self._read), reverse=True)
        return RangeToRead(reached, unread, since)

    def add(self, range_to_read: RangeToRead, paths: Mapping[tuple[int, int], frozenset[str]]) -> None:
        """Add the changes that were read for a range, by commit and number of the parent."""
        for (commit, number), changed in paths.items():
            count = max(len(self._graph.parents[commit]), 1)
            self._paths.setdefault(commit, [frozenset()] * count)[number] = changed
        self._read |= dict.fromkeys(range_to_read.reached, range_to_read.since)
        if range_to_read.unread:
            # A cached result may be a commit that was unread until now.
            self._next.clear()

    def find_touching(self, touches: Callable[[frozenset[str]], bool], head: int) -> tuple[list[int], list[int]]:
        """Return the commits that touched a path, newest first, and the unread commits at which the search stopped.

        `touches` returns whether changed paths contain the path.
        """
        graph = self._graph
        found: list[int] = []
        ends: list[int] = []
        queue: list[tuple[int, int, int]] = []
        seen: set[int] = set()

        def add(commit: int) -> None:
            commit = self._next_relevant(commit)
            if commit != NO_COMMIT and commit not in seen:
                seen.add(commit)
                heapq.heappush(queue, (-graph.dates[commit], len(seen), commit))

        add(head)
        while queue:
            commit = heapq.heappop(queue)[2]
            if commit not in self._read:
                ends.append(commit)
                continue
            parents, changed = graph.parents[commit], self._paths[commit]
            unchanged = next((number for number in range(len(parents)) if not touches(changed[number])), None)
            if unchanged is not None:
                add(parents[unchanged])
                continue
            if parents or touches(changed[0]):
                found.append(commit)
            for parent in parents:
                add(parent)
        return found, ends

    def _next_relevant(self, commit: int) -> int:
        """Return the commit, or its nearest first-parent ancestor that changes a path or is unread."""
        passed = []
        while commit != NO_COMMIT:
            known = self._next.get(commit)
            if known is not None:
                commit = known
                break
            if commit not in self._read or (commit in self._paths and self._paths[commit][0]):
                break
            passed.append(commit)
            parents = self._graph.parents[commit]
            commit = parents[0] if parents else NO_COMMIT
        self._next |= dict.fromkeys(passed, commit)
        return commit
