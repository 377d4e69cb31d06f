"""Helpers that measure one probe or a whole tracker in a test."""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
import pytest

from pawtui.probes.context import ProbeContext
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.measure import measure_probes
from pawtui.probes.probe_facts import ProbeFacts
from pawtui.probes.probe_inputs import history_start
from pawtui.probes.reading import ProbeReading
from pawtui.probes.repo_reader import RepoReader
from pawtui.refresh.heads import follow
from pawtui.refresh.outcome import RefreshOutcome
from pawtui.refresh.progress import Progress
from pawtui.refresh.refresh_run import refresh
from pawtui.refresh.refresh_types import Refresh
from pawtui.refresh.side_refs import SideRefs
from pawtui.review.record_types import Record
from pawtui.sources.git.git_source import GitSource
from pawtui.sources.github.github_source import BUDGET, GitHubSource
from pawtui.sources.github.token import Secret
from pawtui.sources.protocol import Source
from pawtui.tracker.probe_types import Probe
from pawtui.tracker.tracker_types import Policy, Related, Side, Signal, Tracker
from tests.probes.opencode import DOWN, UP, Year, make_downstream, make_issues, make_upstream
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.git_repo import GitRepo
from tests.support.offline_transports import InProcessTransport, update_service

_YEAR = Year()
# The paths of each surface.
Surfaces = Mapping[str, tuple[str, ...]]
WEB = "https://github.com"
TODAY = dt.date(2026, 11, 20)
_Facts = TypeVar("_Facts", bound=ProbeFacts)


class World(NamedTuple):
    """A fake GitHub with an upstream and a downstream."""

    fake: FakeGitHub
    up: FakeRepo
    down: FakeRepo

    def source(self, cache: Path | None = None, *, budget: int | None = BUDGET) -> GitHubSource:
        """Return a source of the fake GitHub."""
        token = Secret(self.fake.token)
        return GitHubSource(
            api_url=self.fake.url,
            token=token,
            cache=cache,
            time_limit=60,
            budget=budget,
            transport=InProcessTransport(self.fake),
            web_transport=update_service(),
            clock=self.fake.now,
        )


@contextmanager
def open_world(folder: Path, year: Year = _YEAR, until: str = "2027-01-01") -> Iterator[World]:
    """Serve both repositories of 2026 (`opencode.py`) as they were at the time `until`."""
    with FakeGitHub() as fake:
        if until < "2027":
            now = dt.datetime.fromisoformat(until).replace(tzinfo=dt.UTC)
            fake.now = lambda: now
        up = fake.add(UP, make_upstream(GitRepo(folder / "up", "dev"), year, until))
        down = fake.add(DOWN, make_downstream(GitRepo(folder / "down", "main"), until))
        make_issues(up, down, until)
        yield World(fake, up, down)


def tracker_of(
    *probes: Probe,
    surfaces: Surfaces | None = None,
    policy: Policy | None = None,
    related: tuple[Related, ...] = (),
) -> Tracker:
    """Return a tracker with one signal of these probes; it follows `main` of up/stream and down/stream."""
    return Tracker(
        id="t",
        title="T",
        upstream=Side(repo="up/stream", refs=("main",)),
        downstream=Side(repo="down/stream", refs=("main",)),
        policy=policy or Policy(),
        surfaces=dict(surfaces or {}),
        signals=(Signal(id="s", title="S", probes=probes),),
        related=related,
    )


# Measures a probe with both sources and returns the reading, which must be the same.
MeasureBoth = Callable[..., Awaitable[ProbeReading]]


class Measured(NamedTuple):
    """A reading, and the errors of its measurement."""

    reading: ProbeReading
    errors: tuple[str, ...]


async def measure(
    source: GitHubSource | GitSource,
    probe: Probe,
    *,
    today: dt.date = TODAY,
    surfaces: Surfaces | None = None,
    policy: Policy | None = None,
    as_of: dt.datetime | None = None,
    doubt: str = "",
) -> Measured:
    """Measure one probe on that day, on `main` of the probe's side: up/stream or down/stream."""
    tracker = tracker_of(probe, surfaces=surfaces, policy=policy)
    error_log = ErrorLog()
    async with source:

        async def reader(side: Side) -> RepoReader:
            now = dt.datetime.combine(today, dt.time(12), dt.UTC)
            # A downstream's branch is never in doubt because it is inactive or lacks a release.
            as_downstream = msgspec.structs.replace(tracker, downstream=side)
            refs = SideRefs(
                tracker=as_downstream,
                side="downstream",
                source=source,
                error_log=ErrorLog(),
                now=now,
                started=now,
                as_of=as_of,
            )
            followed = await follow(refs)
            start = history_start(tracker, today)
            head = followed.head
            return RepoReader(source, head, today=today, history_start=start, web=WEB, doubt=doubt, as_of=as_of)

        upstream = await reader(tracker.upstream if probe.side == "upstream" else tracker.downstream)
        context = ProbeContext(
            tracker,
            upstream=upstream,
            read_downstream=lambda: reader(tracker.downstream),
            error_log=error_log,
        )
        (reading,) = await measure_probes([probe], context)
    return Measured(reading, tuple(error_log.messages))


def facts_of(reading: ProbeReading, kind: type[_Facts]) -> _Facts:
    """Return the facts of a reading, which must be of that kind."""
    assert isinstance(reading.facts, kind), reading.cause
    return reading.facts


async def refreshed(
    tracker: Tracker,
    source: Source,
    record: Record | None = None,
    *,
    at: dt.datetime,
    steps: list[Progress] | None = None,
    force: bool = False,
    as_of: dt.datetime | None = None,
) -> RefreshOutcome:
    """Return the outcome of a refresh with a fixed clock."""
    return await refresh(
        tracker,
        source,
        (record or Record()).baseline if as_of is None else (record or Record()).baseline_at(as_of),
        clock=lambda: at,
        web=WEB,
        on_progress=(steps if steps is not None else []).append,
        force=force,
        as_of=as_of,
    )


def recorded_refresh(outcome: RefreshOutcome) -> Refresh:
    """Return the recorded refresh; fail if there is none."""
    assert outcome.refresh is not None, outcome.message
    return outcome.refresh


def log_reads(source: GitHubSource, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list to which each read of a file's text adds whether it was optional."""
    reads: list[bool] = []
    read = source.blob

    async def blob(repo: str, sha: str, *, optional: bool = False) -> bytes:
        reads.append(optional)
        return await read(repo, sha, optional=optional)

    monkeypatch.setattr(source, "blob", blob)
    return reads
