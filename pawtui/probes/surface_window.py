"""The commits on several surfaces in a window, and a check of a window with few commits.

The check finds out whether the surfaces existed when the window opened, and whether a merge hides a change. A late
commit is dated before the window and was merged in it, so that it is not counted by its date.
"""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import msgspec

from pawtui.phrases import counted, join_names
from pawtui.probes.added_files import files_under
from pawtui.probes.context import ProbeContext
from pawtui.probes.repo_reader import PastBranch, RepoReader, entries_at
from pawtui.probes.state import State
from pawtui.probes.surface import SurfaceCommits, commits_back_to, newest_first, read_surface
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Commit, Tree
from pawtui.sources.source_errors import BeginsLater, SourceError

# Whether the state could be another one with these late commits.
CouldChange: TypeAlias = Callable[[Sequence[Commit]], Awaitable[bool]]

# A surface is rewritten in few commits if at least half of its files changed, and more than this number per commit: a
# commit may be a squash of many.
_REWRITTEN_BY_COMMIT = 3


class WindowCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The reasons why few commits do not mean few changes.

    `young` is that of `ChurnFacts`. `causes` are other reasons why the count may be too low. `path_gaps` has a sentence
    about the paths that did not exist all the time, if their surface did.
    """

    young: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    path_gaps: tuple[str, ...] = ()


async def read_window(
    context: ProbeContext, reader: RepoReader, surfaces: Iterable[str], since: dt.date
) -> "SurfaceWindow":
    """Return the commits on these surfaces of the tracker since the start of the day `since`."""
    paths = context.tracker.surfaces
    found = await asyncio.gather(*(read_surface(reader, name, paths[name], since) for name in surfaces))
    return SurfaceWindow(context, reader, since, found)


@dataclass(frozen=True)
class SurfaceWindow:
    """The commits on several surfaces since the start of the day `since`."""

    context: ProbeContext
    reader: RepoReader
    since: dt.date
    surfaces: Sequence[SurfaceCommits]

    @property
    def commits(self) -> tuple[Commit, ...]:
        """The commits in the window, each once, the newest first."""
        return newest_first(commit for surface in self.surfaces for commit in surface.commits)

    @property
    def listed(self) -> tuple[Commit, ...]:
        """The commits in the window and those before it, each once, the newest first."""
        return newest_first(commit for surface in self.surfaces for commit in surface.listed)

    @property
    def is_cut(self) -> bool:
        """Whether a list is cut inside the window, so that counts are minimums."""
        return any(surface.cut for surface in self.surfaces)

    @property
    def incomplete(self) -> tuple[str, ...]:
        """The reasons why the number of commits may be too low, each once."""
        return tuple(dict.fromkeys(reason for surface in self.surfaces for reason in surface.incomplete))

    async def check(self, state: State, could_change: CouldChange) -> WindowCheck:
        """Return the check of the window.

        The branch at the start of the window is compared with the head. If it cannot be read, that is a cause. `state`
        is the state by the count alone: if it is unmet or unknown, late commits are not read. Otherwise, the paths with
        late commits are causes if the state `could_change` with these.
        """
        is_decided = state in ("unmet", "unknown")
        try:
            past = await self.reader.past(self.since, optional=is_decided)
            young, path_gaps = tuple(self._young_surfaces(past)), self._path_gaps(past)
            if is_decided or young:
                return WindowCheck(young=young, path_gaps=path_gaps)
            late = await self._late_commits(await self.reader.late_commits(past))
            head = await self.reader.tree()
            self.reader.refuse_cut(head, "nothing can be compared with it")
        except BeginsLater:
            return WindowCheck(young=(f"the history begins after {self.since}",))
        except (SourceError, Unmeasurable) as error:
            if not is_decided:
                self.context.error_log.add(error)
            return WindowCheck(causes=(str(error),))
        changed = list(self._changed_without_commits(past, head))
        if late and await could_change(newest_first(chain.from_iterable(late.values()))):
            changed += late
        merged = [
            f"{path} changed since {self.since} by a merge of older commits, which are not counted"
            for path in dict.fromkeys(changed)
        ]
        return WindowCheck(causes=(*merged, *self._rewritten(past, head)), path_gaps=path_gaps)

    def _young_surfaces(self, past: PastBranch) -> Iterator[str]:
        """Yield each surface that did not exist when the window opened, in words: its few commits prove nothing."""
        for surface in self.surfaces:
            if not surface.is_missing and not files_under(past.tree, surface.paths):
                yield f"surface {surface.name} was not in the branch on {self.since}"

    def _path_gaps(self, past: PastBranch) -> tuple[str, ...]:
        """Return a gap about the paths that are missing at the head or in the `past`, if their surface is in both."""
        paths: dict[str, None] = {}
        for surface in self.surfaces:
            added = [path for path in surface.paths if not entries_at(past.tree, path)]
            if not surface.is_missing and len(added) < len(surface.paths):
                paths |= dict.fromkeys([*surface.missing, *added])
        if not paths:
            return ()
        names = join_names(tuple(paths))
        return (f"{names} did not exist all the time from {self.since} to {self.reader.where}: fewer commits count",)

    def _changed_without_commits(self, past: PastBranch, head: Tree) -> Iterator[str]:
        """Yield the paths that changed, but have no commit in the window."""
        start = day_start(self.since)
        for surface in self.surfaces:
            for listing in surface.listings:
                has_commit = any(commit.at >= start for commit in listing.items)
                if not has_commit and entries_at(past.tree, listing.path) != entries_at(head, listing.path):
                    yield listing.path

    def _rewritten(self, past: PastBranch, head: Tree) -> Iterator[str]:
        """Yield a sentence for each surface of which most files changed in few commits. A moved file did not change."""
        start = day_start(self.since)
        for surface in self.surfaces:
            then, now = files_under(past.tree, surface.paths), files_under(head, surface.paths)
            kept = Counter(entry.sha for entry in then.values()) & Counter(entry.sha for entry in now.values())
            total = max(len(then), len(now))
            changed = total - kept.total()
            commits = sum(commit.at >= start for commit in surface.commits)
            if changed >= total / 2 and 0 < _REWRITTEN_BY_COMMIT * commits < changed:
                files = f"{changed} of {total} files of {surface.name} changed since {self.since}"
                yield f"{files} in {counted(commits, 'commit')}: a commit may be a squash of many"

    async def _late_commits(self, dates: Mapping[str, dt.datetime]) -> dict[str, list[Commit]]:
        """Return the late commits by path. `dates` are those of all late commits in the repository, by SHA.

        A list that does not reach back to the oldest of them is read again.
        """
        late: dict[str, list[Commit]] = {}
        oldest = min(dates.values(), default=None)
        for listing in (listing for surface in self.surfaces for listing in surface.listings):
            items = listing.items
            if oldest and not (listing.has_first or (items and items[-1].at <= oldest)):
                items = await commits_back_to(self.reader, listing.path, oldest.date())
            if on_path := [commit for commit in items if commit.sha in dates]:
                late[listing.path] = on_path
        return late
