"""The quiet days of `soak`: young surfaces, commits that were merged late, and breaks that cannot change the state."""

import datetime as dt

import msgspec

from pawtui.probes.probe_facts import SoakFacts
from pawtui.probes.rejudge import rejudge
from pawtui.tracker.probe_types import SoakProbe
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import TODAY, facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

SURFACES = {"runner": ("src/runner",)}
BREAKING = r"(?i)\bbreaking\b|^\w+(\([^)]*\))?!:"
QUIET = SoakProbe(date=dt.date(2026, 6, 10), days=28, surfaces=("runner",), breaking=BREAKING)


async def test_the_quiet_time_of_a_young_surface_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a": "0"}, at="2026-06-01")
    born = dt.date(2026, 10, 20)
    up.git.commit({"src/runner/a": "0"}, at=born)
    found = (await measure(open_source(), QUIET, surfaces=SURFACES, today=born + dt.timedelta(days=27))).reading
    assert (found.state, facts_of(found, SoakFacts).quiet_at_most) == ("unknown", True)
    assert found.cause == "surface runner was not in the branch on 2026-10-20"
    # Whole days: the surface existed at the end of the first day.
    later = (await measure(open_source(), QUIET, surfaces=SURFACES, today=born + dt.timedelta(days=28))).reading
    assert (later.state, later.gaps) == ("met", ())


async def test_a_shorter_window_is_not_met_by_facts_of_a_young_surface(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a": "0"}, at="2026-06-01")
    up.git.commit({"src/runner/a": "0"}, at="2026-11-15")
    recent = msgspec.structs.replace(QUIET, date=dt.date(2026, 11, 10))
    found = (await measure(open_source(), recent, surfaces=SURFACES)).reading
    assert (found.state, facts_of(found, SoakFacts).quiet_at_most) == ("unmet", True)
    assert rejudge(msgspec.structs.replace(recent, days=9), found, Policy(), TODAY) == "unknown"


async def test_a_break_that_was_merged_later_than_its_date_is_not_quiet(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.commit({"src/runner/a": "0"}, at="2026-05-01")
    git.branch("side", "main")
    side = git.commit({"src/runner/a": "1"}, branch="side", at="2026-06-05", message="feat!: before the start")
    git.commit({"src/runner/a": "1"}, at="2026-11-01", message="Merge side", merge=[side])
    cause = "src/runner changed since 2026-10-24 by a merge of older commits, which are not counted"
    found = (await measure(open_source(), QUIET, surfaces=SURFACES)).reading
    assert (found.state, found.cause, facts_of(found, SoakFacts).met_on) == ("unknown", cause, None)
    assert found.summary == "at most 163 quiet days"
    # Releases do not depend on quiet days. A break after the merge is the last one.
    for number in range(3):
        git.tag(f"v2.{number}.0", git.commit({"a": f"{number}"}, at=f"2026-11-0{number + 2}"))
    released = msgspec.structs.replace(QUIET, line="v2.*", releases=3, minors=1)
    enough = (await measure(open_source(), released, surfaces=SURFACES)).reading
    assert (enough.state, enough.gaps, facts_of(enough, SoakFacts).quiet_at_most) == ("met", (), False)
    git.commit({"src/runner/a": "2"}, at="2026-11-10", message="feat!: again")
    last = (await measure(open_source(), QUIET, surfaces=SURFACES, today=dt.date(2026, 12, 8))).reading
    assert (last.state, facts_of(last, SoakFacts).quiet_days, facts_of(last, SoakFacts).quiet_at_most) == (
        "met",
        28,
        False,
    )


async def test_an_older_change_that_breaks_nothing_may_be_merged_in_the_quiet_time(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.commit({"src/runner/a": "0"}, at="2026-05-01")
    git.branch("side", "main")
    side = git.commit({"src/runner/b": "1"}, branch="side", at="2026-06-05", message="fix: it")
    git.commit({"src/runner/a": "1"}, at="2026-07-01", message="feat!: before the quiet time")
    git.commit({"src/runner/b": "1"}, at="2026-11-01", message="Merge side", merge=[side])
    git.commit({"src/runner/a": "2"}, at="2026-11-10", message="fix: it again")
    found = (await measure(open_source(), QUIET, surfaces=SURFACES)).reading
    assert (found.state, found.gaps, facts_of(found, SoakFacts).quiet_days) == ("met", (), 142)


async def test_a_state_that_a_further_break_would_not_change_is_certain(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.commit({"src/runner/a": "0"}, at="2026-05-01")
    git.branch("side", "main")
    side = git.commit({"src/runner/a": "1"}, branch="side", at="2026-06-05", message="feat!: before the start")
    git.commit({"src/runner/b": "1"}, at="2026-11-05", message="feat!: it")
    git.commit({"src/runner/a": "1"}, at="2026-11-10", message="Merge side", merge=[side])
    # By its age, the window is partial on any day.
    aged = msgspec.structs.replace(QUIET, days_partial=14)
    found = (await measure(open_source(), aged, surfaces=SURFACES)).reading
    assert (found.state, found.cause, rejudge(aged, found, Policy(), TODAY)) == ("partial", "", "partial")
    assert (facts_of(found, SoakFacts).quiet_at_most, found.summary[:24]) == (True, "at most 15 of 28 quiet d")
    # On a later day, enough quiet days would be met.
    later = dt.date(2026, 12, 5)
    unknown = (await measure(open_source(), aged, surfaces=SURFACES, today=later)).reading
    assert (unknown.state, rejudge(aged, unknown, Policy(), later)) == ("unknown", "unknown")


async def test_a_break_counts_by_its_date_while_the_window_is_open(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.commit({"src/runner/a": "0"}, at="2026-05-01")
    git.branch("side", "main")
    side = git.commit({"src/runner/a": "1"}, branch="side", at="2026-11-01", message="feat!: it")
    git.commit({"src/runner/a": "1"}, at="2026-11-05", message="Merge side", merge=[side])
    git.commit({"src/runner/a": "2"}, at="2026-11-10", message="fix: it")
    for day, state in (("2026-11-20", "partial"), ("2026-11-29", "unknown"), ("2026-12-03", "met")):
        found = (await measure(open_source(), QUIET, surfaces=SURFACES, today=dt.date.fromisoformat(day))).reading
        assert found.state == state


async def test_a_start_whose_day_in_the_branch_is_not_known_is_unknown(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    start = up.git.commit({"a": "0"}, at="2026-06-01")
    fake.fail("/git/trees/", 502, times=None)
    found = await measure(open_source(), SoakProbe(commit=start.sha))
    assert (found.reading.state, found.reading.summary) == ("unknown", "at most 172 quiet days")
    assert [str(error) for error in found.errors] == [found.reading.cause]
    # An unmet window does not become another state by it.
    unmet = await measure(open_source(), SoakProbe(commit=start.sha, days=300, days_partial=200))
    assert (unmet.reading.state, unmet.errors) == ("unmet", ())


async def test_a_break_with_a_later_date_leaves_no_quiet_day(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a": "0"}, at="2026-06-01")
    up.git.commit({"src/runner/a": "1"}, at="2026-12-30", message="feat!: it")
    facts = facts_of((await measure(open_source(), QUIET, surfaces=SURFACES)).reading, SoakFacts)
    assert (facts.quiet_days, facts.quiet_on) == (0, dt.date(2027, 1, 27))
