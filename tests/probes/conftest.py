"""Fixtures for probe tests."""

import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.probes.reading import ProbeReading
from pawtui.tracker.probe_types import Probe
from tests.probes.measuring import TODAY, MeasureBoth, Surfaces, measure
from tests.sources.git.clones import UP, git_source
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo


@pytest.fixture
def up(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    """A published upstream without commits: up/stream."""
    return fake.add("up/stream", make_repo("up"))


@pytest.fixture
def both(up: FakeRepo, open_source: OpenSource) -> MeasureBoth:
    """A function that measures a probe with both sources, and returns the reading, which must be the same."""

    async def measured(probe: Probe, surfaces: Surfaces | None = None, *, today: dt.date = TODAY) -> ProbeReading:
        from_github = await measure(open_source(), probe, surfaces=surfaces, today=today)
        async with git_source((UP, up.git)) as source:
            from_clone = await measure(source, probe, surfaces=surfaces, today=today)
        assert from_clone.reading == from_github.reading
        return from_clone.reading

    return measured
