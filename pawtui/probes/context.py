"""What probes see: one upstream at one commit on one day, through a source, with every fact asked for once.

Windows begin at the start of a UTC day: `git log --since=DAYT00:00:00Z SHA -- PATH` gives the same commits.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from pawtui.sources import links
from pawtui.sources.facts import Commit, Commits, Entry, Found, Head, Issue, Tag, Tree
from pawtui.sources.protocol import NOT_KNOWN, Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.model import IssuesProbe, Tracker

_T = TypeVar("_T")

SHORT = 10
MOST_TEXT = 1_000_000  # bytes of a file that are read, as the source allows


class Unmeasurable(Exception):
    """What is there cannot be measured this way: a finding, no failure, for asking again would find the same.

    `str()` is the cause, for `unknown: ...`.
    """


class PathGone(Unmeasurable):
    """A path the probe is about does not exist (any more) at the head: that is never `met`."""


class Surface(msgspec.Struct, frozen=True, kw_only=True):
    """The commits of a surface in a window, newest first, each once.

    `cut` names the paths whose list ended inside the window, so that counts are at least these; `gone` those that do
    not exist at the head, of which only what touched them before is counted. `vanished`: none of its paths exists.
    """

    name: str
    commits: tuple[Commit, ...]
    cut: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    vanished: bool = False


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """Some paths as they stood at the start of a day: `tree` is right for those, at `commit`."""

    day: dt.date
    commit: Commit
    tree: Tree


def day_start(day: dt.date) -> dt.datetime:
    """Midnight UTC at the start of that day."""
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def alternatives(path: str) -> tuple[str, ...]:
    """The alternatives of an `a | b` path."""
    return tuple(home.strip() for home in path.split("|"))


def watched_issues(tracker: Tracker, names: Iterable[str]) -> tuple[int, ...]:
    """The upstream issues that any probe or related link is about; `names` are those the upstream goes by."""
    probes = (probe for signal in tracker.signals for probe in signal.probes)
    watched = {number for probe in probes if isinstance(probe, IssuesProbe) for number in probe.watch}
    known = {name.lower() for name in names}
    refs = (one.ref.rpartition("#") for one in tracker.related)
    return tuple(sorted(watched | {int(number) for repo, _, number in refs if repo.lower() in known}))


def newest_first(commits: Iterable[Commit]) -> tuple[Commit, ...]:
    """Commits by date, the newest first; those of one second by SHA, so that the order is always the same."""
    return tuple(sorted(commits, key=lambda commit: (commit.at, commit.sha), reverse=True))


def _reaches(found: Commits, start: dt.datetime) -> bool:
    """Whether a list that was cut off still goes back beyond that moment."""
    return any(commit.at < start for commit in found.items)


class ProbeContext:
    """One look at the upstream. Facts are fetched when first asked for and shared by all probes.

    `base` resolves to a commit known to be an ancestor of the head (the last refresh's), or None. `as_of` is set for a
    look at a past moment: tags and issues are then those of that moment, as far as today's answers tell.
    """

    def __init__(
        self,
        *,
        tracker: Tracker,
        source: Source,
        head: Head,
        today: dt.date,
        web: str,
        base: Callable[[], Awaitable[str | None]] | None = None,
        as_of: dt.datetime | None = None,
    ) -> None:
        self.tracker = tracker
        self.head = head
        self.today = today
        self.web = web
        self.as_of = as_of
        # Facts that could not be had, noted by probes that gave a reading all the same.
        self.missed: list[SourceError] = []
        self._source = source
        self._base = base
        self._asked: dict[object, asyncio.Task[Any]] = {}

    async def _once(self, key: object, ask: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(ask())
        # One probe that is cancelled must not take the fact from the others that wait for it.
        found: _T = await asyncio.shield(task)
        return found

    async def aclose(self) -> None:
        """Cancel whatever is still being asked."""
        for task in self._asked.values():
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)

    @property
    def where(self) -> str:
        """The head as people write it: `v2 @ 041885d838`."""
        return f"{self.head.ref} @ {self.head.sha[:SHORT]}"

    @property
    def history_start(self) -> dt.date:
        """The first day commits are listed from: `history_weeks` back, or the longest window of any probe."""
        weeks = self.tracker.policy.history_weeks
        windows = (getattr(probe, "days", 0) for signal in self.tracker.signals for probe in signal.probes)
        return self.today - dt.timedelta(days=max(weeks * 7, *windows, 1))

    async def tree(self) -> Tree:
        """Every path at the head."""
        return await self._once("tree", lambda: self._source.tree(self.head.repo, self.head.sha))

    async def entry(self, path: str) -> Entry | None:
        """The object at a path, None where there is none; `Unmeasurable` where a cut list of paths leaves it open."""
        tree = await self.tree()
        found = tree.entries.get(path)
        if found is None and tree.truncated:
            raise Unmeasurable(f"the list of paths at {self.where} was cut short: {path} may or may not be there")
        return found

    async def home(self, alternatives: Iterable[str]) -> tuple[str, Entry]:
        """The first alternative that exists at the head, and its object; `PathGone` where none does."""
        alternatives = tuple(alternatives)
        for path in alternatives:
            if found := await self.entry(path):
                return path, found
        raise PathGone(f"path gone: {' or '.join(alternatives)} is not there at {self.where}")

    async def commits(self, path: str) -> Commits:
        """The commits on a path since `history_start`."""

        async def ask() -> Commits:
            base = await self._base() if self._base else None
            entry: str | None = NOT_KNOWN
            if base is not None:
                # What stands at the path tells whether the list that is known at the base is still right.
                found = (await self.tree()).entries.get(path)
                entry = found.sha if found else None
            return await self._source.commits(
                self.head.repo, self.head.sha, path, self.history_start, entry=entry, base=base
            )

        return await self._once(("commits", path), ask)

    async def tree_and_commits(self, paths: Iterable[str]) -> tuple[Tree, list[Commits]]:
        """Both at once: listing commits need not wait for the tree."""
        return await asyncio.gather(self.tree(), asyncio.gather(*(self.commits(path) for path in paths)))

    async def surface(self, name: str, since: dt.date) -> Surface:
        """The commits on all paths of a surface since the start of a day."""
        paths = self.tracker.surfaces[name]
        tree, lists = await self.tree_and_commits(paths)
        gone = tuple(path for path in paths if path not in tree.entries)
        start = day_start(since)
        merged = {commit.sha: commit for found in lists for commit in found.items if commit.at >= start}
        return Surface(
            name=name,
            commits=newest_first(merged.values()),
            cut=tuple(found.path for found in lists if not found.complete and not _reaches(found, start)),
            gone=() if tree.truncated else gone,
            vanished=len(gone) == len(paths),
        )

    async def blob_text(self, path: str, found: Entry, at: str = "") -> str:
        """A file's text; `Unmeasurable` where it is a folder, binary or over 1 MB. `at` names another commit."""
        where = at or self.where
        if found.type != "blob":
            raise Unmeasurable(
                f"{path} is a {'folder' if found.type == 'tree' else 'submodule'} at {where}, not a file"
            )
        if found.size > MOST_TEXT:
            raise Unmeasurable(f"{path} is {found.size / 1e6:.1f} MB at {where}; files over 1 MB are not read")
        body = await self._once(("blob", found.sha), lambda: self._source.blob(self.head.repo, found.sha))
        if b"\0" in body:
            raise Unmeasurable(f"{path} is a binary file at {where}, in which no text can be looked for")
        return body.decode("utf-8", "replace")

    async def past(self, day: dt.date, paths: Iterable[str]) -> Past:
        """These paths as they stood at the start of a day; `Unmeasurable` where the history had not begun.

        The newest listed commit on them before that day holds their state then, and stays the same from day to day, so
        that its tree is fetched once; only where none is listed is the commit of that day asked for.
        """
        start = day_start(day)
        lists = await asyncio.gather(*(self.commits(path) for path in paths))
        older = [commit for found in lists for commit in found.items if commit.at < start]
        newest = max(older, key=lambda commit: commit.at, default=None)

        async def ask() -> Past:
            commit = newest or await self._source.commit_before(self.head.repo, self.head.sha, start)
            if commit is None:
                raise Unmeasurable(f"the history of {self.where} begins after {day}, where the window opens")
            return Past(day=day, commit=commit, tree=await self._source.tree(self.head.repo, commit.sha))

        return await self._once(("past", newest.sha if newest else day), ask)

    async def tags(self, prefix: str) -> tuple[Tag, ...]:
        """Every tag that starts so."""
        return await self._once(("tags", prefix), lambda: self._source.tags(self.tracker.upstream.repo, prefix))

    async def tag_commit(self, tag: Tag) -> Commit:
        """The commit of a tag."""
        return await self._once(("tag", tag.sha), lambda: self._source.tag_commit(self.head.repo, tag))

    async def commit(self, sha: str) -> Commit:
        """One commit."""
        return await self._once(("commit", sha), lambda: self._source.commit(self.head.repo, sha))

    async def issues(self, numbers: Iterable[int]) -> Mapping[int, Issue | SourceError]:
        """Upstream issues by number. All that the tracker watches are asked for together: that keeps it cheap."""
        every = await self._once("issues", lambda: self._all_issues())
        return {number: every[number] for number in numbers}

    async def _all_issues(self) -> Mapping[int, Issue | SourceError]:
        # By the name it was asked by, as may have been done already; the source knows its present one.
        repo = self.tracker.upstream.repo
        return await self._source.issues(repo, watched_issues(self.tracker, (repo, self.head.repo)))

    async def search(self, query: str) -> Found:
        """Upstream issues that match a search; `Unmeasurable` at a past moment, which no search can tell."""
        if self.as_of is not None:
            raise Unmeasurable(f"a search finds today's issues, not those of {self.today}")
        return await self._once(("search", query), lambda: self._source.search(self.tracker.upstream.repo, query))

    def commit_url(self, sha: str) -> str:
        """A commit's page."""
        return links.commit_url(self.web, self.head.repo, sha)

    def file_url(self, path: str, line: int | None = None) -> str:
        """A file's page at the head."""
        return links.blob_url(self.web, self.head.repo, self.head.sha, path, line)

    def folder_url(self, path: str) -> str:
        """A folder's page at the head."""
        return links.tree_url(self.web, self.head.repo, self.head.sha, path)

    def pin(self, path: str, line: int | None = None) -> str:
        """A pin to a file at the head."""
        return f"{self.head.repo}@{self.head.sha}:{path}" + (f"#L{line}" if line else "")

    def commit_pin(self, sha: str) -> str:
        """A pin to a commit."""
        return f"{self.head.repo}@{sha}"
