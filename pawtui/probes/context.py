"""What probes see: both repositories on one day, and what stands beside them: tags, issues, documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Mapping

from pawtui.probes.repo_view import RepoView, Unmeasurable, alternatives
from pawtui.sources import globs
from pawtui.sources.facts import Commit, DatedTag, Document, Found, Issue, Pulls, Tag
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.tracker_types import IssuesProbe, NamesProbe, NewFilesProbe, Probe, Tracker


def watched_issues(tracker: Tracker, names: Iterable[str]) -> tuple[int, ...]:
    """The upstream issues that any probe or related link is about; `names` are those the upstream goes by."""
    probes = (probe for signal in tracker.signals for probe in signal.probes)
    watched = {
        number
        for probe in probes
        if isinstance(probe, IssuesProbe) and probe.side == "upstream"
        for number in probe.watch
    }
    known = {name.lower() for name in names}
    refs = (one.ref.rpartition("#") for one in tracker.related)
    return tuple(sorted(watched | {int(number) for repo, _, number in refs if repo.lower() in known}))


def listed_paths(tracker: Tracker, side: str) -> tuple[str, ...]:
    """The paths of one side whose commits probes list; of a glob, the folders before its first wildcard."""
    found: list[str] = []
    for probe in (probe for signal in tracker.signals for probe in signal.probes if probe.side == side):
        for name in getattr(probe, "surfaces", ()):
            found += tracker.surfaces.get(name, ())
        if isinstance(probe, NamesProbe):
            found += (path for entry in probe.files for path in alternatives(entry))
        if isinstance(probe, NewFilesProbe):
            found += probe.paths
    return tuple(dict.fromkeys(filter(None, map(globs.fixed_folder, found))))


def history_start(tracker: Tracker, today: dt.date) -> dt.date:
    """The first day commits are listed from: `history_weeks` back, or twice the longest window of any probe.

    Twice, because the window before is what the present one is compared with.
    """
    windows = (getattr(probe, "days", 0) for signal in tracker.signals for probe in signal.probes)
    return today - dt.timedelta(days=max(tracker.policy.history_weeks * 7, 2 * max([0, *windows]), 1))


class ProbeContext:
    """One refresh as probes see it. `upstream` is known at once; `downstream` is awaited by those that look there.

    `as_of` is set for a past moment: tags and issues are then those of that moment, as far as today's answers tell.
    """

    def __init__(
        self,
        tracker: Tracker,
        source: Source,
        *,
        upstream: RepoView,
        downstream: Callable[[], Awaitable[RepoView]],
        as_of: dt.datetime | None = None,
    ) -> None:
        self.tracker = tracker
        self.upstream = upstream
        self.as_of = as_of
        # Facts that could not be had, noted by probes that gave a reading all the same.
        self.missed: list[SourceError] = []
        self._source = source
        self._downstream = downstream

    @property
    def today(self) -> dt.date:
        """The (UTC) day that windows end on."""
        return self.upstream.today

    async def repo(self, probe: Probe) -> RepoView:
        """The repository that a probe looks at."""
        return self.upstream if probe.side == "upstream" else await self._downstream()

    async def tags(self, view: RepoView, prefix: str) -> tuple[Tag, ...]:
        """Every tag that starts so."""
        return await self._source.tags(self._asked(view), prefix)

    async def dated_tag(self, view: RepoView, tag: Tag) -> DatedTag:
        """The commit that a tag names, and when it was made."""
        return await self._source.dated_tag(view.head.repo, tag)

    async def commit(self, view: RepoView, sha: str) -> Commit:
        """One commit."""
        return await self._source.commit(view.head.repo, sha)

    async def issues(self, view: RepoView, numbers: Iterable[int]) -> Mapping[int, Issue | SourceError]:
        """Issues by number. All that the tracker watches upstream are asked for together: that keeps it cheap."""
        repo = self._asked(view)
        wanted = tuple(numbers)
        asked = wanted if view is not self.upstream else watched_issues(self.tracker, (repo, view.head.repo))
        every = await self._source.issues(repo, asked)
        return {number: every[number] for number in wanted}

    async def issue(self, repo: str, number: int) -> Issue | SourceError:
        """One issue of any repository."""
        return (await self._source.issues(repo, (number,)))[number]

    async def search(self, view: RepoView, query: str) -> Found:
        """Issues that match a search; `Unmeasurable` at a past moment, which no search can tell."""
        self._refuse_past(f"a search finds today's issues, not those of {self.today}")
        return await self._source.search(self._asked(view), query)

    async def open_pulls(self, view: RepoView) -> Pulls:
        """The open pull requests into the followed branch; `Unmeasurable` at a past moment."""
        self._refuse_past(f"which pull requests were open on {self.today} is not known")
        return await self._source.open_pulls(view.head.repo, view.head.ref)

    async def pull_files(self, view: RepoView, number: int, head: str) -> tuple[str, ...]:
        """The paths that an open pull request changes."""
        return await self._source.pull_files(view.head.repo, number, head)

    async def document(self, url: str) -> Document:
        """A document outside the forge; `Unmeasurable` at a past moment."""
        self._refuse_past(f"a document at an address is today's, not that of {self.today}")
        return await self._source.document(url)

    def _refuse_past(self, why: str) -> None:
        if self.as_of is not None:
            raise Unmeasurable(why)

    def _asked(self, view: RepoView) -> str:
        """The name that a repository was asked for by first: what was asked for by it is not asked for again."""
        return view.head.asked or view.head.repo
