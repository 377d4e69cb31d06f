"""The data for probes: both repositories on one day, and their tags, issues and documents."""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from pawtui.probes.error_log import ErrorLog
from pawtui.probes.probe_inputs import watched_issues
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.repo_names import branch_name
from pawtui.sources.facts import Issue
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.probe_types import Probe
from pawtui.tracker.tracker_types import Tracker


@dataclass(frozen=True, eq=False)
class ProbeContext:
    """The data of one refresh for its probes. `read_downstream` is called only if a probe reads the downstream.

    `error_log` gets every failed request, also those that a reading can do without.
    """

    tracker: Tracker
    upstream: RepoReader
    read_downstream: Callable[[], Awaitable[RepoReader]]
    error_log: ErrorLog

    @property
    def source(self) -> Source:
        """The source of all facts."""
        return self.upstream.source

    @property
    def as_of(self) -> dt.datetime | None:
        """The past time that is measured, or None. Tags and issues of that time are derived from present data."""
        return self.upstream.as_of

    async def reader_of(self, probe: Probe) -> RepoReader:
        """Return the reader of the repository that a probe reads."""
        return self.upstream if probe.side == "upstream" else await self.read_downstream()

    async def issues(self, reader: RepoReader, numbers: Iterable[int]) -> Mapping[int, Issue | SourceError]:
        """Return, by number, the issue or the error that occurred. All watched upstream issues share one request."""
        repo = reader.head.requested_repo
        wanted = tuple(numbers)
        watched = wanted if reader is not self.upstream else watched_issues(self.tracker, (repo, reader.head.repo))
        issues = await self.source.issues(repo, watched)
        return {number: issues[number] for number in wanted}

    async def merged_elsewhere(self, reader: RepoReader, issue: Issue) -> str:
        """Return the branch that a merged pull request went to; empty if the head contains the merge.

        Raises `Unmeasurable` if the head is in doubt.
        """
        reader.refuse_doubt()
        pull = await self.source.merged_pull(reader.head.repo, issue.number)
        if pull.base == branch_name(reader.head.ref):
            return ""
        between = await self.source.compare(reader.head.repo, pull.sha, reader.head.sha, files=False)
        return pull.base if between.behind else ""

    def refuse_past(self, cause: str) -> None:
        """Raise `Unmeasurable` with this cause if a past time is measured: some facts are known only for today."""
        if self.as_of is not None:
            raise Unmeasurable(cause)
