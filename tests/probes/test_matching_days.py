"""`soak` with `file` and `pattern`: the window is not open while the new runtime is not the default."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal, cast

import pytest
from msgspec.structs import replace

from pawtui.probes.kinds.soak_probe import rule
from pawtui.probes.matching_days import MatchingSince, matching_since
from pawtui.probes.probe_facts import FileRead, SoakFacts
from pawtui.probes.rejudge import rejudge
from pawtui.probes.repo_reader import PastBranch, RepoReader
from pawtui.sources.facts import Commit, Commits, Tree, TreeEntry
from pawtui.sources.github.github_source import BUDGET_WITH_TOKEN
from pawtui.sources.source_errors import BeginsLater
from pawtui.tracker.probe_types import SoakProbe
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import TODAY, MeasureBoth, facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

CLI = "cli/package.json"
PROBE = SoakProbe(line="v2.*", days=28, days_partial=14, releases=3, minors=0, file=CLI, pattern='"main":')
DEFAULT, BETA = '{"bin": {"main": "x"}}\n', '{"bin": {"beta": "x"}}\n'


def _switched(up: FakeRepo, *changes: tuple[str, str]) -> None:
    """Commit the texts of the file on these days, and a release on 2026-10-01."""
    up.git.commit({CLI: BETA}, at="2026-06-01")
    for day, text in changes:
        up.git.commit({CLI: text}, at=day)
        if day == "2026-10-01":
            up.git.tag("v2.0.0")


@pytest.mark.parametrize(
    ("changes", "quiet_days", "state"),
    [
        # It is the default since the release.
        ([("2026-10-01", DEFAULT)], 50, "met"),
        # Reverted, and switched again three days later.
        ([("2026-10-01", DEFAULT), ("2026-10-24", BETA), ("2026-10-27", DEFAULT)], 24, "partial"),
        ([("2026-10-01", DEFAULT), ("2026-10-05", BETA), ("2026-11-10", DEFAULT)], 10, "unmet"),
        # A later change keeps it.
        (
            [("2026-10-01", DEFAULT), ("2026-10-25", BETA), ("2026-10-27", DEFAULT), ("2026-11-10", DEFAULT + " ")],
            24,
            "partial",
        ),
        # Long ago.
        ([("2026-10-01", DEFAULT), ("2026-10-05", BETA), ("2026-10-07", DEFAULT)], 50, "met"),
        # Switched later than released.
        ([("2026-10-01", BETA), ("2026-11-02", DEFAULT)], 18, "partial"),
        # Days are whole: 28 days ago is long enough.
        ([("2026-10-01", BETA), ("2026-10-23", DEFAULT)], 50, "met"),
        ([("2026-10-01", BETA), ("2026-10-24", DEFAULT)], 27, "partial"),
        # It is not the default now.
        ([("2026-10-01", DEFAULT), ("2026-11-10", BETA)], 0, "unmet"),
        # A change that keeps it.
        ([("2026-10-01", DEFAULT), ("2026-11-10", DEFAULT + " ")], 50, "met"),
    ],
)
async def test_days_before_the_last_switch_do_not_count(
    up: FakeRepo, both: MeasureBoth, changes: list[tuple[str, str]], quiet_days: int, state: str
) -> None:
    _switched(up, *changes)
    found = await both(PROBE)
    facts = facts_of(found, SoakFacts)
    assert (found.state, facts.quiet_days, facts.age_days) == (state, quiet_days, quiet_days)
    is_later = quiet_days < 50
    assert facts.anchor == (str(dt.date(2026, 11, 20) - dt.timedelta(days=quiet_days)) if is_later else "v2.0.0")
    assert len([gap for gap in found.gaps if "earlier days and releases do not count" in gap]) == is_later
    # Only the needed days are read.
    unread = f"{CLI} was not read before 2026-10-24: earlier days and releases may not count"
    assert (unread in found.gaps, found.summary.startswith("28 or more quiet days, ")) == (not is_later, not is_later)
    assert rejudge(PROBE, found, Policy(), TODAY) == state
    if not is_later:
        assert facts.file_read == FileRead(since=dt.date(2026, 10, 24))
        assert rejudge(replace(PROBE, days=29), found, Policy(), TODAY) == "unknown"


async def test_releases_before_the_last_switch_do_not_count(up: FakeRepo, both: MeasureBoth) -> None:
    _switched(up, ("2026-10-01", DEFAULT), ("2026-10-24", BETA))
    for number in range(3):
        up.git.tag(f"v2.0.{number + 1}", up.git.commit({"README.md": str(number)}, at=f"2026-10-2{number + 4}"))
    up.git.commit({CLI: DEFAULT}, at="2026-11-10")
    up.git.tag("v2.0.4", up.git.commit({"README.md": "9"}, at="2026-11-12"))
    facts = facts_of(await both(PROBE), SoakFacts)
    assert (facts.releases, facts.releases_closed, facts.anchor) == (1, False, "2026-11-10")


@pytest.mark.parametrize("soak", ["either", "both"])
@pytest.mark.parametrize(
    ("switch", "releases", "state"),
    [
        # Released as the default: releases count, also those before the last 28 days.
        ("2026-10-01", 3, "met"),
        # Switched after the releases, and before the last 28 days.
        ("2026-10-12", 0, "partial"),
    ],
)
async def test_releases_before_an_older_switch_do_not_count(
    up: FakeRepo, open_source: OpenSource, switch: str, releases: int, state: str, soak: Literal["either", "both"]
) -> None:
    up.git.commit({CLI: BETA, "core/a.ts": "1"}, at="2026-06-01")
    if switch == "2026-10-01":
        up.git.commit({CLI: DEFAULT}, at=switch)
    for number in range(3):
        up.git.tag(f"v2.0.{number}", up.git.commit({"README.md": str(number)}, at=f"2026-10-0{number + 4}"))
    if switch != "2026-10-01":
        up.git.commit({CLI: DEFAULT}, at=switch)
    # The releases decide: alone after a break, or together with the days.
    up.git.commit({"core/a.ts": "2"}, at="2026-11-15", message="feat!: break" if soak == "either" else "feat: more")
    probe = replace(PROBE, surfaces=("runner",), breaking="!:")
    measured = await measure(open_source(), probe, surfaces={"runner": ("core",)}, policy=Policy(soak=soak))
    found = measured.reading
    assert (found.state, facts_of(found, SoakFacts).releases) == (state, releases)


@pytest.mark.parametrize("soak", ["either", "both"])
async def test_only_the_newest_releases_are_judged_with_another_threshold(
    up: FakeRepo, open_source: OpenSource, soak: Literal["either", "both"]
) -> None:
    up.git.commit({CLI: DEFAULT, "core/a.ts": "1"}, at="2026-06-01")
    for name, day in (("v2.0.0", "08-01"), ("v2.0.1", "10-04"), ("v2.1.0", "10-05"), ("v2.1.1", "10-06")):
        up.git.tag(name, up.git.commit({"README.md": day}, at=f"2026-{day}"))
    up.git.commit({"core/a.ts": "2"}, at="2026-11-15", message="feat!: break" if soak == "either" else "feat: more")
    probe = replace(PROBE, surfaces=("runner",), breaking="!:")
    measured = await measure(open_source(), probe, surfaces={"runner": ("core",)}, policy=Policy(soak=soak))
    found = measured.reading
    facts = facts_of(found, SoakFacts)
    assert (facts.releases, facts.file_read) == (4, FileRead(since=dt.date(2026, 10, 4), releases=3, minors=1))
    states = [rejudge(replace(probe, releases=count), found, Policy(soak=soak), TODAY) for count in (3, 4)]
    assert (found.state, states) == ("met", ["met", "unknown"])


async def test_a_minor_version_before_an_older_switch_does_not_count(up: FakeRepo, both: MeasureBoth) -> None:
    up.git.commit({CLI: BETA, "core/a.ts": "1"}, at="2026-06-01")
    for name, day in (("v2.0.0", "02"), ("v2.1.0", "04"), ("v2.1.1", "14"), ("v2.1.2", "15"), ("v2.1.3", "16")):
        if day == "14":
            up.git.commit({CLI: DEFAULT}, at="2026-10-12")
        up.git.tag(name, up.git.commit({"README.md": name}, at=f"2026-10-{day}"))
    up.git.commit({"core/a.ts": "2"}, at="2026-11-15", message="feat!: break")
    probe = replace(PROBE, minors=1, surfaces=("runner",), breaking="!:")
    found = await both(probe, {"runner": ("core",)})
    facts = facts_of(found, SoakFacts)
    assert (found.state, facts.releases, facts.minors, facts.anchor) == ("partial", 3, 0, "2026-10-12")


async def test_releases_for_a_partial_state_do_not_count_before_an_older_switch(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({CLI: BETA, "core/a.ts": "1"}, at="2026-06-01")
    for number in range(2):
        up.git.tag(f"v2.0.{number}", up.git.commit({"README.md": str(number)}, at=f"2026-10-0{number + 4}"))
    up.git.commit({CLI: DEFAULT}, at="2026-10-12")
    up.git.commit({"core/a.ts": "2"}, at="2026-11-15", message="feat!: break")
    probe = replace(PROBE, releases_partial=2, days_partial=0, surfaces=("runner",), breaking="!:")
    found = (await measure(open_source(), probe, surfaces={"runner": ("core",)})).reading
    assert (found.state, facts_of(found, SoakFacts).releases) == ("unmet", 0)


async def test_releases_before_an_older_switch_do_not_count_if_the_quiet_days_are_uncertain(
    up: FakeRepo, both: MeasureBoth
) -> None:
    up.git.commit({CLI: BETA, "core/a.ts": "1"}, at="2026-06-01")
    for number in range(3):
        up.git.tag(f"v2.0.{number}", up.git.commit({"README.md": str(number)}, at=f"2026-10-0{number + 4}"))
    up.git.commit({CLI: DEFAULT}, at="2026-10-12")
    probe = replace(PROBE, surfaces=("runner", "lost"), breaking="!:")
    found = await both(probe, {"runner": ("core",), "lost": ("lost",)})
    assert (found.state, facts_of(found, SoakFacts).releases) == ("unknown", 0)


async def test_a_late_switch_that_was_undone_in_the_window_counts(up: FakeRepo, both: MeasureBoth) -> None:
    _switched(up, ("2026-10-01", DEFAULT))
    up.git.branch("side", "main")
    side = up.git.commit({CLI: BETA}, branch="side", at="2026-10-02")
    up.git.commit({"README.md": "1"}, at="2026-11-04")
    up.git.commit({CLI: BETA}, at="2026-11-05", message="Merge side", merge=[side])
    up.git.commit({CLI: DEFAULT}, at="2026-11-10")
    facts = facts_of(await both(PROBE), SoakFacts)
    assert (facts.anchor, facts.quiet_days) == ("2026-11-10", 10)


async def test_the_day_of_a_merge_of_older_commits_is_not_known(up: FakeRepo, both: MeasureBoth) -> None:
    _switched(up, ("2026-10-01", BETA))
    up.git.branch("side", "main")
    side = up.git.commit({CLI: DEFAULT}, branch="side", at="2026-10-02")
    up.git.commit({"README.md": "1"}, at="2026-11-09")
    up.git.commit({CLI: DEFAULT}, at="2026-11-10", message="Merge side", merge=[side])
    found = await both(PROBE)
    cause = f"{CLI} changed since 2026-10-24 by a merge of older commits: the day is not known"
    assert (found.state, found.cause) == ("unknown", cause)


async def test_a_missing_file_or_past_text_leaves_the_days_unknown(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    _switched(up, ("2026-10-01", DEFAULT), ("2026-11-10", DEFAULT + " "))
    past = up.git.git("rev-parse", "HEAD~1:cli/package.json")
    fake.fail(f"/git/blobs/{past}", 500, times=None)
    found = await measure(open_source(), PROBE)
    assert (found.reading.state, len(found.errors)) == ("unknown", 1)
    assert found.reading.cause
    fake.clear()
    missing = (await measure(open_source(), replace(PROBE, file="no.json | none.json"))).reading
    assert (missing.state, missing.summary) == ("unknown", "path missing")
    either = replace(PROBE, file=f"no.json | {CLI}")
    assert (await measure(open_source(), either)).reading.state == "met"


def test_the_rule_names_the_file() -> None:
    assert rule(PROBE, Policy()).startswith(
        "met after 28 days without a breaking commit or 3 stable releases"
        f", while {CLI} matches '\"main\":'; partial from"
    )


async def test_a_cut_list_of_changes_leaves_the_days_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    _switched(up, ("2026-10-01", DEFAULT))
    for number in range(120):
        up.git.commit({CLI: DEFAULT + " " * number}, at=f"2026-11-15T{number // 60:02}:{number % 60:02}")
    # Not enough requests for the second page of the list.
    found = (await measure(open_source(budget=12), PROBE)).reading
    assert facts_of(found, SoakFacts).quiet_at_most
    assert found.summary.startswith("at most 50 quiet days")
    assert (found.state, found.cause) == ("unknown", f"{CLI}: not all of its commits since 2026-10-24 were listed")


async def test_past_days_that_are_not_read_leave_the_days_unknown_until_the_next_refresh(
    up: FakeRepo, open_source: OpenSource
) -> None:
    changes = [(f"2026-11-{day:02}", DEFAULT + " " * day) for day in range(1, 20, 2)]
    _switched(up, ("2026-10-01", DEFAULT), *changes)
    causes = []
    for _ in range(2):
        found = (await measure(open_source(budget=25), PROBE)).reading
        causes.append(found.cause)
        assert found.state == ("unknown" if found.cause else "met")
    assert (await measure(open_source(budget=BUDGET_WITH_TOKEN, cache=None), PROBE)).reading.state == "met"
    assert causes == [f"{CLI} was not read on 2026-11-08 and before: too few requests left. Refresh again", ""]


async def test_past_days_that_were_read_before_cost_no_requests(up: FakeRepo, open_source: OpenSource) -> None:
    _switched(up, ("2026-10-01", DEFAULT), *((f"2026-11-{day:02}", DEFAULT + " " * day) for day in range(1, 20, 2)))
    budgets = (BUDGET_WITH_TOKEN, 12)
    states = [(await measure(open_source(budget=budget), PROBE)).reading.state for budget in budgets]
    assert states == ["met", "met"]


async def test_the_first_day_is_read_even_with_few_requests_left(up: FakeRepo, open_source: OpenSource) -> None:
    _switched(up, ("2026-10-01", DEFAULT))
    found = (await measure(open_source(budget=11), PROBE)).reading
    assert (found.state, found.cause) == ("met", "")


async def test_a_gap_that_was_read_is_enough(up: FakeRepo, open_source: OpenSource) -> None:
    changes = [(f"2026-11-{day:02}", DEFAULT + " " * day) for day in range(1, 20, 2)]
    _switched(up, ("2026-10-01", DEFAULT), *changes[:8], ("2026-11-17", BETA), changes[-1])
    found = (await measure(open_source(budget=45), PROBE)).reading
    assert (found.state, facts_of(found, SoakFacts).anchor) == ("unmet", "2026-11-19")


async def test_a_release_at_the_start_of_the_day_of_the_switch_counts(up: FakeRepo, both: MeasureBoth) -> None:
    _switched(up, ("2026-10-01", BETA))
    up.git.tag("v2.0.1", up.git.commit({"README.md": "1"}, at="2026-11-09T23:59"))
    up.git.tag("v2.0.2", up.git.commit({"README.md": "2"}, at="2026-11-10T00:00"))
    up.git.commit({CLI: DEFAULT}, at="2026-11-10T12:00")
    facts = facts_of(await both(PROBE), SoakFacts)
    assert (facts.anchor, facts.releases) == ("2026-11-10", 1)


SINCE = dt.date(2026, 10, 24)
START = dt.datetime(2026, 10, 24, tzinfo=dt.UTC)


class Reader:
    """A branch that began at the start of the day `begun`, with a file that always matches."""

    today = TODAY

    def __init__(self, listing: Commits, begun: dt.date) -> None:
        self._listing, self._begun = listing, begun
        self.source = self

    async def first_entries(self, paths: Sequence[str]) -> list[tuple[str, TreeEntry]]:
        return [("a.txt", TreeEntry("1", "blob"))]

    async def tree(self) -> Tree:
        return Tree(sha="c" * 40, entries={"a.txt": TreeEntry("1", "blob")})

    async def commits(self, path: str, since: dt.date) -> Commits:
        return self._listing

    async def past(self, day: dt.date, *, optional: bool) -> PastBranch:
        if day < self._begun:
            raise BeginsLater("young")
        return PastBranch(day=day, sha="1" * 40, found_by="first parents", tree=await self.tree())

    async def blob_text(self, path: str, entry: TreeEntry, at: str, *, optional: bool) -> str:
        return "main"

    def requests_left(self) -> int:
        return 100


@pytest.mark.parametrize(
    ("last", "complete", "begun", "found"),
    [
        (START, True, SINCE, MatchingSince()),
        # The list is cut at the start of the day: there may be more commits of that second.
        (START, False, SINCE, MatchingSince(cause="a.txt: not all of its commits since 2026-10-24 were listed")),
        (START - dt.timedelta(seconds=1), False, SINCE, MatchingSince()),
        # The file did not match before the branch began.
        (START + dt.timedelta(days=2), True, SINCE + dt.timedelta(days=1), MatchingSince(dt.date(2026, 10, 26))),
    ],
)
async def test_a_file_matches_all_the_time_only_if_the_branch_and_all_commits_are_known(
    last: dt.datetime, complete: bool, begun: dt.date, found: MatchingSince
) -> None:
    items = (Commit(sha="2", at=START + dt.timedelta(days=9), subject="c"), Commit(sha="1", at=last, subject="c"))
    reader = Reader(Commits(path="a.txt", since=SINCE, items=items, complete=complete), begun)
    assert await matching_since(cast(RepoReader, reader), "a.txt", "main", SINCE) == found
