"""The state of the plan: now, at a past day, in a renamed repository, or without an issue."""

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest

from pawtui.probes.error_log import ErrorLog
from pawtui.refresh.plan_status import read_plan_status
from pawtui.refresh.refresh_types import PlanStatus
from pawtui.tracker.tracker_types import Side, Tracker
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

TRACKER = Tracker(
    id="t",
    title="T",
    issue="down/fork#7",
    upstream=Side(repo="up/stream", refs=("main",)),
    downstream=Side(repo="Down/Fork", refs=("main",)),
)


@pytest.fixture
def down(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    """The downstream with its tracking issue: a plan on the 10th, approved on the 12th."""
    repo = fake.add("down/fork", make_repo("down"))
    repo.issue(7, "Tracking", at="2026-11-01")
    repo.comment(7, "## Plan\n\nReplay.", author="ann", association="MEMBER", at="2026-11-10T08:00:00Z")
    repo.comment(7, "Approved.", author="han", association="OWNER", at="2026-11-12T08:00:00Z")
    return repo


async def read_plan(
    open_source: OpenSource, error_log: ErrorLog, *, day: str = "", tracker: Tracker = TRACKER
) -> PlanStatus | None:
    as_of = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00") if day else None
    async with open_source() as source:
        return await read_plan_status(tracker, source, error_log, as_of)


async def test_the_plan_is_unknown_at_a_past_time_without_a_request(down: FakeRepo, open_source: OpenSource) -> None:
    error_log = ErrorLog()
    now = await read_plan(open_source, error_log)
    assert now is not None
    assert (now.state, now.by, len(down.fake.log)) == ("approved", "han", 1)
    past = await read_plan(open_source, error_log, day="2026-11-13")
    assert past == PlanStatus(state="unknown", cause="comments are not read for a past time")
    assert (error_log.messages, len(down.fake.log)) == ([], 1)


async def test_the_plan_of_a_renamed_downstream_is_read(down: FakeRepo, open_source: OpenSource) -> None:
    down.fake.rename("down/fork", "new/place")
    found = await read_plan(open_source, ErrorLog())
    assert found is not None
    assert (found.state, found.url) == (
        "approved",
        f"{down.fake.url}/new/place/issues/7#issuecomment-{down.issues[7].comments[0].id}",
    )


async def test_a_tracker_without_an_issue_sends_no_request(down: FakeRepo, open_source: OpenSource) -> None:
    assert await read_plan(open_source, ErrorLog(), tracker=msgspec.structs.replace(TRACKER, issue="")) is None
    assert down.fake.log == []


async def test_a_failed_request_makes_the_plan_unknown_with_its_cause(down: FakeRepo, open_source: OpenSource) -> None:
    del down.issues[7]
    error_log = ErrorLog()
    found = await read_plan(open_source, error_log)
    assert found is not None
    assert found.state == "unknown"
    assert error_log.messages == [found.cause]
    assert "#7 of down/fork" in found.cause
