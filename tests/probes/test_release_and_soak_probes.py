"""`release` and `soak`: stable tags of the line, and both conditions of the window with their dates."""

import datetime as dt

import msgspec
import pytest

from pawtui.probes.kinds.soak_probe import judge, rule
from pawtui.probes.probe_facts import ReleaseFacts, SoakFacts
from pawtui.probes.reading import ProbeReading
from pawtui.tracker.probe_types import ReleaseProbe, SoakProbe
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

RELEASE = ReleaseProbe(line="v2.*")
SURFACES = {"runner": ("src/runner",)}
BREAKING = r"(?i)\bbreaking\b|^\w+(\([^)]*\))?!:"
SOAK = SoakProbe(line="v2.*", days=28, days_partial=14, releases=3, minors=1, surfaces=("runner",), breaking=BREAKING)
BOTH = Policy(soak="both")


def _soak(reading: ProbeReading) -> SoakFacts:
    return facts_of(reading, SoakFacts)


async def test_a_line_without_stable_tags_is_unmet(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a": "1"}, at="2026-06-01")
    up.git.tag("v1.9.0")
    none = (await measure(open_source(), RELEASE)).reading
    assert (none.summary, none.gaps) == ("no stable v2.* tag yet", ("no tag of up/stream begins with v2.",))
    assert (await measure(open_source(), SOAK, surfaces=SURFACES)).reading.gaps == none.gaps
    up.git.tag("v2.0.0-beta.1")
    found = (await measure(open_source(), RELEASE)).reading
    assert (found.state, found.summary) == ("unmet", "no stable v2.* tag yet (1 other tag of the line)")
    assert facts_of(found, ReleaseFacts).prereleases == 1
    assert not found.gaps
    window = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    assert (window.state, window.summary) == ("unmet", "the window is not open: no stable v2.* tag yet")
    assert (_soak(window).mode, _soak(window).releases, _soak(window).minors) == ("either", 0, 0)


async def test_a_stable_tag_that_only_begins_like_the_line_is_no_other_tag_of_it(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"src/runner/a": "1"}, at="2026-06-01")
    for tag in ("v0.5.3", "v0.5.4-rc.1", "v0.50.0", "v0.51.0-rc.1"):
        up.git.tag(tag)
    found = (await measure(open_source(), ReleaseProbe(line="v0.5?.*"))).reading
    facts = facts_of(found, ReleaseFacts)
    assert (facts.stable, facts.prereleases) == (1, 1)


async def test_tags_later_than_a_past_time_do_not_count(up: FakeRepo, open_source: OpenSource) -> None:
    for number, day in enumerate(("2026-09-01", "2026-09-10", "2026-10-05")):
        # The second tag was made five days after its commit.
        made = up.git.commit({"src/runner/a": day}, at=day)
        up.git.tag(f"v2.{number}.0", made, annotated=number == 1, on="2026-09-15" if number == 1 else None)
    for day, count in (("2026-09-02", 1), ("2026-09-14", 1), ("2026-09-20", 2)):
        when = dt.datetime.fromisoformat(f"{day}T20:00:00+00:00")
        found = (await measure(open_source(), RELEASE, today=when.date(), as_of=when)).reading
        facts = facts_of(found, ReleaseFacts)
        assert (facts.stable, facts.prereleases) == (count, None)
        assert found.gaps == (f"tags deleted since {day} are not counted",)
        window = (await measure(open_source(), SOAK, today=when.date(), as_of=when, surfaces=SURFACES)).reading
        assert _soak(window).releases == count
        assert window.gaps[:1] == found.gaps


async def test_both_conditions_have_dates(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.commit({"src/runner/a": "0"}, at="2026-06-01")
    git.commit({"src/runner/a": "1"}, at="2026-11-01T10:00", message="feat!: before the clock")
    git.tag("v2.0.0", git.commit({"a": "1"}, at="2026-11-01T23:30"))
    git.tag("v2.0.1", git.commit({"a": "2"}, at="2026-11-02"))
    found = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    assert (found.state, found.summary) == ("partial", "19 of 28 quiet days, 2 releases")
    facts = _soak(found)
    assert (facts.mode, facts.anchor, facts.newest, facts.breaking) == ("either", "v2.0.0", "v2.0.1", BREAKING)
    assert facts.breaks == 0
    closes = dt.date(2026, 11, 29)
    assert (_soak(found).age_on, _soak(found).quiet_on, _soak(found).met_on) == (closes, closes, closes)
    assert found.evidence[0].url.endswith("/releases/tag/v2.0.0")
    met = (await measure(open_source(), SOAK, surfaces=SURFACES, today=closes)).reading
    assert (met.state, _soak(met).met_on) == ("met", None)
    # If both conditions are required, only more releases can close the window: there is no date.
    both = (await measure(open_source(), SOAK, surfaces=SURFACES, policy=BOTH, today=closes)).reading
    assert (both.state, _soak(both).met_on, _soak(both).days_closed) == ("partial", None, True)


async def test_the_commit_of_the_first_release_is_no_break(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a": "0"}, at="2026-06-01")
    up.git.tag("v2.0.0", up.git.commit({"src/runner/a": "1"}, at="2026-11-01", message="feat!: the new runner"))
    facts = _soak((await measure(open_source(), SOAK, surfaces=SURFACES)).reading)
    assert (facts.breaks, facts.last_break, facts.quiet_days) == (0, None, 19)


async def test_a_break_restarts_the_quiet_days_and_is_named(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.commit({"src/runner/a": "0"}, at="2026-06-01")
    git.tag("v2.0.0", git.commit({"a": "1"}, at="2026-11-01"))
    for patch in range(1, 13):
        git.tag(f"v2.0.{patch}", git.commit({"a": f"p{patch}"}, at=f"2026-11-{patch + 1:02}"))
    before = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    # Thirteen patches in thirteen days do not include a new minor.
    assert (before.state, _soak(before).releases, _soak(before).releases_closed) == ("partial", 13, False)
    # They follow each other this fast: the date of the first is not in doubt.
    assert before.gaps == ()
    broke = git.commit({"src/runner/a": "1"}, at="2026-11-16", message="refactor(runner)!: rename the step")
    found = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    facts = _soak(found)
    assert (found.state, facts.quiet_days, facts.age_days) == ("unmet", 4, 19)
    assert found.summary == f"4 of 28 quiet days since the break {broke.sha[:10]}, 13 releases"
    assert facts.last_break is not None
    assert facts.last_break.sha == broke.sha
    quiet = dt.date(2026, 12, 14)
    assert (facts.age_on, facts.quiet_on, facts.met_on) == (dt.date(2026, 11, 29), quiet, quiet)
    assert found.evidence[-1].pin == f"up/stream@{broke.sha}"
    assert found.gaps == ()
    git.tag("v2.1.0", git.commit({"a": "m"}, at="2026-11-17"))
    met = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    assert (met.state, _soak(met).releases_closed) == ("met", True)
    # Without the reason, "met" after so few quiet days would seem wrong.
    assert met.summary == f"14 releases are enough, 4 of 28 quiet days since the break {broke.sha[:10]}"
    both = (await measure(open_source(), SOAK, surfaces=SURFACES, policy=BOTH)).reading
    assert (both.state, _soak(both).met_on, _soak(both).mode) == ("partial", quiet, "both")
    assert both.rule.endswith("partial from 14 quiet days, or 28 days of age, or 3 stable releases with 1 new minor")


async def test_quiet_days_count_from_the_last_break_of_any_age(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", git.commit({"src/runner/a": "0"}, at="2026-01-10"))
    broke = git.commit({"src/runner/a": "1"}, at="2026-03-01", message="feat!: long ago")
    git.commit({"src/runner/a": "2"}, at="2026-11-10", message="fix: it")
    found = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    facts = _soak(found)
    assert (found.state, facts.quiet_days, facts.quiet_at_most) == ("met", 264, False)
    assert facts.last_break is not None
    assert facts.last_break.sha == broke.sha


async def test_with_few_requests_left_the_breaks_before_the_history_are_not_known(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.tag("v2.0.0", git.commit({"src/runner/a": "0"}, at="2026-01-10"))
    git.commit({"src/runner/a": "2"}, at="2026-11-10", message="fix: it")
    found = (await measure(open_source(budget=8), SOAK, surfaces=SURFACES)).reading
    assert (found.state, _soak(found).quiet_at_most) == ("unknown", True)
    assert found.cause == "the commits before 2026-08-28 were not listed: the budget of requests is too small"


async def test_breaks_before_a_listed_break_are_not_counted(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", git.commit({"src/runner/a": "0"}, at="2026-01-10"), annotated=True)
    git.commit({"src/runner/a": "1"}, at="2026-03-01", message="feat!: long ago")
    git.commit({"src/runner/a": "2"}, at="2026-11-10", message="fix!: it")
    found = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    assert (_soak(found).quiet_days, _soak(found).breaks) == (10, 1)
    # Twelve weeks before today.
    assert found.gaps == ("breaking commits before 2026-08-28 are not counted",)


async def test_the_last_break_counts_and_only_some_are_listed(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", git.commit({"src/runner/a": "0"}, at="2026-11-01"), annotated=True)
    broke = [git.commit({"src/runner/a": f"{day}"}, at=f"2026-11-{day:02}", message="fix!: it") for day in range(2, 8)]
    found = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    facts = _soak(found)
    assert facts.last_break is not None
    assert (facts.breaks, facts.last_break.sha, facts.quiet_days) == (6, broke[-1].sha, 13)
    assert (len(found.evidence), found.gaps) == (6, ("1 older breaking commit not listed",))
    # Without a pattern, no commit breaks.
    calm = (await measure(open_source(), msgspec.structs.replace(SOAK, breaking=""), surfaces=SURFACES)).reading
    assert (_soak(calm).breaks, _soak(calm).quiet_days) == (0, 19)


async def test_a_head_in_doubt_has_no_window(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a": "0"}, at="2026-06-01")
    found = (await measure(open_source(), SOAK, surfaces=SURFACES, doubt="main does not contain v2.0.0")).reading
    assert (found.state, found.cause) == ("unknown", "main does not contain v2.0.0")


async def test_a_post_release_does_not_close_the_window(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a": "1"}, at="2026-11-10")
    for tag in ("v2.0.0", "v2.0.0.post1", "v2.1.0", "v2.1.0.post1"):
        up.git.tag(tag)
    found = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    assert (_soak(found).releases, _soak(found).releases_closed) == (2, False)


async def test_enough_releases_with_a_minor_are_partial(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", git.commit({"src/runner/a": "0"}, at="2026-11-15"))
    git.tag("v2.1.0", git.commit({"a": "1"}, at="2026-11-16"))
    assert (await measure(open_source(), SOAK, surfaces=SURFACES)).reading.state == "unmet"
    low = msgspec.structs.replace(SOAK, releases_partial=2)
    found = (await measure(open_source(), low, surfaces=SURFACES)).reading
    assert found.state == "partial"
    assert found.rule.endswith(", or 2 stable releases with 1 new minor")
    # Patches alone are not partial.
    few = msgspec.structs.replace(low, minors=2)
    assert (await measure(open_source(), few, surfaces=SURFACES)).reading.state == "unmet"
    git.commit({"src/runner/a": "1"}, at="2026-11-20", message="feat!: today")
    broken = await measure(open_source(), low, surfaces=SURFACES)
    assert (broken.reading.state, _soak(broken.reading).quiet_days, broken.errors) == ("partial", 0, ())


async def test_without_a_partial_limit_of_days_an_open_window_is_unmet(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.tag("v2.0.0", up.git.commit({"src/runner/a": "0"}, at="2026-11-01"))
    probe = msgspec.structs.replace(SOAK, days_partial=0)
    found = (await measure(open_source(), probe, surfaces={"runner": ("src/runner", "src/old")})).reading
    assert any(gap.startswith("src/old did not exist all the time from ") for gap in found.gaps)
    assert (found.state, found.rule) == (
        "unmet",
        "met after 28 days without a breaking commit or 3 stable releases with 1 new minor",
    )


async def test_a_missing_surface_leaves_quiet_days_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", git.commit({"a": "0"}, at="2026-09-01"))
    found = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    assert (found.state, _soak(found).met_on) == ("unknown", None)
    assert found.cause.startswith("path missing: src/runner does not exist at ")
    assert found.cause in found.gaps
    assert (_soak(found).quiet_at_most, found.summary) == (True, "at most 80 quiet days, 1 release")
    for number in range(1, 4):
        git.tag(f"v2.{number}.0", git.commit({"a": f"{number}"}, at=f"2026-09-0{number + 1}"))
    released = (await measure(open_source(), SOAK, surfaces=SURFACES)).reading
    assert (released.state, released.summary) == ("met", "4 releases are enough, at most 80 quiet days")
    # The condition of releases does not depend on the surface.
    for number in (1, 2):
        git.tag(f"v2.{number}.0", git.commit({"a": f"{number}"}, at="2026-09-02"))
    assert (await measure(open_source(), SOAK, surfaces=SURFACES)).reading.state == "met"
    assert (await measure(open_source(), SOAK, surfaces=SURFACES, policy=BOTH)).reading.state == "unknown"


async def test_a_failed_list_of_tags_is_unknown(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a": "0"}, at="2026-09-01")
    fake.fail("/git/matching-refs/", 500, times=None)
    for probe in (RELEASE, SOAK):
        found = await measure(open_source(), probe, surfaces=SURFACES)
        assert (found.reading.state, len(found.errors)) == ("unknown", 1)


@pytest.mark.parametrize(
    ("age", "broke", "releases", "minors", "either", "both"),
    [
        (0, None, 1, 0, "unmet", "unmet"),
        (13, None, 9, 0, "unmet", "unmet"),
        (14, None, 1, 0, "partial", "partial"),
        (27, None, 1, 0, "partial", "partial"),
        (28, None, 1, 0, "met", "partial"),
        (28, 0, 9, 0, "partial", "partial"),
        (28, 0, 3, 1, "met", "partial"),
        (60, 28, 3, 1, "met", "met"),
        (5, None, 3, 1, "met", "partial"),
        (5, None, 2, 1, "unmet", "unmet"),
    ],
)
def test_age_quiet_days_and_releases_decide_the_soak(
    age: int, broke: int | None, releases: int, minors: int, either: str, both: str
) -> None:
    quiet = age if broke is None else broke
    for mode, state in (("either", either), ("both", both)):
        facts = SoakFacts(mode=mode, age_days=age, quiet_days=quiet, releases=releases, minors=minors)
        assert judge(SOAK, facts) == state


@pytest.mark.parametrize("mode", ["either", "both"])
def test_without_a_line_only_the_days_decide(mode: str) -> None:
    # Without a line, no number of releases is enough.
    probe = SoakProbe(date=dt.date(2026, 11, 1), days=28, releases=0, minors=0)
    for age, state in ((13, "unmet"), (14, "partial"), (27, "partial"), (28, "met")):
        assert judge(probe, SoakFacts(mode=mode, age_days=age, quiet_days=age)) == state


QUIET_DAYS = "28 days without a breaking commit"


@pytest.mark.parametrize(
    ("probe", "either", "both"),
    [
        (
            SoakProbe(line="v2.*", minors=0),
            f"met after {QUIET_DAYS} or 3 stable releases; partial from 14 quiet days, or 28 days of age",
            f"met after {QUIET_DAYS} and 3 stable releases; "
            "partial from 14 quiet days, or 28 days of age, or 3 stable releases",
        ),
        (
            SoakProbe(line="v2.*", releases=4, releases_partial=1, days_partial=0),
            f"met after {QUIET_DAYS} or 4 stable releases with 1 new minor; "
            "partial from 1 stable release with 1 new minor",
            f"met after {QUIET_DAYS} and 4 stable releases with 1 new minor; "
            f"partial from 1 stable release with 1 new minor, or {QUIET_DAYS}",
        ),
        (SoakProbe(releases_partial=1, days_partial=0), f"met after {QUIET_DAYS}", f"met after {QUIET_DAYS}"),
    ],
)
def test_the_rule_names_each_condition(probe: SoakProbe, either: str, both: str) -> None:
    assert (rule(probe, Policy()), rule(probe, BOTH)) == (either, both)
