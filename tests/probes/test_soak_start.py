"""The start of `soak`: a release, or the commit or date that the tracker names."""

import datetime as dt

import pytest

from pawtui.probes.probe_facts import SoakFacts
from pawtui.probes.reading import ProbeReading
from pawtui.tracker.probe_types import SoakProbe
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import MeasureBoth, facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

BOTH = Policy(soak="both")


def _facts(reading: ProbeReading) -> SoakFacts:
    return facts_of(reading, SoakFacts)


async def test_a_window_begins_at_a_date_or_a_commit(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", git.commit({"src/runner/a": "0"}, at="2026-09-01"))
    start = git.commit({"src/runner/a": "1"}, at="2026-10-01")
    git.tag("v2.0.1", git.commit({"a": "1"}, at="2026-10-05"))
    git.tag("v2.1.0", git.commit({"a": "2"}, at="2026-10-06"))
    dated = SoakProbe(line="v2.*", date=dt.date(2026, 10, 1), days=60)
    found = (await measure(open_source(), dated)).reading
    assert (_facts(found).releases, _facts(found).minors, _facts(found).age_days) == (2, 1, 50)
    # Without surfaces, nothing of the branch is read.
    assert not fake.requests("/git/trees/")
    named = (await measure(open_source(), SoakProbe(line="v2.*", commit=start.sha, days=60))).reading
    assert (_facts(named).releases, _facts(named).minors) == (2, 1)
    fake.clear()
    committed = (await measure(open_source(), SoakProbe(commit=start.sha, days=50))).reading
    assert (committed.state, committed.summary) == ("met", "50 of 50 quiet days")
    assert (_facts(committed).releases, _facts(committed).newest) == (0, "")
    assert not fake.requests("/git/matching-refs/")
    assert (
        committed.rule == "met after 50 days without a breaking commit; partial from 14 quiet days, or 50 days of age"
    )
    assert committed.evidence[0].pin == f"up/stream@{start.sha}"
    # Without a line, no releases are required.
    open_ = (await measure(open_source(), SoakProbe(commit=start.sha, days=51), policy=BOTH)).reading
    assert (open_.state, _facts(open_).met_on) == ("partial", dt.date(2026, 11, 21))
    later = (await measure(open_source(), SoakProbe(date=dt.date(2026, 12, 1)))).reading
    assert (later.state, later.summary) == ("unmet", "the window is not open: it opens on 2026-12-01")


@pytest.mark.parametrize("annotated", [True, False])
async def test_the_dates_of_many_tags_are_read_in_several_refreshes(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource, annotated: bool
) -> None:
    for minor in range(20):
        commit = up.git.commit({"a": str(minor)}, at=f"2026-10-{minor + 1:02}")
        up.git.tag(f"v2.{minor}.0", commit, annotated=annotated)
    probe = SoakProbe(line="v2.*", date=dt.date(2026, 10, 11), releases=10)
    readings = []
    for _ in range(4):
        fake.clear()
        readings.append((await measure(open_source(budget=25), probe)).reading)
        assert len(fake.log) < 25
    first, *_, last = readings
    assert first.state == "unknown"
    assert first.cause.startswith("The budget of 25 requests was spent before ")
    assert (last.state, _facts(last).releases) == ("met", 10)


async def test_a_later_start_has_its_releases_and_gaps(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.tag("v2.0.0", up.git.commit({"a": "0"}, at="2026-12-01"))
    found = (await measure(open_source(), SoakProbe(line="v2.*"))).reading
    assert (found.state, found.summary) == ("unmet", "the window is not open: it opens on 2026-12-01")
    assert (_facts(found).releases, found.gaps) == (
        1,
        ("v2.0.0 has no date of its own: its commit is dated 2026-12-01, the tag may be newer",),
    )


@pytest.mark.parametrize("key", ["line", "commit"])
async def test_a_start_with_an_impossible_date_is_unknown(up: FakeRepo, open_source: OpenSource, key: str) -> None:
    start = up.git.commit({"a": "0"}, at="2110-01-01")
    up.git.tag("v2.0.0", start)
    probe = SoakProbe(line="v2.*") if key == "line" else SoakProbe(commit=start.sha)
    found = (await measure(open_source(), probe)).reading
    assert found.state == "unknown"
    assert found.cause.endswith(" is dated 2100-01-01 or later, which is not plausible")


@pytest.mark.parametrize(("second", "is_unknown"), [("2026-10-27", False), ("2026-10-28", True)])
async def test_a_much_earlier_first_release_must_have_a_common_history(
    up: FakeRepo, both: MeasureBoth, open_source: OpenSource, second: str, is_unknown: bool
) -> None:
    up.git.tag("v2.0.0", up.git.commit({"a": "1"}, branch="orphan", at="2026-09-30"))
    up.git.tag("v2.0.1", up.git.commit({"a": "2"}, at=second))
    up.git.tag("v2.1.0", up.git.commit({"a": "3"}, at="2026-11-01"))
    found = await both(SoakProbe(line="v2.*", releases=4))
    cause = f"v2.0.0 of 2026-09-30 has no common history with main @ {up.git.sha('main')[:10]}: "
    cause += "name the day on which the line began in `date`"
    assert (found.state, found.cause) == (("unknown", cause) if is_unknown else ("met", ""))
    # If the releases are enough, the start does not matter, unless days are needed, too.
    assert (await both(SoakProbe(line="v2.*"))).state == "met"
    found = (await measure(open_source(), SoakProbe(line="v2.*"), policy=Policy(soak="both"))).reading
    assert found.state == ("unknown" if is_unknown else "met")
    # They are not enough without another minor.
    found = (await measure(open_source(), SoakProbe(line="v2.*", minors=2))).reading
    assert (found.state == "unknown") == is_unknown
    # A head in doubt may be of another history.
    in_doubt = await measure(open_source(), SoakProbe(line="v2.*", releases=4), doubt="main is archived")
    assert in_doubt.reading.state == "met"
