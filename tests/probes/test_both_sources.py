"""Readings of unusual histories: equal from GitHub's API and from a clone, and never `met` without the facts."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping

import pytest

from pawtui.probes.probe_facts import NewFilesFacts, PathsFacts
from pawtui.probes.reading import ProbeReading
from pawtui.tracker.tracker_types import ChurnProbe, NewFilesProbe, PathsProbe, Probe
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
