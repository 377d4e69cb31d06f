"""`churn`: counts equal those of git, and doubt is never met."""

import datetime as dt
from collections.abc import Iterator

import msgspec
import pytest

from pawtui.probes.kinds.churn_probe import judge_count, peak_window, rule, weekly_counts
from pawtui.probes.probe_facts import ChurnFacts
from pawtui.probes.rejudge import rejudge
from pawtui.sources.facts import Commit
from pawtui.tracker.probe_types import ChurnProbe, Limits
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import TODAY, World, facts_of, measure
from tests.sources.git.clones import git_source
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

SURFACES = {
    "runner": ("src/runner", "src/execution.ts"),
    "events": ("schema/event.ts", "src/event.ts"),
    "busy": ("busy.ts",),
}
BOTH = ChurnProbe(surfaces=("runner", "events"), days=28, met=5, partial=20)


def counted(git: GitRepo, sha: str, since: dt.date, *paths: str) -> int:
    """Return git's count of commits since the start of that UTC day."""
    return int(git.git("rev-list", "--count", f"--since={since}T00:00:00Z", sha, "--", *paths))


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """4,500 commits in 120 days, with some merges, a moved file, and a file that every commit touches."""
    git = GitRepo(tmp_path_factory.mktemp("big") / "up")
    git.commit({"src/event.ts": "0", "src/execution.ts": "0"}, at="2026-07-20")
    start = dt.datetime(2026, 7, 23, tzinfo=dt.UTC)
    for number in range(4500):
        at = start + dt.timedelta(minutes=number * 38.4)
        files: dict[str, str | None] = {"busy.ts": f"{number}"}
        if number % 17 == 0:
            files[f"src/runner/part{number % 5}.ts"] = f"{number}"
        if number % 61 == 0:
            files["src/event.ts" if number < 3400 else "schema/event.ts"] = f"{number}"
        if number == 3400:
            files |= {"src/event.ts": None, "schema/event.ts": f"{number}"}
        if number % 500 == 250:
            side = git.commit({"src/runner/side.ts": f"{number}"}, branch=f"side{number}", at=at)
            git.commit({**files, "src/runner/side.ts": f"{number}"}, at=at, merge=[side], message="merge a side")
        else:
            git.commit(files, at=at)
    with FakeGitHub() as fake:
        up = fake.add("up/stream", git)
        yield World(fake, up, up)


async def test_counts_equal_those_of_git(big: World) -> None:
    git, sha = big.up.git, big.up.git.sha("main")
    found = (await measure(big.source(), BOTH, surfaces=SURFACES)).reading
    facts = facts_of(found, ChurnFacts)
    since = TODAY - dt.timedelta(days=28)
    paths = (*SURFACES["runner"], *SURFACES["events"])
    assert facts.total == counted(git, sha, since, *paths) > 60
    by_name = {surface.name: surface for surface in facts.surfaces}
    for name in ("runner", "events"):
        assert by_name[name].count == counted(git, sha, since, *SURFACES[name])
    trend = TODAY - dt.timedelta(days=84)
    assert sum(facts.weeks) == counted(git, sha, trend, *paths)
    assert sum(by_name["events"].weeks) == counted(git, sha, trend, *SURFACES["events"])
    # The busiest window ends before the present one begins.
    windows = [trend + dt.timedelta(days=day) for day in range(28)]
    listed = [int(at) for at in git.git("log", "--format=%ct", sha, "--", *paths).split()]

    def until_now(day: dt.date) -> int:
        return sum(at >= dt.datetime.combine(day, dt.time(), dt.UTC).timestamp() for at in listed)

    most = max(until_now(day) - until_now(day + dt.timedelta(days=29)) for day in windows)
    assert facts.peak == most
    assert found.state == "unmet"
    newest = git.git("log", "-1", "--format=%H", sha, "--", *paths)
    assert found.evidence[0].pin == f"up/stream@{newest}"
    assert found.evidence[0].url.endswith(f"/commit/{newest}")
    assert found.gaps[-1] == f"{facts.total - 12} older commits not listed"
    assert found.gaps[0].startswith("src/event.ts did not exist all the time from ")


async def test_a_cut_list_is_never_met(big: World) -> None:
    # At most 3,000 commits are listed: all of the last 4 weeks, but not all of the last 14 weeks.
    probe = ChurnProbe(surfaces=("busy",), days=28, met=5000)
    # Enough requests to list the commits, and to find the branch's commit at the start of the window.
    found = (await measure(big.source(budget=200), probe, surfaces=SURFACES)).reading
    since = TODAY - dt.timedelta(days=28)
    assert (found.state, facts_of(found, ChurnFacts).total) == ("met", counted(big.up.git, "main", since, "busy.ts"))
    assert found.summary.split(", ")[1].startswith("at most ")
    both = msgspec.structs.replace(probe, surfaces=("busy", "runner"), days=98)
    found = (await measure(big.source(), both, surfaces=SURFACES)).reading
    facts = facts_of(found, ChurnFacts)
    assert (found.state, facts.surfaces[0].count) == ("unknown", 3000)
    assert found.cause == "busy.ts: not all of its commits were listed, so the counts are minimums"
    assert found.cause == found.gaps[0]
    assert not any("peak" in gap for gap in found.gaps)
    # A share of the earlier peak of the other surface would be a guess.
    assert facts.peak > 0
    assert found.summary == f"at least {facts.total:,} commits in 98 days"


async def test_a_too_small_budget_is_not_met(big: World) -> None:
    probe = ChurnProbe(surfaces=("busy",), days=28, met=5000)
    found = await measure(big.source(), probe, surfaces=SURFACES)
    assert found.reading.state == "unknown"
    assert found.reading.cause.startswith("The commit of main on 2026-10-23 is not known yet")
    assert [str(error) for error in found.errors] == [found.reading.cause]


@pytest.mark.parametrize(
    ("total", "peak", "state"),
    [(5, 5, "met"), (6, 5, "partial"), (6, 24, "met"), (20, 20, "partial"), (21, 21, "unmet"), (21, 42, "partial")],
)
def test_total_and_peak_decide_the_state(total: int, peak: int, state: str) -> None:
    probe = ChurnProbe(surfaces=("a",), met=5, partial=20, met_share=0.25, partial_share=0.5)
    assert judge_count(probe, total, peak) == state
    assert rule(probe, Policy()) == (
        "met up to 5 commits or 25% of the earlier peak in 28 days, partial up to 20 commits or 50% of the earlier peak"
    )


def _commits(*days: int) -> list[Commit]:
    return [
        Commit(sha=f"{number:040}", at=dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days=day), subject="")
        for number, day in enumerate(days)
    ]


def test_peak_is_the_busiest_window_inside_the_history() -> None:
    commits = _commits(0, 20, 1, 31, 2, 30)
    start, end = dt.date(2026, 9, 1), dt.date(2026, 10, 3)
    assert peak_window(commits, start, end, 3) == (3, start)
    assert peak_window(commits, start + dt.timedelta(days=3), end, 11) == (3, dt.date(2026, 9, 21))
    # A window has `days` days and the first part of one more.
    assert peak_window(_commits(0, 3), start, end, 3) == (2, start)
    # It moves on by single commits.
    assert peak_window(_commits(0, 5, 6, 7), start, end, 3) == (3, dt.date(2026, 9, 6))
    # Commits on the last day or later do not count.
    assert peak_window(commits, start + dt.timedelta(days=3), dt.date(2026, 10, 2), 11) == (2, dt.date(2026, 9, 21))
    assert peak_window([], start, end, 28) == (0, None)


def test_weeks_end_with_today() -> None:
    assert weekly_counts(_commits(-1, 0, 6, 7, 13, 14), dt.date(2026, 9, 1), 2) == (2, 3)


@pytest.mark.parametrize(
    "probe",
    [
        BOTH,
        msgspec.structs.replace(BOTH, met=0),
        # The commits of this window become the earlier peak.
        ChurnProbe(surfaces=BOTH.surfaces, met_share=0.5, partial_share=5.0),
    ],
    ids=["commits", "none", "share"],
)
async def test_it_is_met_on_the_stated_day(up: FakeRepo, open_source: OpenSource, probe: ChurnProbe) -> None:
    up.git.commit({"src/runner/a.ts": "0", "schema/event.ts": "0"}, at="2026-06-01")
    for day in (*range(1, 20), 20, 20, 20):
        up.git.commit({"src/runner/a.ts": f"{day}"}, at=f"2026-11-{day:02}T23:59", message="fix: it")
    up.git.commit({"schema/event.ts": "1", "src/x": "1"}, at="2026-11-20T23:59:59")
    found = (await measure(open_source(), probe, surfaces=SURFACES)).reading
    assert found.state == "unmet"
    day = facts_of(found, ChurnFacts).met_on
    assert day is not None
    assert (await measure(open_source(), probe, surfaces=SURFACES, today=day)).reading.state == "met"
    before = (await measure(open_source(), probe, surfaces=SURFACES, today=day - dt.timedelta(days=1))).reading
    assert (before.state, facts_of(before, ChurnFacts).met_on) == ("partial", day)


async def test_the_window_opens_with_the_day(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/b.ts": "0"}, at="2026-10-21")
    up.git.commit({"src/runner/a.ts": "0", "schema/event.ts": "0"}, at="2026-10-22T23:59:59")
    up.git.commit({"src/runner/a.ts": "1"}, at="2026-10-23T00:00:00")
    found = (await measure(open_source(), BOTH, surfaces=SURFACES)).reading
    facts = facts_of(found, ChurnFacts)
    assert (facts.since, facts.total, facts.met_on) == (dt.date(2026, 10, 23), 1, None)
    assert {surface.name: surface.peak for surface in facts.surfaces} == {"runner": 2, "events": 1}
    assert (facts.peak_from, facts.weeks_from) == (dt.date(2026, 10, 21), dt.date(2026, 8, 28))
    assert found.state == "met"
    assert found.summary == "1 commit in 28 days, 50% of the earlier peak"
    assert found.rule == "met up to 5 commits in 28 days, partial up to 20 commits"


async def test_a_surface_younger_than_its_window_is_not_met(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "0"}, at="2026-06-01")
    up.git.commit({"schema/event.ts": "0"}, at="2026-10-23T00:00:01")
    found = (await measure(open_source(), BOTH, surfaces=SURFACES)).reading
    facts = facts_of(found, ChurnFacts)
    assert (found.state, facts.total, facts.met_on) == ("unmet", 1, None)
    assert facts.young == ("surface events was not in the branch on 2026-10-23",)
    assert found.summary == "surface events was not in the branch on 2026-10-23; 1 commit in 28 days"
    later = (await measure(open_source(), BOTH, surfaces=SURFACES, today=TODAY + dt.timedelta(days=1))).reading
    assert (later.state, facts_of(later, ChurnFacts).young) == ("met", ())


async def test_a_history_younger_than_its_window_is_not_met(up: FakeRepo, open_source: OpenSource) -> None:
    # The branch begins in the window, and merges another history that begins before it.
    older = up.git.commit({"src/event.ts": "0"}, branch="older", at="2026-06-01")
    up.git.commit({"README": "0"}, at="2026-11-01")
    up.git.commit({"src/event.ts": "0"}, at="2026-11-02", message="Merge older", merge=[older])
    probe = ChurnProbe(surfaces=("old",), days=28, met=5, partial=20)
    found = (await measure(open_source(), probe, surfaces={"old": ("src/event.ts",)})).reading
    assert (found.state, found.summary) == ("unmet", "the history begins after 2026-10-23; 0 commits in 28 days")


async def test_a_merge_of_older_commits_is_not_met(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    base = git.commit({"src/runner/a.ts": "0", "schema/event.ts": "0"}, at="2026-06-01")
    git.branch("side", base)
    side = git.commit({"schema/event.ts": "1"}, branch="side", at="2026-07-01")
    git.commit({"schema/event.ts": "1"}, at="2026-11-01", message="Merge side", merge=[side])
    # Git lists no commit of the window on this path: history simplification hides the merge.
    assert counted(git, "main", TODAY - dt.timedelta(days=28), "schema/event.ts") == 0
    found = (await measure(open_source(), BOTH, surfaces=SURFACES)).reading
    assert found.state == "unknown"
    assert found.cause == (
        "schema/event.ts changed since 2026-10-23 by a merge of older commits, which are not counted"
    )
    # A surface added by such a merge is young, although its commits are older.
    git.branch("older", base)
    older = git.commit({"src/event.ts": "1"}, branch="older", at="2026-07-02")
    git.commit({"src/event.ts": "1"}, at="2026-11-02", message="Merge older", merge=[older])
    probe = ChurnProbe(surfaces=("old",), days=28, met=5, partial=20)
    found = (await measure(open_source(), probe, surfaces={"old": ("src/event.ts",)})).reading
    assert found.state == "unmet"
    assert facts_of(found, ChurnFacts).young == ("surface old was not in the branch on 2026-10-23",)


async def test_a_surface_may_have_its_own_limits(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "0", "schema/event.ts": "0"}, at="2026-06-01")
    for number in range(3):
        up.git.commit({"schema/event.ts": f"{number} again"}, at=f"2026-11-1{number}")
    strict = ChurnProbe(
        surfaces=("runner", "events"), days=28, met=5, partial=20, limits={"events": Limits(met=1, partial=2)}
    )
    found = (await measure(open_source(), strict, surfaces=SURFACES)).reading
    assert (found.state, facts_of(found, ChurnFacts).total) == ("unmet", 3)
    assert {surface.name: surface.state for surface in facts_of(found, ChurnFacts).surfaces} == {
        "runner": None,
        "events": "unmet",
    }
    assert found.rule.endswith("; events: met up to 1 commit in 28 days, partial up to 2 commits")
    day = facts_of(found, ChurnFacts).met_on
    assert day is not None
    assert (await measure(open_source(), strict, surfaces=SURFACES, today=day)).reading.state == "met"
    before = await measure(open_source(), strict, surfaces=SURFACES, today=day - dt.timedelta(days=1))
    assert before.reading.state == "partial"


async def test_limits_of_single_surfaces_are_enough(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "0", "schema/event.ts": "0"}, at="2026-06-01")
    probe = ChurnProbe(surfaces=("runner", "events"), limits={"runner": Limits(met=1), "events": Limits(met=1)})
    found = (await measure(open_source(), probe, surfaces=SURFACES)).reading
    assert (found.state, found.rule) == (
        "met",
        "runner: met up to 1 commit in 28 days; events: met up to 1 commit in 28 days",
    )


async def test_a_young_surface_with_many_commits_is_young(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": "0"}, at="2026-06-01")
    for number in range(21):
        up.git.commit({"src/runner/a.ts": f"{number} again"}, at=f"2026-11-19T{number:02}:00")
    found = (await measure(open_source(), BOTH, surfaces=SURFACES)).reading
    young = "surface runner was not in the branch on 2026-10-23"
    assert (found.state, facts_of(found, ChurnFacts).young) == ("unmet", (young,))
    # A limit above its count does not make it calm.
    assert rejudge(msgspec.structs.replace(BOTH, met=99), found, Policy(), TODAY) == "unmet"


async def test_a_surface_added_and_removed_in_the_window_is_missing(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "0"}, at="2026-06-01")
    up.git.commit({"schema/event.ts": "0"}, at="2026-11-01")
    up.git.commit({"schema/event.ts": None}, at="2026-11-02")
    found = (await measure(open_source(), BOTH, surfaces=SURFACES)).reading
    assert found.state == "unknown"
    assert found.cause.startswith("path missing: schema/event.ts or src/event.ts does not exist at main @ ")


async def test_a_missing_surface_is_never_met(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "0", "src/event.ts": "0"}, at="2026-06-01")
    up.git.commit({"src/event.ts": None}, at="2026-06-02")
    found = await measure(open_source(), BOTH, surfaces=SURFACES)
    assert found.reading.state == "unknown"
    assert found.reading.cause.startswith("path missing: schema/event.ts or src/event.ts does not exist at main @ ")
    assert facts_of(found.reading, ChurnFacts).incomplete == (found.reading.cause,)
    assert not found.errors
    # An unmet state is certain in spite of the doubt.
    for number in range(21):
        up.git.commit({"src/runner/a.ts": f"{number} again"}, at=f"2026-11-19T{number:02}:00")
    reading = (await measure(open_source(), BOTH, surfaces=SURFACES)).reading
    assert (reading.state, facts_of(reading, ChurnFacts).total) == ("unmet", 21)
    assert reading.gaps[0].startswith("path missing")


async def test_a_failed_list_is_not_an_empty_list(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "0", "schema/event.ts": "0"}, at="2026-06-01")
    fake.fail("/commits?", 404, "Not Found", times=None)
    found = await measure(open_source(), BOTH, surfaces=SURFACES)
    assert found.reading.state == "unknown"
    assert found.errors
    assert "Cannot find the commits of " in found.reading.cause
    assert found.reading.rule.startswith("met up to 5 commits")


async def test_commits_on_one_path_do_not_hide_a_merge_of_older_commits_on_another(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.commit({"src/a.ts": "0", "src/b.ts": "0"}, at="2026-06-01")
    git.branch("side", "main")
    side = git.commit({"src/b.ts": "1"}, branch="side", at="2026-08-01", message="feat: long ago")
    git.commit({"src/a.ts": "1"}, at="2026-11-01", message="fix: a")
    git.commit({"src/b.ts": "1"}, at="2026-11-02", message="Merge side", merge=[side])
    probe = ChurnProbe(surfaces=("both",), days=28, met=8, partial=20)
    found = (await measure(open_source(), probe, surfaces={"both": ("src/a.ts", "src/b.ts")})).reading
    assert found.state == "unknown"
    assert found.cause == "src/b.ts changed since 2026-10-23 by a merge of older commits, which are not counted"


@pytest.mark.parametrize(("day", "state"), [("2026-06-01", "unknown"), ("2026-11-01", "met")])
async def test_a_surface_whose_files_have_new_names_is_not_young(up: FakeRepo, day: str, state: str) -> None:
    up.git.commit({"docs/api.rst": "0"}, at="2026-01-01")
    up.git.branch("side", "main")
    renamed: dict[str, str | None] = {"docs/api.rst": None, "docs/api.md": "0"}
    up.git.commit(renamed, at="2026-11-02", merge=[up.git.commit(renamed, branch="side", at=day)])
    probe = ChurnProbe(surfaces=("api",), days=28, met=5)
    surfaces = {"api": ("docs/api.*",)}
    async with git_source(("up/stream", up.git)) as source:
        found = (await measure(source, probe, surfaces=surfaces)).reading
    assert (found.state, facts_of(found, ChurnFacts).young) == (state, ())


@pytest.mark.parametrize("glob", ["src/*", "src/*.ts"])
async def test_a_folder_does_not_show_that_files_of_a_glob_existed(up: FakeRepo, glob: str) -> None:
    up.git.commit({"src/tests.ts/a": "0"}, at="2026-06-01")
    up.git.commit({"src/a.ts": "0"}, at="2026-11-02")
    async with git_source(("up/stream", up.git)) as source:
        probe = ChurnProbe(surfaces=("api",), days=28, met=5)
        found = (await measure(source, probe, surfaces={"api": (glob,)})).reading
    young = "surface api was not in the branch on 2026-10-23"
    assert (found.state, facts_of(found, ChurnFacts).young) == ("unmet", (young,))


async def test_a_path_with_a_decomposed_accent_is_the_path_in_git(up: FakeRepo, open_source: OpenSource) -> None:
    path = "src/cafe\u0301.ts"
    up.git.commit({path: "0"}, at="2026-01-01")
    for day in (10, 11, 12):
        up.git.commit({path: str(day)}, at=f"2026-11-{day}")
    probe = ChurnProbe(surfaces=("all",), days=28, met=5)
    surfaces = {"all": (path,)}
    found = (await measure(open_source(), probe, surfaces=surfaces)).reading
    async with git_source(("up/stream", up.git)) as source:
        cloned = (await measure(source, probe, surfaces=surfaces)).reading
    assert [(reading.state, facts_of(reading, ChurnFacts).total, reading.gaps) for reading in (found, cloned)] == [
        ("met", 3, ())
    ] * 2
