"""Readings of unusual histories: equal from GitHub's API and from a clone, and never `met` without the facts."""

import datetime as dt

import pytest

from pawtui.probes.probe_facts import ChurnFacts, NewFilesFacts, PathsFacts, PullsFacts, SoakFacts, SubjectsFacts
from pawtui.tracker.probe_types import (
    ChurnProbe,
    Limits,
    NewFilesProbe,
    PathsProbe,
    Probe,
    PullsProbe,
    SoakProbe,
    SubjectsProbe,
)
from tests.probes.measuring import MeasureBoth, facts_of, measure
from tests.sources.git.clones import UP, git_source
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import Link, Submodule

OUTSIDE = [
    ("sub", "sub is a submodule"),
    ("sub/lib/a.c", "sub is a submodule"),
    ("link", "link is a symbolic link"),
    ("docs/link/f", "docs/link is a symbolic link"),
    ("docs/link/*.md", "docs/link is a symbolic link"),
]


@pytest.mark.parametrize(("path", "what"), OUTSIDE)
async def test_the_inside_of_a_submodule_or_link_is_not_known(
    up: FakeRepo, both: MeasureBoth, path: str, what: str
) -> None:
    git = up.git
    git.commit({"sub": Submodule("1" * 40), "link": Link("d"), "docs/link": Link("../d"), "d/f": "1"}, at="2026-06-01")
    where = f"{what} at main @ {git.sha('main')[:10]}"
    found = await both(NewFilesProbe(paths=(path,), days=28))
    assert (found.state, found.cause) == ("unknown", f"{where}: the files inside are not known")
    if "*" not in path:
        found = await both(ChurnProbe(surfaces=("a",), days=28, met=5), {"a": (path, "d")})
        assert (found.state, found.cause) == ("unknown", f"{where}: the commits to the files inside are not counted")
    if "/" in path:
        found = await both(PathsProbe(absent=(path,)))
        assert (found.state, found.cause) == ("unknown", f"{where}: the files inside are not known")
    else:
        assert (await both(PathsProbe(absent=(path,)))).state == "unmet"
        assert (await both(PathsProbe(exist=(path,)))).state == "met"


async def test_a_glob_matches_submodules_and_links(up: FakeRepo, both: MeasureBoth) -> None:
    up.git.commit({"sub": Submodule("1" * 40), "subtle": Link("d"), "d/f": "1"}, at="2026-06-01")
    found = await both(PathsProbe(absent=("sub*",)))
    assert (found.state, facts_of(found, PathsFacts).paths) == ("unmet", {"sub*": "1" * 40})
    # A submodule has no page in this repository: the link shows its history.
    sha = up.git.sha("main")
    pages = [item.url.removeprefix("https://github.com/up/stream/") for item in found.evidence]
    assert pages == [f"commits/{sha}/sub", f"blob/{sha}/subtle"]


async def test_new_submodules_and_links_are_new_and_changed_submodules_are_not_known(
    up: FakeRepo, both: MeasureBoth
) -> None:
    probe = NewFilesProbe(paths=("lib",), days=28, met=1)
    up.git.commit({"lib/a": "1", "lib/sub": Submodule("1" * 40), "lib/link": Link("a")}, at="2026-06-01")
    assert (await both(probe)).state == "met"
    up.git.commit({"lib/more": Submodule("2" * 40), "lib/other": Link("a")}, at="2026-11-01")
    found = await both(probe)
    assert (found.state, facts_of(found, NewFilesFacts).new) == ("unmet", ("lib/other", "lib/more"))
    up.git.commit({"lib/sub": Submodule("3" * 40), "lib/other": None}, at="2026-11-02")
    found = await both(probe)
    assert found.state == "unknown"
    assert found.cause == "lib/sub is a submodule that changed since 2026-10-23: new files inside are not known"


def _merge_of_late_commits(up: FakeRepo, *, others: int = 0) -> None:
    """Merge two commits of August on 1 November, next to a commit of the window, after `others` of September."""
    git = up.git
    git.commit({"src/a": "0", "src/b": "0"}, at="2026-06-01")
    git.branch("side", "main")
    git.commit({"src/b": "1"}, branch="side", at="2026-08-01", message="feat: one (#1)")
    side = git.commit({"src/b": "2"}, branch="side", at="2026-08-02", message="feat!: two")
    for number in range(others):
        git.commit({"other": f"{number}"}, at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC) + dt.timedelta(hours=number))
    git.commit({"src/a": "1"}, at="2026-10-30", message="fix: a")
    git.commit({"src/b": "2"}, at="2026-11-01", message="Merge side", merge=[side])


LATE = "src changed since {} by a merge of older commits, which are not counted"
SRC = {"src": ("src",)}


@pytest.mark.parametrize(
    ("probe", "state"),
    [
        (ChurnProbe(surfaces=("src",), days=28, met=2), "unknown"),
        (ChurnProbe(surfaces=("src",), days=28, met=3), "unknown"),
        (ChurnProbe(surfaces=("src",), days=28, met=4), "met"),
        (ChurnProbe(surfaces=("src",), days=28, limits={"src": Limits(met=3)}), "unknown"),
        (ChurnProbe(surfaces=("src",), days=28, limits={"src": Limits(met=4)}), "met"),
        (ChurnProbe(surfaces=("src",), days=28, met=4, met_week=3), "unknown"),
        # A commit more would be unmet: partial is not certain either.
        (ChurnProbe(surfaces=("src",), days=28, met=0, partial=3), "unknown"),
        (ChurnProbe(surfaces=("src",), days=28, met=0, partial=1), "unmet"),
        (SubjectsProbe(surfaces=("src",), pattern="!:", days=28, met=0), "unknown"),
        (SubjectsProbe(surfaces=("src",), pattern="!:", days=28, met=1), "met"),
        (SubjectsProbe(surfaces=("src",), pattern="one", breaking="!:", days=28, met=2), "unknown"),
        (SubjectsProbe(surfaces=("src",), pattern="BREAKING", days=28, met=0), "met"),
        # Breaking commits of August began to count in November.
        (SoakProbe(date=dt.date(2026, 10, 1), days=28, surfaces=("src",), breaking="!:"), "unknown"),
        (SoakProbe(date=dt.date(2026, 7, 1), days=28, surfaces=("src",), breaking="!:"), "unknown"),
        (SoakProbe(date=dt.date(2026, 10, 1), days=28, surfaces=("src",), breaking="BREAKING"), "met"),
        (SoakProbe(date=dt.date(2026, 10, 1), days=19, surfaces=("src",), breaking="!:"), "met"),
        (SoakProbe(date=dt.date(2026, 10, 1), days=20, surfaces=("src",), breaking="^fix"), "met"),
        (SoakProbe(date=dt.date(2026, 10, 1), days=60, surfaces=("src",), breaking="!:"), "unknown"),
    ],
)
async def test_commits_that_were_merged_in_the_window_are_a_cause_if_the_state_could_change(
    up: FakeRepo, both: MeasureBoth, probe: Probe, state: str
) -> None:
    _merge_of_late_commits(up)
    found = await both(probe, SRC)
    assert found.state == state
    causes = [LATE.format(day) for day in ("2026-10-23", "2026-10-24", "2026-10-02")]
    assert found.cause in (causes if state == "unknown" else [""])


@pytest.mark.parametrize(
    ("probe", "state"),
    [
        (SoakProbe(date=dt.date(2026, 7, 1), days=28, days_partial=0, surfaces=("src",), breaking="!:"), "unmet"),
        (SoakProbe(date=dt.date(2026, 7, 1), days=28, surfaces=("src",)), "met"),
        (SubjectsProbe(surfaces=("src",), pattern="nothing", breaking="!:", met=1), "partial"),
        (SubjectsProbe(surfaces=("src",), pattern="nothing", met=1), "met"),
    ],
)
async def test_a_footer_marks_a_breaking_commit(up: FakeRepo, both: MeasureBoth, probe: Probe, state: str) -> None:
    up.git.commit({"src/a": "0"}, at="2026-06-01")
    message = "feat: other options\n\nBREAKING CHANGE: the old options are gone"
    commit = up.git.commit({"src/a": "1"}, at="2026-11-10", message=message)
    found = await both(probe, SRC)
    assert found.state == state
    if state != "met":
        assert f"{commit.sha[:10]}  feat: other options  BREAKING CHANGE" in [item.text for item in found.evidence]


async def test_a_clone_knows_the_merged_commits_of_a_wildcard(up: FakeRepo, open_source: OpenSource) -> None:
    _merge_of_late_commits(up)
    up.git.commit({"src/b": None}, at="2026-11-05")
    async with git_source((UP, up.git)) as source:
        probes = [ChurnProbe(surfaces=("all",), days=28, met=most) for most in (4, 5)]
        found, enough = [(await measure(source, probe, surfaces={"all": ("src/*",)})).reading for probe in probes]
    assert (found.state, found.summary) == ("unknown", "3 commits in 28 days")
    assert found.cause == LATE.replace("src", "src/*").format("2026-10-23")
    assert enough.state == "met"


@pytest.mark.parametrize(("most", "state"), [(3, "unknown"), (4, "met")])
async def test_pull_requests_that_were_merged_in_the_window_are_a_cause_if_the_state_could_change(
    up: FakeRepo, open_source: OpenSource, most: int, state: str
) -> None:
    _merge_of_late_commits(up)
    # The window has two commits without a number. The merged branch has two more commits.
    found = (await measure(open_source(), PullsProbe(surfaces=("src",), days=28, met=most), surfaces=SRC)).reading
    assert (found.state, found.cause) == (state, "" if state == "met" else LATE.format("2026-10-23"))


async def test_merged_commits_that_cannot_be_listed_are_a_cause(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    # More commits than a page of the branch's history has.
    _merge_of_late_commits(up, others=120)
    probe = ChurnProbe(surfaces=("src",), days=28, met=3)
    found = await measure(open_source(cache=None), probe, surfaces=SRC)
    assert (found.reading.cause, len(fake.requests("/compare/"))) == (LATE.format("2026-10-23"), 1)
    fake.fail("/compare/", 500, times=None)
    found = await measure(open_source(cache=None), probe, surfaces=SRC)
    assert (found.reading.state, len(found.errors)) == ("unknown", 1)


@pytest.mark.parametrize("merges", [False, True])
async def test_a_short_history_costs_no_request(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource, merges: bool
) -> None:
    if merges:
        _merge_of_late_commits(up)
    else:
        up.git.commit({"src/a": "0"}, at="2026-06-01")
        up.git.commit({"src/a": "1"}, at="2026-11-01")
    found = (await measure(open_source(), ChurnProbe(surfaces=("src",), days=28, met=9), surfaces=SRC)).reading
    assert found.state == "met"
    assert not fake.requests("/compare/")


async def test_late_commits_of_a_range_equal_those_of_git(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.commit({"a": "0"}, at="2026-01-01")
    git.branch("side", "main")
    for number in range(150):
        git.commit({"a": f"{number}"}, branch="side", at=dt.datetime(2026, 2, 1) + dt.timedelta(hours=number))
    side = git.commit({"a": "x"}, branch="side", at="2026-11-01")
    for number in range(320):
        git.commit({"b": f"{number}"}, at=dt.datetime(2026, 10, 1) + dt.timedelta(hours=number))
    git.commit({"a": "x"}, at="2026-11-02", message="Merge side", merge=[side])
    base, head, day = git.sha("main~321"), git.sha("main"), dt.date(2026, 10, 3)
    expected = git.git("rev-list", "--before=2026-10-02T23:59:59Z", f"{base}..{head}").split()
    async with open_source() as api, git_source((UP, git)) as clone:
        for source in (api, clone):
            assert (await source.late_commits(UP, base, head, day)).keys() == set(expected)
    assert len(expected) == 150 + 48
    # The third page of the 472 commits has only later commits.
    assert len(fake.requests("/compare/")) == 2


async def test_commits_that_an_earlier_merge_brought_are_not_counted_again(
    fake: FakeGitHub, up: FakeRepo, both: MeasureBoth
) -> None:
    git = up.git
    git.commit({"src/a": "0", "src/b": "0"}, at="2026-06-01")
    git.branch("side", "main")
    first = git.commit({"src/b": "1"}, branch="side", at="2026-08-01", message="feat!: one")
    git.commit({"src/a": "1"}, at="2026-08-02")
    git.commit({"src/b": "1"}, at="2026-08-05", message="Merge side", merge=[first])
    second = git.commit({"src/b": "2"}, branch="side", at="2026-10-30", message="fix: two")
    git.commit({"src/b": "2"}, at="2026-11-01", message="Merge side again", merge=[second])
    found = await both(SubjectsProbe(surfaces=("src",), pattern="!:", days=28, met=0), SRC)
    assert (found.state, found.cause) == ("met", "")
    assert not fake.requests("/compare/")


GLOB = {"all": ("src/*.ts",)}


def _files_that_came_and_went(up: FakeRepo) -> None:
    git = up.git
    git.commit({"src/a.ts": "0", "src/deep/a.ts": "0"}, at="2026-06-01")
    git.commit({"src/tmp.ts": "1"}, at="2026-11-01", message="feat: tmp")
    git.commit({"src/tmp.ts": "2"}, at="2026-11-02", message="feat!: tmp")
    git.commit({"src/tmp.ts": None, "src/a.ts": "1"}, at="2026-11-03")


@pytest.mark.parametrize(
    ("probe", "state"),
    [
        (ChurnProbe(surfaces=("all",), days=28, met=2), "unmet"),
        (ChurnProbe(surfaces=("all",), days=28, met=3), "met"),
        (SubjectsProbe(surfaces=("all",), pattern="!:", days=28, met=0, partial=0), "unmet"),
        (SoakProbe(date=dt.date(2026, 10, 1), days=28, days_partial=0, surfaces=("all",), breaking="!:"), "unmet"),
    ],
)
async def test_a_clone_counts_the_commits_to_files_that_came_and_went(
    up: FakeRepo, open_source: OpenSource, probe: Probe, state: str
) -> None:
    _files_that_came_and_went(up)
    async with git_source((UP, up.git)) as source:
        found = (await measure(source, probe, surfaces=GLOB)).reading
    assert (found.state, found.cause) == (state, "")
    if isinstance(found.facts, ChurnFacts):
        listed = up.git.git(
            "--no-literal-pathspecs", "log", "--format=%H", "--since=2026-10-23", "--", ":(glob)src/*.ts"
        )
        assert found.facts.total == len(listed.split()) == 3


async def test_github_does_not_know_whether_other_commits_of_the_folder_removed_a_file(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"src/a.ts": "0"}, at="2026-06-01")
    up.git.commit({"src/deep/a.ts": "1"}, at="2026-11-01")
    probe = ChurnProbe(surfaces=("all",), days=28, met=9)
    assert (await measure(open_source(), probe, surfaces=GLOB)).reading.state == "unknown"
    async with git_source((UP, up.git)) as source:
        assert (await measure(source, probe, surfaces=GLOB)).reading.state == "met"


async def test_patterns_read_whole_subjects_and_screens_show_a_part(up: FakeRepo, both: MeasureBoth) -> None:
    long = f"fix: {'word ' * 80}drops the table\x1b[31m (#77)"
    gap = f"fix: it{' ' * 4000}drops the table"
    up.git.commit({"src/a": "0"}, at="2026-06-01")
    up.git.commit({"src/a": "1"}, at="2026-11-18", message=long)
    up.git.commit({"src/a": "2"}, at="2026-11-19", message=gap)
    found = await both(SubjectsProbe(surfaces=("src",), pattern="drops the table", days=28, met=0, partial=2), SRC)
    assert (found.state, facts_of(found, SubjectsFacts).matching) == ("partial", 2)
    assert all(len(item.text) <= 312 and item.text.isprintable() for item in found.evidence)
    soak = await both(SoakProbe(date=dt.date(2026, 10, 1), days=28, surfaces=("src",), breaking="the table$|#77"), SRC)
    facts = facts_of(soak, SoakFacts)
    assert (facts.quiet_days, facts.breaks) == (1, 2)
    assert facts.last_break is not None
    assert len(facts.last_break.subject) <= 300


async def test_the_number_at_the_end_of_a_long_subject_is_read(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/a": "0"}, at="2026-06-01")
    up.git.commit({"src/a": "1"}, at="2026-11-18", message=f"fix: {'word ' * 80}(#77)")
    found = (await measure(open_source(), PullsProbe(surfaces=("src",), days=28), surfaces=SRC)).reading
    (merged,) = facts_of(found, PullsFacts).merged
    assert (merged.number, len(merged.title)) == (77, 300)


async def test_the_soak_time_of_a_commit_begins_in_the_followed_branch(up: FakeRepo, both: MeasureBoth) -> None:
    git = up.git
    git.commit({"a": "0"}, at="2026-06-01")
    git.branch("side", "main")
    side = git.commit({"b": "1"}, branch="side", at="2026-10-01")
    git.commit({"a": "1"}, at="2026-10-02")
    probe = SoakProbe(commit=side.sha, days=28)
    on_surface = SoakProbe(commit=side.sha, days=28, surfaces=("all",), breaking="!:")
    found = await both(probe)
    where = f"main @ {git.sha('main')[:10]}"
    assert (found.state, found.cause) == (
        "unknown",
        f"{side.sha[:10]} is not in {where}, so its time in use is not known",
    )
    landed = dt.date(2026, 11, 1)
    git.commit({"b": "1"}, at=landed, message="Merge side", merge=[side])
    found = await both(probe, today=landed + dt.timedelta(days=27))
    assert (found.state, found.summary) == ("unknown", "at most 58 quiet days")
    assert found.cause == f"{side.sha[:10]} was merged on 2026-11-01 or later, after its own date"
    assert (await both(on_surface, {"all": ("a",)}, today=landed + dt.timedelta(days=27))).cause == found.cause
    later = await both(probe, today=landed + dt.timedelta(days=28))
    assert (later.state, later.gaps) == ("met", ())
    # A commit of the branch itself.
    own = SoakProbe(commit=git.sha("main"), days=3)
    assert (await both(own, today=landed + dt.timedelta(days=3))).state == "met"


@pytest.mark.parametrize(
    "probe",
    [
        ChurnProbe(surfaces=("half",), days=28, met=9),
        SubjectsProbe(surfaces=("half",), pattern="BREAKING", days=28),
        SoakProbe(date=dt.date(2026, 7, 1), days=28, surfaces=("half",), breaking="BREAKING"),
    ],
)
async def test_a_path_that_is_younger_than_the_window_is_a_gap(up: FakeRepo, both: MeasureBoth, probe: Probe) -> None:
    up.git.commit({"README": "1", "old": "1", "src/a": "1"}, at="2026-06-01")
    up.git.commit({"new/a": "1", "src/b": "1"}, at="2026-11-13")
    found = await both(probe, {"half": ("README", "new/**", "src")})
    day = "2026-10-24" if isinstance(probe, SoakProbe) else "2026-10-23"
    assert found.state == "met"
    (gap,) = found.gaps
    assert gap.startswith(f"new did not exist all the time from {day} to main @ ")


async def test_a_young_path_is_a_gap_of_pull_requests(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"README": "1"}, at="2026-06-01")
    up.git.commit({"new/a": "1"}, at="2026-11-13")
    probe = PullsProbe(surfaces=("half",), days=28, met=1)
    found = (await measure(open_source(), probe, surfaces={"half": ("README", "new")})).reading
    assert found.state == "met"
    assert found.gaps[0].startswith("new did not exist all the time from 2026-10-23")
