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


@pytest.mark.parametrize(
    ("day", "state", "by"),
    [
        ("2026-11-09", "none", ""),
        ("2026-11-10", "waiting", ""),
        ("2026-11-12", "approved", "han"),
        ("", "approved", "han"),
    ],
)
async def test_a_past_day_uses_the_comments_made_by_then(
    down: FakeRepo, open_source: OpenSource, day: str, state: str, by: str
) -> None:
    error_log = ErrorLog()
    found = await read_plan(open_source, error_log, day=day)
    assert found is not None
    assert (found.state, found.by, error_log.messages) == (state, by, [])
    assert len(down.fake.log) == 1


@pytest.mark.parametrize("number", [0, 1])
async def test_a_comment_edited_since_makes_a_past_day_unknown(
    down: FakeRepo, open_source: OpenSource, number: int
) -> None:
    down.issues[7].comments[number].updated_at = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    error_log = ErrorLog()
    found = await read_plan(open_source, error_log, day="2026-11-13")
    assert found is not None
    assert (found.state, found.cause) == ("unknown", "its comments have been edited since 2026-11-13")
    assert found.url.endswith(f"-{down.issues[7].comments[0].id}")
    assert error_log.messages == []
    now = await read_plan(open_source, error_log)
    assert now is not None
    # An edited plan waits for approval again; an edited approval still approves.
    assert now.state == ("waiting", "approved")[number]


@pytest.mark.parametrize(
    ("body", "association", "day", "state"),
    [
        ("Thanks for the details.", "MEMBER", "12", "unknown"),
        ("Thanks for the details.", "NONE", "12", "approved"),
        ("Thanks for the details.", "MEMBER", "09", "approved"),
        ("<!-- pawtui:summary t -->\nPlan: approved", "MEMBER", "12", "approved"),
    ],
)
async def test_a_comment_edited_since_may_have_been_an_answer(
    down: FakeRepo, open_source: OpenSource, body: str, association: str, day: str, state: str
) -> None:
    answer = down.comment(7, body, author="ann", association=association, at=f"2026-11-{day}T09:00:00Z")
    answer.updated_at = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    found = await read_plan(open_source, ErrorLog(), day="2026-11-13")
    assert found is not None
    assert found.state == state


async def test_an_answer_to_an_earlier_text_that_was_edited_since_makes_a_past_day_unknown(
    down: FakeRepo, open_source: OpenSource
) -> None:
    plan, answer = down.issues[7].comments
    plan.updated_at = dt.datetime(2026, 11, 13, tzinfo=dt.UTC)
    answer.updated_at = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    past, now = [await read_plan(open_source, ErrorLog(), day=day) for day in ("2026-11-14", "")]
    assert past is not None
    assert now is not None
    assert (past.state, now.state) == ("unknown", "unclear")


@pytest.mark.parametrize(("second", "state"), [(0, "approved"), (1, "unknown")])
async def test_an_answer_made_or_edited_at_the_past_time_counts(
    down: FakeRepo, open_source: OpenSource, second: int, state: str
) -> None:
    answer = down.issues[7].comments[1]
    answer.created_at = dt.datetime(2026, 11, 13, 12, tzinfo=dt.UTC)
    answer.updated_at = answer.created_at + dt.timedelta(seconds=second)
    found = await read_plan(open_source, ErrorLog(), day="2026-11-13")
    assert found is not None
    assert found.state == state


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
