"""The commits on the paths of a surface: globs, cut lists of paths, and the day on which it began."""

import datetime as dt
from collections.abc import Sequence

import pytest

from pawtui.probes.surface import newest_first
from pawtui.sources.facts import Commit
from pawtui.tracker.probe_types import ChurnProbe
from tests.probes.measuring import MeasureBoth, measure
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

PROBE = ChurnProbe(surfaces=("all",), met=5)


async def test_a_glob_that_matches_nothing_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/a.ts": "0"}, at="2026-06-01")
    found = (await measure(open_source(), PROBE, surfaces={"all": ("src/a.ts", "lib/*.ts")})).reading
    assert found.state == "unknown"
    assert found.cause.startswith("path missing: nothing matches lib/*.ts at main @ ")


async def test_a_glob_of_folders_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"crates/one/src/a.rs": "0"}, at="2026-06-01")
    found = (await measure(open_source(), PROBE, surfaces={"all": ("crates/*/src",)})).reading
    assert found.state == "unknown"
    assert found.cause.startswith("crates/*/src matches only folders at main @ ")
    assert found.cause.endswith(": for the files inside, write crates/*/src/**")


async def test_a_glob_of_everything_in_a_folder_is_read_as_the_folder(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({f"src/deep/{number}.ts": "0" for number in range(9)}, at="2026-06-01")
    up.git.commit({"src/deep/0.ts": None}, at="2026-11-01")
    found = (await measure(open_source(), PROBE, surfaces={"all": ("src/**",)})).reading
    assert (found.state, found.summary) == ("met", "1 commit in 28 days")
    # GitHub lists no commits to files with other wildcards.
    found = (await measure(open_source(), PROBE, surfaces={"all": ("src/*/**",)})).reading
    assert (found.state, found.cause) == (
        "unknown",
        "GitHub does not list the commits to the files that match src/*/**: run `pawtui mirror`, or name a folder",
    )


async def test_a_path_may_exist_if_the_list_of_paths_is_cut(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.ts": "0", "b.ts": "0"}, at="2026-06-01")
    up.responses.tree_limit = 1
    found = (await measure(open_source(), PROBE, surfaces={"all": ("b.ts",)})).reading
    assert (found.state, found.cause) == (
        "unknown",
        "the list of paths on 2026-10-23 was cut short: nothing can be compared with it",
    )


async def test_a_surface_is_as_old_as_its_oldest_path(up: FakeRepo, open_source: OpenSource) -> None:
    # A page has 100 commits: the list of the old path does not go back to its first commit.
    for number in range(101):
        up.git.commit({"old.ts": f"{number}"}, at=f"2026-01-01T{number // 60:02}:{number % 60:02}")
    up.git.commit({"old.ts": "new", "new.ts": "0"}, at="2026-11-01")
    found = (await measure(open_source(), PROBE, surfaces={"all": ("old.ts", "new.ts")})).reading
    assert (found.state, found.summary) == ("met", "1 commit in 28 days")


def test_commits_are_sorted_by_time_and_sha() -> None:
    noon = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
    first, last = (Commit(sha=digit * 40, at=noon, subject="") for digit in "12")
    later = Commit(sha="0" * 40, at=noon + dt.timedelta(seconds=1), subject="")
    assert newest_first([first, later, last, first]) == newest_first([last, first, later]) == (later, last, first)


@pytest.mark.parametrize("gone", ["tool/edit.ts", "tool"])
async def test_a_path_that_moved_out_of_its_surface_is_unknown(
    up: FakeRepo, open_source: OpenSource, gone: str
) -> None:
    up.git.commit({"tool.ts": "0", "tool/edit.ts": "0"}, at="2026-06-01")
    up.git.commit({"tool/edit.ts": None, "packages/tools/edit.ts": "0"}, at="2026-08-01")
    for number in range(9):
        up.git.commit({"packages/tools/edit.ts": f"{number}"}, at=f"2026-11-0{number + 1}")
    found = (await measure(open_source(), PROBE, surfaces={"all": ("tool.ts", gone)})).reading
    cause = f"{gone} is gone since 2026-08-01, and may have moved out of surface all: write its new path in `surfaces`"
    assert (found.state, found.summary, found.cause) == ("unknown", "0 commits in 28 days", f"{cause}, or remove it")


@pytest.mark.parametrize(("day", "state"), [("2025-11-21", "unknown"), ("2025-11-20", "met")])
async def test_a_path_that_moved_out_of_its_surface_is_unknown_for_a_year(
    up: FakeRepo, both: MeasureBoth, day: str, state: str
) -> None:
    up.git.commit({"tool.ts": "0", "tool/edit.ts": "0"}, at="2025-06-01")
    up.git.commit({"tool/edit.ts": None, "packages/tools/edit.ts": "0"}, at=day)
    found = await both(PROBE, {"all": ("tool.ts", "tool")})
    assert found.state == state
    assert (f"tool is gone since {day}, and may have moved out of surface all" in found.cause) == (state == "unknown")
    assert any("tool did not exist all the time" in gap for gap in found.gaps)


@pytest.mark.parametrize("begin", ["2026-06-01", "2024-06-01"])
@pytest.mark.parametrize(("back", "state"), [("schema/event.ts", "met"), ("lib/event.ts", "unknown")])
async def test_a_path_that_moved_out_of_its_surface_and_back_is_known(
    up: FakeRepo, both: MeasureBoth, begin: str, back: str, state: str
) -> None:
    up.git.commit({"event.ts": "0", "schema/a.ts": "0"}, at=begin)
    up.git.commit({"event.ts": None, "tmp/event.ts": "0"}, at="2026-08-01")
    up.git.commit({"tmp/event.ts": None, back: "0"}, at="2026-08-09")
    assert (await both(PROBE, {"all": ("event.ts", "schema")})).state == state
    # The trees of the head and of the commit before the removal.
    assert len(up.fake.requests("/git/trees/")) == 2


async def test_a_path_that_moved_inside_of_its_surface_long_ago_is_known(up: FakeRepo, both: MeasureBoth) -> None:
    up.git.commit({"event.ts": "0", "bus.ts": "0"}, at="2025-12-01")
    up.git.commit({"event.ts": None, "schema/event.ts": "0"}, at="2026-01-01")
    assert (await both(PROBE, {"all": ("event.ts", "bus.ts", "schema/event.ts")})).state == "met"


async def test_a_path_that_moved_inside_of_its_surface_is_known(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"event.ts": "0", "bus.ts": "0"}, at="2026-06-01")
    up.git.commit({"event.ts": None, "schema/event.ts": "0"}, at="2026-08-01")
    up.git.commit({"schema/event.ts": None, "schema/session/event.ts": "0"}, at="2026-09-01")
    paths = ("event.ts", "bus.ts", "schema/event.ts", "schema/session/event.ts", "never.ts")
    assert (await measure(open_source(), PROBE, surfaces={"all": paths})).reading.state == "met"
    # Only that of the head is read if the new path begins with the commit that removed the old one.
    assert len(up.fake.requests("/git/trees/")) == 1


async def test_a_surface_with_a_gone_path_is_unknown_if_the_commit_that_removed_it_cannot_be_read(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"event.ts": "0", "bus.ts": "0"}, at="2026-06-01")
    moving = up.git.commit({"event.ts": None, "bus.ts": "1"}, at="2026-08-01")
    up.fake.fail(f"/git/trees/{moving.sha}", 404, times=None)
    up.git.commit({"bus.ts": "2"}, at="2026-08-02")
    found = (await measure(open_source(), PROBE, surfaces={"all": ("event.ts", "bus.ts")})).reading
    assert (found.state, found.cause[:20]) == ("unknown", "Cannot find the tree")


@pytest.mark.parametrize(("kept", "gone"), [("docs.md", "core"), ("apps/core", "shared")])
async def test_paths_that_moved_out_of_their_surface_together_are_unknown(
    up: FakeRepo, open_source: OpenSource, kept: str, gone: str
) -> None:
    up.git.commit({"core/a.ts": "0", "shared/b.ts": "0", "docs.md": "0"}, at="2026-06-01")
    up.git.commit({"core/a.ts": None, "shared/b.ts": None, "apps/core/a.ts": "0", "apps/b.ts": "0"}, at="2026-08-01")
    found = (await measure(open_source(), PROBE, surfaces={"all": ("core", "shared", kept)})).reading
    assert (found.state, found.cause.partition(" is gone")[0]) == ("unknown", gone)


@pytest.mark.parametrize(
    ("new", "state"),
    [(["apps/core/a.ts"], "unknown"), (["docs/a.ts", "other/a.ts"], "met"), (["apps/b.ts"], "met")],
)
async def test_a_commit_that_changes_another_path_of_the_surface_may_move_files_out_of_it(
    up: FakeRepo, open_source: OpenSource, new: Sequence[str], state: str
) -> None:
    up.git.commit({"core/a.ts": "0", "docs/1.md": "0", "docs/2.md": "0"}, at="2026-06-01")
    up.git.commit({"core/a.ts": None, "docs/1.md": None, **dict.fromkeys(new, "1")}, at="2026-08-01")
    found = (await measure(open_source(), PROBE, surfaces={"all": ("core", "docs")})).reading
    assert found.state == state
    assert ("core is gone since 2026-08-01, and may have moved out" in found.cause) == (state == "unknown")
