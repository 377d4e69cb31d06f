"""Readings of unusual histories: equal from GitHub's API and from a clone, and never `met` without the facts."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping

import pytest

from pawtui.probes.probe_facts import NewFilesFacts, PathsFacts
from pawtui.probes.reading import ProbeReading
from pawtui.probes.rejudge import rejudge
from pawtui.tracker.tracker_types import ChurnProbe, NewFilesProbe, PathsProbe, Policy, Probe
from tests.probes.measuring import TODAY, facts_of, measure
from tests.sources.git.clones import UP, git_source
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import Link, Submodule

Surfaces = Mapping[str, tuple[str, ...]]
Measure = Callable[..., Awaitable[ProbeReading]]


@pytest.fixture
def both(up: FakeRepo, open_source: OpenSource) -> Measure:
    """A function that measures a probe with both sources, and returns the reading, which must be the same."""

    async def measured(probe: Probe, surfaces: Surfaces | None = None, *, today: dt.date = TODAY) -> ProbeReading:
        theirs = await measure(open_source(), probe, surfaces=surfaces, today=today)
        async with git_source((UP, up.git)) as source:
            ours = await measure(source, probe, surfaces=surfaces, today=today)
        assert ours.reading == theirs.reading
        return ours.reading

    return measured


OUTSIDE = [
    ("sub", "sub is a submodule"),
    ("sub/lib/a.c", "sub is a submodule"),
    ("link", "link is a symbolic link"),
    ("docs/link/f", "docs/link is a symbolic link"),
    ("docs/link/*.md", "docs/link is a symbolic link"),
]


@pytest.mark.parametrize(("path", "what"), OUTSIDE)
async def test_the_inside_of_a_submodule_or_link_is_not_known(
    up: FakeRepo, both: Measure, path: str, what: str
) -> None:
    git = up.git
    git.commit({"sub": Submodule("1" * 40), "link": Link("d"), "docs/link": Link("../d"), "d/f": "1"}, at="2026-06-01")
    where = f"{what} at main @ {git.sha('main')[:10]}"
    found = await both(NewFilesProbe(paths=(path,), days=28))
    assert (found.state, found.cause) == ("unknown", f"{where}: new files inside are not known")
    if "*" not in path:
        found = await both(ChurnProbe(surfaces=("a",), days=28, met=5), {"a": (path, "d")})
        assert (found.state, found.cause) == ("unknown", f"{where}: the commits to the files inside are not counted")
    if "/" in path:
        found = await both(PathsProbe(absent=(path,)))
        assert (found.state, found.cause) == ("unknown", f"{where}: the files inside are not known")
    else:
        assert (await both(PathsProbe(absent=(path,)))).state == "unmet"
        assert (await both(PathsProbe(exist=(path,)))).state == "met"


async def test_a_glob_matches_submodules_and_links(up: FakeRepo, both: Measure) -> None:
    up.git.commit({"sub": Submodule("1" * 40), "subtle": Link("d"), "d/f": "1"}, at="2026-06-01")
    found = await both(PathsProbe(absent=("sub*",)))
    assert (found.state, facts_of(found, PathsFacts).paths) == ("unmet", {"sub*": "1" * 40})
    # A submodule has no page in this repository: the link shows its history.
    sha = up.git.sha("main")
    pages = [item.url.removeprefix("https://github.com/up/stream/") for item in found.evidence]
    assert pages == [f"commits/{sha}/sub", f"blob/{sha}/subtle"]


async def test_new_submodules_and_links_are_new_and_changed_submodules_are_not_known(
    up: FakeRepo, both: Measure
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


def _moved(up: FakeRepo) -> str:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    added = up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-03")
    up.git.commit({"mig/01_reset.sql": None, "db/mig/01_reset/up.sql": "1"}, at="2026-11-08")
    return added.sha


def _added_again(up: FakeRepo) -> str:
    up.git.commit({"mig/00.sql": "0", "mig/01_reset.sql": "1"}, at="2026-01-01")
    up.git.commit({"mig/01_reset.sql": None}, at="2026-02-01")
    return up.git.commit({"mig/01_reset.sql": "2"}, at="2026-10-03").sha


def _merged(up: FakeRepo) -> str:
    git = up.git
    git.commit({"mig/00.sql": "0"}, at="2026-01-01")
    git.branch("side", "main")
    side = git.commit({"mig/01_reset.sql": "1"}, branch="side", at="2026-02-01")
    git.commit({"mig/01_reset.sql": "1"}, at="2026-10-20", message="Merge side", merge=[side])
    return ""


def _many(up: FakeRepo) -> str:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    for number in range(2, 6):
        up.git.commit({f"mig/0{number}_reset.sql": f"{number}"}, at=f"2026-10-0{number}")
    return up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-25").sha


@pytest.mark.parametrize("history", [_moved, _added_again, _merged, _many])
async def test_new_files_are_met_on_the_stated_day(
    up: FakeRepo, both: Measure, history: Callable[[FakeRepo], str]
) -> None:
    newest = history(up)
    probe = NewFilesProbe(
        paths=("mig", "db/mig"), days=56, days_unmet=7, name="reset", met=0, partial=9, identity=r"\d\d\w*"
    )
    found = await both(probe)
    facts = facts_of(found, NewFilesFacts)
    assert found.state == "partial"
    assert facts.met_on is not None
    assert facts.met_on > TODAY
    assert facts.added_on == facts.met_on - dt.timedelta(days=57)
    assert rejudge(probe, found, Policy(), TODAY) == found.state
    before = await both(probe, today=facts.met_on - dt.timedelta(days=1))
    assert (before.state, (await both(probe, today=facts.met_on)).state) == ("partial", "met")
    # Only commits that added a file are named: none of those is dated before the window.
    if len(facts.matching) == 1:
        assert [commit.sha for commit in facts.commits] == ([newest] if newest else [])


async def test_a_file_that_was_removed_and_added_again_in_the_window_is_recent(up: FakeRepo, both: Measure) -> None:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-01")
    up.git.commit({"mig/01_reset.sql": None}, at="2026-10-20")
    again = up.git.commit({"mig/01_reset.sql": "1"}, at="2026-11-02")
    found = await both(NewFilesProbe(paths=("mig",), days=56, days_unmet=28, name="reset", met=0, partial=9))
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.added_on, facts.met_on) == ("unmet", dt.date(2026, 11, 2), dt.date(2026, 12, 29))
    assert [commit.sha for commit in facts.commits] == [again.sha]


async def test_without_requests_the_day_of_new_files_is_not_stated(up: FakeRepo, open_source: OpenSource) -> None:
    _moved(up)
    probe = NewFilesProbe(paths=("mig", "db/mig"), days=56, name="reset", met=0, partial=9, identity=r"\d\d\w*")
    found = (await measure(open_source(budget=8), probe)).reading
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.met_on, facts.added_on) == ("partial", None, None)
