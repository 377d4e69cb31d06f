"""A refresh with dates, numbers and responses out of range is recorded, or fails with one sentence."""

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pawtui.sources.dates import EARLIEST, LATEST
from pawtui.tracker.read_tracker import builtin_tracker
from tests.probes.measuring import World, recorded_refresh, refreshed
from tests.sources.ref_head import ref_head
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo
from tests.support.hostile_http import Recording, redated, replay_transport
from tests.support.hostile_values import DATES
from tests.support.response_attacks import NOW, attack_refresh, check_refresh, hostile_source, record_responses


@pytest.fixture(scope="module")
def recording(opencode: World) -> Recording:
    """The real responses of one refresh."""
    return record_responses(opencode)


@settings(max_examples=4, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_a_refresh_survives_hostile_responses(recording: Recording, seed: int) -> None:
    attack_refresh(recording, seed)


@pytest.mark.parametrize("date", [date for date in DATES if isinstance(date, str)])
async def test_commits_of_any_date_are_measured(recording: Recording, date: str) -> None:
    async with hostile_source(replay_transport(redated(recording, date)), None) as source:
        found = recorded_refresh(await refreshed(builtin_tracker(), source, at=NOW))
    check_refresh(found)
    assert EARLIEST <= found.upstream.committed_at <= LATEST


@pytest.mark.parametrize(
    ("date", "remark"),
    [
        ("9999-12-31T23:59:59Z", "dated 2100-01-01 or later, which is not plausible"),
        ("0001-01-01T00:00:00Z", "dated 1970-01-01 or earlier, which is not plausible"),
    ],
)
async def test_a_head_dated_out_of_range_gets_a_remark_and_the_soak_is_unknown(
    recording: Recording, date: str, remark: str
) -> None:
    tracker = builtin_tracker()
    tracker = msgspec.structs.replace(tracker, upstream=msgspec.structs.replace(tracker.upstream, refs=("v2",)))
    async with hostile_source(replay_transport(redated(recording, date)), None) as source:
        found = recorded_refresh(await refreshed(tracker, source, at=NOW))
    assert f"the newest commit of v2 is {remark}" in found.upstream.remark
    soak = next(probe for signal in found.signals for probe in signal.probes if probe.kind == "soak")
    assert soak.state == "unknown"
    assert remark in soak.cause


@pytest.fixture
def up(make_repo: Callable[..., GitRepo], fake: FakeGitHub) -> GitRepo:
    """A published repository with 250 commits on one path; the 100th from the head has the earliest date."""
    repo = make_repo("up")
    for number in range(250):
        at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=number)
        repo.commit({"a": f"{number}"}, at=EARLIEST if number == 150 else at)
    fake.add("up/stream", repo)
    return repo


async def test_a_commit_without_a_usable_date_hides_no_others(up: GitRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        found = await source.commits("up/stream", up.sha("main"), "a", dt.date(2026, 1, 1))
        inside = [commit for commit in found.items if commit.at >= dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]
    assert len(inside) == 249
    assert found.complete


async def test_a_past_head_is_never_a_commit_without_a_usable_date(up: GitRepo, open_source: OpenSource) -> None:
    when = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    async with open_source(budget=None) as source:
        head = await ref_head(source, "up/stream", "main")
        past = await source.past_head(head, when)
    assert past.sha == up.sha("main~190")
