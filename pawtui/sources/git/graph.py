"""The commits of one repository and their parents, in memory: grown by new commits only, asked for any head and date.

A commit is its place in the lists here; parents come before their children.
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
        # The newest date among a commit and all before it: nothing behind it is newer.
        self.newest: list[int] = []

    def add(self, lines: Iterable[str]) -> None:
        """Add commits as `git rev-list --timestamp --parents --reverse --topo-order` lists them.

        A parent that is not known raises `KeyError`.
        """
        place, newest = self.place, self.newest
        for line in lines:
            date, sha, *before = line.split(" ")
            if sha in place:
                continue
            seconds = int(date)
            if len(before) == 1:
                # Most have one parent, and a history has many.
                parent = place[before[0]]
                parents: tuple[int, ...] = (parent,)
                latest = newest[parent]
            else:
                parents = tuple([place[one] for one in before])
                latest = max([newest[one] for one in parents], default=seconds)
            self.shas.append(sha)
            self.parents.append(parents)
            self.dates.append(seconds)
            newest.append(latest if latest > seconds else seconds)
            # Last: another thread may read a commit as soon as it is here.
            place[sha] = len(newest) - 1

    def first_parents(self, start: int) -> Iterator[int]:
        """Give a commit, its first parent, and so on."""
        at = start
        while at != NONE:
            yield at
            before = self.parents[at]
            at = before[0] if before else NONE

    def since(self, head: int, since: int) -> list[int]:
        """Return the commits of a head from a moment on, newest first."""
        found = [at for at in self.behind(head, since, {}) if self.dates[at] >= since]
        return sorted(found, key=lambda at: -self.dates[at])

    def behind(self, head: int, since: int, read: Mapping[int, int]) -> list[int]:
        """Return the commits of a head that are from `since` on, or have such a commit behind them.

        Left out is what stands below a commit that `read` maps to an earlier moment, or the same.
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
    """Commits whose changes are to be read, so that the history from `since` on can be told."""

    reached: list[int]
    unread: list[int]
    since: int


class Changes:
    """Which paths each commit changes against each of its parents, as far as that has been read.

    `git log -- PATH` follows only the first parent that has the same object at the path (git-log(1), "History
    Simplification"). `listed` does so for any path, head and date, by what one pass over all paths found.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        # Commits that have been read, with the earliest moment that all behind them has been read from.
        self._read: dict[int, int] = {}
        # By commit and place of the parent: every path that differs, and every folder above it. Of a commit without
        # parents, every path that it holds.
        self._paths: dict[int, list[frozenset[str]]] = {}
        # The next commit back along first parents that changes anything, or that has not been read.
        self._next: dict[int, int] = {}

    @property
    def size(self) -> int:
        """Return how many commits change anything, among those that have been read."""
        return len(self._paths)

    def knows(self, head: int, since: int) -> bool:
        """Return whether `listed` can answer for a head from a moment on."""
        return self._read.get(head, since + 1) <= since

    def plan(self, head: int, since: int) -> Plan:
        """Return what must be read before `listed` can answer for a head from a moment on."""
        reached = self._graph.behind(head, since, self._read)
        # Newest first: git stores a tree as its difference from a newer tree, so that it finds the newer tree cached.
        return Plan(reached, sorted((at for at in reached if at not in self._read), reverse=True), since)

    def add(self, plan: Plan, paths: Mapping[tuple[int, int], frozenset[str]]) -> None:
        """Add what was read for a plan: the paths by commit and place of the parent."""
        for (at, number), found in paths.items():
            count = max(len(self._graph.parents[at]), 1)
            self._paths.setdefault(at, [frozenset()] * count)[number] = found
        self._read |= dict.fromkeys(plan.reached, plan.since)
        if plan.unread:
            # What ended at a commit that had not been read goes on now.
            self._next.clear()

    def listed(self, path: str, head: int) -> tuple[list[int], list[int]]:
        """Return the commits that touched a path, newest first, and the commits at which what has been read ends."""
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
        """Return this commit or the next one back that changes anything against its first parent, or is unread."""
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
