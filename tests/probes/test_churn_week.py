"""`churn` with `met_week`: the highest number of commits in each week of the window."""

import datetime as dt

import pytest

from pawtui.probes.kinds.churn_probe import rule
from pawtui.probes.probe_facts import ChurnFacts
from pawtui.tracker.probe_types import ChurnProbe, Limits
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import facts_of, measure
from tests.sources.git.clones import git_source
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

SURFACES = {"busy": ("busy.ts",)}


@pytest.mark.parametrize(("week", "state"), [(None, "met"), (12, "met"), (11, "partial")])
async def test_a_busy_week_before_a_holiday_is_not_met(
    up: FakeRepo, open_source: OpenSource, week: int | None, state: str
) -> None:
    up.git.commit({"busy.ts": "0"}, at="2026-06-01")
    # 12 commits in the second week of the window, then none.
    for number in range(12):
        up.git.commit({"busy.ts": f"change {number}"}, at=dt.datetime(2026, 11, 1, number, tzinfo=dt.UTC))
    probe = ChurnProbe(surfaces=("busy",), met=20, partial=40, met_week=week)
    found = (await measure(open_source(), probe, surfaces=SURFACES)).reading
    facts = facts_of(found, ChurnFacts)
    assert (found.state, facts.total, facts.busiest_week) == (state, 12, 12)
    busy = "12 commits in 28 days, 12 in one week"
    assert found.summary == (busy if state == "partial" else "12 commits in 28 days")
    # It is met when the busy week has left the window.
    assert facts.met_on == (dt.date(2026, 11, 30) if state == "partial" else None)
    if week is not None:
        assert (
            rule(probe, Policy())
            == f"met up to 20 commits in 28 days and {week} in each week, partial up to 40 commits"
        )


@pytest.mark.parametrize(("week", "state"), [(7, "met"), (6, "unknown")])
async def test_late_commits_may_make_a_week_busy(up: FakeRepo, open_source: OpenSource, week: int, state: str) -> None:
    up.git.commit({"busy.ts": "0"}, at="2026-06-01")
    up.git.branch("side", "main")
    # 4 late commits and 3 in the week of the merge: all 7 may have been added in that week.
    for day in range(1, 5):
        side = up.git.commit({"busy.ts": f"side {day}"}, branch="side", at=f"2026-08-0{day}")
    for day in (1, 2):
        up.git.commit({"busy.ts": str(day)}, at=f"2026-11-0{day}")
    up.git.commit({"busy.ts": "merged"}, at="2026-11-03", message="Merge side", merge=[side])
    probe = ChurnProbe(surfaces=("busy",), met=20, met_week=week)
    found = (await measure(open_source(), probe, surfaces=SURFACES)).reading
    async with git_source(("up/stream", up.git)) as source:
        cloned = (await measure(source, probe, surfaces=SURFACES)).reading
    assert (found.state, cloned.state) == (state, state)


def test_the_rule_has_the_limit_of_a_week_without_one_for_all_surfaces() -> None:
    probe = ChurnProbe(surfaces=("a",), limits={"a": Limits(met=3)}, met_week=2)
    assert rule(probe, Policy()) == "a: met up to 3 commits in 28 days; met up to 2 commits in each week"


@pytest.mark.parametrize(
    ("days", "busiest"),
    [
        # A window of three days is less than a week.
        (3, 3),
        # The commits of 2026-11-10 to 2026-11-19 are in no week together.
        (10, 4),
        (14, 4),
    ],
)
async def test_a_week_is_any_seven_days_of_the_window(
    up: FakeRepo, open_source: OpenSource, days: int, busiest: int
) -> None:
    up.git.commit({"busy.ts": "0"}, at="2026-06-01")
    for number, day in enumerate((10, 11, 11, 12, 18, 19, 19), 1):
        up.git.commit({"busy.ts": str(number)}, at=f"2026-11-{day}")
    for week, state in ((busiest, "met"), (busiest - 1, "partial")):
        probe = ChurnProbe(surfaces=("busy",), days=days, met=9, met_week=week)
        found = (await measure(open_source(), probe, surfaces=SURFACES)).reading
        assert (found.state, facts_of(found, ChurnFacts).busiest_week) == (state, busiest)


async def test_a_week_may_begin_on_any_day_of_the_window(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"busy.ts": "0"}, at="2026-06-01")
    # The window begins on 2026-10-23: these days are in different weeks of it.
    for day in (3, 4, 5, 6, 9, 10):
        up.git.commit({"busy.ts": str(day)}, at=f"2026-11-{day:02}")
    probe = ChurnProbe(surfaces=("busy",), met=9, met_week=4)
    found = (await measure(open_source(), probe, surfaces=SURFACES)).reading
    assert (found.state, facts_of(found, ChurnFacts).busiest_week) == ("partial", 5)


async def test_a_busy_week_does_not_improve_a_state(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"busy.ts": "0"}, at="2026-06-01")
    for day in (10, 11, 12):
        up.git.commit({"busy.ts": str(day)}, at=f"2026-11-{day}")
    probe = ChurnProbe(surfaces=("busy",), met=1, met_week=1)
    assert (await measure(open_source(), probe, surfaces=SURFACES)).reading.state == "unmet"
