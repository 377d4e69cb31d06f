"""The commits of one repository and their parents, in memory. Only new commits are added.

A commit is an index into the lists of `Graph`; parents come before their children.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

NONE = -1  # no commit


class Graph:
    """Commits with their parents and dates (the committer's, in seconds)."""

    def __init__(self) -> None:
        self.place: dict[str, int] = {}
        self.shas: list[str] = []
        self.parents: list[tuple[int, ...]] = []
        self.dates: list[int] = []
        # The newest date of a commit and its ancestors.
        self.newest: list[int] = []

    def add(self, lines: Iterable[str]) -> None:
        """Add commits in the format of `git rev-list --timestamp --parents --reverse --topo-order`.

        Raises `KeyError` if a parent is not known.
        """
        place, newest = self.place, self.newest
        for line in lines:
            date, sha, *before = line.split(" ")
            if sha in place:
                continue
            seconds = int(date)
            if len(before) == 1:
                # The usual case, made fast.
                parent = place[before[0]]
                parents: tuple[int, ...] = (parent,)
                latest = newest[parent]
            else:
                parents = tuple([place[parent_sha] for parent_sha in before])
                latest = max([newest[parent] for parent in parents], default=seconds)
            self.shas.append(sha)
            self.parents.append(parents)
            self.dates.append(seconds)
            newest.append(latest if latest > seconds else seconds)
            # Last: another thread may read a commit as soon as it is here.
            place[sha] = len(newest) - 1

    def first_parents(self, start: int) -> Iterator[int]:
        """Yield a commit, its first parent, and so on."""
        at = start
        while at != NONE:
            yield at
            before = self.parents[at]
            at = before[0] if before else NONE

    def since(self, head: int, since: int) -> list[int]:
        """Return the ancestors of a head since a time, newest first."""
        found = [at for at in self.behind(head, since, {}) if self.dates[at] >= since]
        return sorted(found, key=lambda at: -self.dates[at])

    def behind(self, head: int, since: int, read: Mapping[int, int]) -> list[int]:
        """Return the ancestors of a head that are newer than `since`, or that have a newer ancestor.

        A commit that `read` maps to `since` or an earlier time is left out, with its ancestors.
        """
        seen: set[int] = set()
        waiting = [head]
        while waiting:
            at = waiting.pop()
            if at in seen or self.newest[at] < since or read.get(at, since + 1) <= since:
                continue
            seen.add(at)
            waiting += self.parents[at]
        return list(seen)


class Plan(NamedTuple):
    """Commits whose changes must be read for the history since a time: `reached` are all, `unread` the missing ones."""

    reached: list[int]
    unread: list[int]
    since: int


class Changes:
    """The paths that each commit changes against each of its parents, for the commits read so far.

    `git log -- PATH` follows only the first parent that has the same object at the path (git-log(1), "History
    Simplification"). `listed` does the same for any path, head and date, from one pass over all paths.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        # Commits that have been read, with the time since which all their ancestors have been read.
        self._read: dict[int, int] = {}
        # By commit, for each parent: every path that differs, and every folder above it. For a commit without parents:
        # every path that it contains.
        self._paths: dict[int, list[frozenset[str]]] = {}
        # By commit: its nearest first-parent ancestor that changes a path or is unread.
        self._next: dict[int, int] = {}

    @property
    def size(self) -> int:
        """Number of read commits that change a path."""
        return len(self._paths)

    def knows(self, head: int, since: int) -> bool:
        """Return whether `listed` is complete for a head since a time."""
        return self._read.get(head, since + 1) <= since

    def plan(self, head: int, since: int) -> Plan:
        """Return the commits to read before `listed` is complete for a head since a time."""
        reached = self._graph.behind(head, since, self._read)
        # Newest first: git stores a tree as its difference from a newer tree, so that it finds the newer tree cached.
        return Plan(reached, sorted((at for at in reached if at not in self._read), reverse=True), since)

    def add(self, plan: Plan, paths: Mapping[tuple[int, int], frozenset[str]]) -> None:
        """Add the changes that were read for a plan, by commit and number of the parent."""
        for (at, number), found in paths.items():
            count = max(len(self._graph.parents[at]), 1)
            self._paths.setdefault(at, [frozenset()] * count)[number] = found
        self._read |= dict.fromkeys(plan.reached, plan.since)
        if plan.unread:
            # Entries may end at a commit that was unread until now.
            self._next.clear()

    def listed(self, path: str, head: int) -> tuple[list[int], list[int]]:
        """Return the commits that touched a path, newest first, and the first unread commits."""
        graph = self._graph
        found: list[int] = []
        ends: list[int] = []
        waiting: list[tuple[int, int, int]] = []
        seen: set[int] = set()

        def wait(at: int) -> None:
            at = self._skip(at)
            if at != NONE and at not in seen:
                seen.add(at)
                heapq.heappush(waiting, (-graph.dates[at], len(seen), at))

        wait(head)
        while waiting:
            at = heapq.heappop(waiting)[2]
            if at not in self._read:
                ends.append(at)
                continue
            parents, changed = graph.parents[at], self._paths[at]
            same = next((number for number in range(len(parents)) if path not in changed[number]), None)
            if same is not None:
                wait(parents[same])
                continue
            if parents or path in changed[0]:
                found.append(at)
            for parent in parents:
                wait(parent)
        return found, ends

    def _skip(self, at: int) -> int:
        """Return the commit or its nearest first-parent ancestor that changes a path or is unread."""
        passed = []
        while at != NONE:
            known = self._next.get(at)
            if known is not None:
                at = known
                break
            if at not in self._read or (at in self._paths and self._paths[at][0]):
                break
            passed.append(at)
            before = self._graph.parents[at]
            at = before[0] if before else NONE
        self._next |= dict.fromkeys(passed, at)
        return at
