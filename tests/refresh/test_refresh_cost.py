"""The number of requests of a refresh, counted in the fake's log."""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pawtui.refresh.outcome import RefreshOutcome
from pawtui.review.record_types import Note, Record
from pawtui.sources.github.github_source import BUDGET_WITH_TOKEN
from pawtui.tracker.read_tracker import builtin_tracker
from tests.probes.measuring import World, open_world, recorded_refresh, refreshed
from tests.probes.opencode import CLI, EVENTS, MIGRATIONS, cli, event, migration

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=2)
HARMLESS = 4


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A year of the upstream with a costly cold refresh: new migrations to read, and a changed schema."""
    with open_world(tmp_path) as made:
        git = made.up.git
        files = {f"{MIGRATIONS}/2026110{n}000000_add.ts": migration(f"CREATE TABLE a{n}") for n in range(HARMLESS)}
        git.commit(files, branch="v2", at="2026-11-20", message="feat: tables")
        schema = git.git("show", f"v2:{EVENTS}") + "\n" + event("goal.set")
        git.commit({EVENTS: schema}, branch="v2", at="2026-11-21", message="feat: goals")
        yield made


async def refresh_world(
    world: World, cache: Path, record: Record | None = None, *, at: dt.datetime = NOW
) -> RefreshOutcome:
    """Refresh with this cache; afterwards the fake's log contains only the requests of this refresh."""
    world.fake.clear()
    async with world.source(cache) as source:
        return await refreshed(builtin_tracker(), source, record, at=at)


async def test_a_cold_refresh_stays_in_the_budget_and_a_repeated_one_costs_little(world: World, tmp_path: Path) -> None:
    first = recorded_refresh(await refresh_world(world, tmp_path / "cache"))
    # The update service's document is requested from another host.
    assert len(world.fake.log) + 1 == first.requests.sent <= 45
    assert world.fake.peak <= 8
    assert len(world.fake.requests("/git/blobs/")) >= HARMLESS
    requests = Counter((request.path, *sorted(request.query.items())) for request in world.fake.log)
    assert max(requests.values()) == 1
    # A past text of a file waits for the next refresh. So does a new file, if the text was requested before it.
    waits = ("The budget of 45 requests was spent before the tree of", "The budget of requests is spent: 1 new file")
    assert 1 <= len(first.errors) <= 2
    assert all(error.startswith(waits) for error in first.errors)
    second = recorded_refresh(await refresh_world(world, tmp_path / "cache", Record(refreshes=(first,)), at=LATER))
    assert not second.errors
    assert len(world.fake.log) <= 10
    record = Record(refreshes=(first, second))
    again = await refresh_world(world, tmp_path / "cache", record, at=LATER + dt.timedelta(hours=1))
    assert again.refresh is None
    assert len(world.fake.log) <= 4


@pytest.mark.parametrize("side", ["upstream", "downstream"])
async def test_missing_refs_cost_an_unmoved_refresh_nothing(world: World, tmp_path: Path, side: str) -> None:
    repo, other = (world.up.git, "dev") if side == "upstream" else (world.down.git, "main")
    gone = "v2" if side == "upstream" else "maint/v1"
    repo.branch(other, gone)
    repo.delete_branch(gone)
    record = await record_after_two_refreshes(world, tmp_path / "cache")
    assert record.last is not None
    assert record.last.snapshot("upstream" if side == "upstream" else "downstream").missing == (gone,)
    again = await refresh_world(world, tmp_path / "cache", record, at=LATER)
    assert again.refresh is None
    assert len(world.fake.log) <= 4


async def test_the_files_of_past_days_do_not_wait_for_the_files_of_the_head(world: World) -> None:
    git = world.up.git
    past = git.git("log", "-1", "--first-parent", "--format=%H", "--before=2026-09-27T00:00:00Z", "v2")
    of_head, of_past = (world.fake.pause(f"/git/trees/{sha}") for sha in (git.sha("v2"), past))
    async with world.source(budget=BUDGET_WITH_TOKEN) as source:
        running = asyncio.create_task(refreshed(builtin_tracker(), source, at=NOW))
        assert await asyncio.to_thread(of_past.arrived.wait, 20)
        of_past.released.set()
        of_head.released.set()
        assert not recorded_refresh(await running).errors


async def record_after_two_refreshes(world: World, cache: Path) -> Record:
    """Return a record with two refreshes: the second reads what the first had no requests left for."""
    record = Record(refreshes=(recorded_refresh(await refresh_world(world, cache)),))
    second = recorded_refresh(await refresh_world(world, cache, record, at=NOW + dt.timedelta(hours=1)))
    return Record(refreshes=(*record.refreshes, second))


async def test_ten_commits_on_one_surface_cost_few_requests(world: World, tmp_path: Path) -> None:
    record = await record_after_two_refreshes(world, tmp_path / "cache")
    for number in range(10):
        world.up.git.commit(
            {"packages/core/src/session/compaction.ts": f"// {number}\n"}, branch="v2", at=f"2026-11-22T10:{number:02}"
        )
    found = recorded_refresh(await refresh_world(world, tmp_path / "cache", record, at=LATER))
    assert found.range.upstream is not None
    assert found.range.upstream.commits == 10
    # Changed: the head, its tree, the range, the lists of the file and of its folder. Checked for changes: the tags and
    # whether the head contains the newest, the tags of the next major version, the issues of both repositories, the
    # plan, the open pull requests, the downstream's head. Also the commits merged since a window opened, and one list
    # for each missing surface path: it may have existed in between.
    tree = world.up.git.git("ls-tree", "-r", "-t", "--name-only", "v2").split("\n")
    watched = {path for paths in builtin_tracker().surfaces.values() for path in paths}
    assert len(world.fake.log) <= 14 + len(watched - set(tree))
    paths = {call.query["path"] for call in world.fake.requests("/commits") if call.query.get("path") in tree}
    assert paths == {"packages/core/src/session", "packages/core/src/session/compaction.ts"}
    # A day later only the windows have moved: no list is requested again, and only trees of commits at which a window
    # opened.
    record = Record(refreshes=(*record.refreshes, found))
    await refresh_world(world, tmp_path / "cache", record, at=LATER + dt.timedelta(days=1))
    assert not [request for request in world.fake.log if "path" in request.query]
    assert not world.fake.requests(f"/git/trees/{found.upstream.sha}")
    assert not world.fake.requests(f"/git/trees/{found.downstream.sha}")
    assert len(world.fake.requests("/git/trees/")) <= 2
    assert not world.fake.requests(f"/compare/{found.upstream.sha}...{found.upstream.sha}")


async def test_one_refresh_on_each_busy_day_stays_in_the_budget_and_reads_all(world: World, tmp_path: Path) -> None:
    record = await record_after_two_refreshes(world, tmp_path / "cache")
    git = world.up.git
    paths = ("session/runner/llm.ts", "session/compaction.ts", "session/execution/restart.ts", "bus.ts", "tool/a.ts")
    for day in (23, 24):
        files = {f"packages/core/src/{path}": f"// {day}\n" for path in paths}
        files |= {EVENTS: git.git("show", f"v2:{EVENTS}") + event(f"goal{day}.set"), CLI: cli("opencode") + " " * day}
        git.commit(files, branch="v2", at=f"2026-11-{day}T05:00", message="feat: more")
        moment = dt.datetime(2026, 11, day, 9, tzinfo=dt.UTC)
        found = recorded_refresh(await refresh_world(world, tmp_path / "cache", record, at=moment))
        assert (found.errors, len(world.fake.log) < 45) == ((), True)
        record = Record(refreshes=(*record.refreshes, found))


def pinned(record: Record, count: int) -> Record:
    """Return the record with `count` pins into both repositories, at the commits of the last refresh."""
    assert record.last is not None
    up, down = record.last.upstream, record.last.downstream
    pins = [f"{side.repo}@{side.sha}:packages/{number}.ts" for number in range(count // 2) for side in (up, down)]
    pins.insert(0, f"{up.repo}@{up.sha}:packages/cli/package.json#L3")
    note = Note(id="n", subject="review", text="seen", by="ann", at=NOW, pins=tuple(pins[:count]))
    return msgspec.structs.replace(record, notes={"n": note})


async def test_a_thousand_pins_cost_no_more_than_one_pin(world: World, tmp_path: Path) -> None:
    # Each count has its own cache in the same state.
    caches = {count: tmp_path / f"cache-{count}" for count in (1, 1000)}
    records = {count: await record_after_two_refreshes(world, cache) for count, cache in caches.items()}
    world.up.git.commit({"packages/cli/package.json": "{}\n"}, branch="v2", at="2026-11-22T10:00")
    sent = {}
    for count, cache in caches.items():
        found = recorded_refresh(await refresh_world(world, cache, pinned(records[count], count), at=LATER))
        assert len(found.drift) == count
        sent[count] = len(world.fake.log)
    assert sent[1000] <= sent[1]


async def test_each_refresh_fetches_one_older_commit_of_pins(world: World, tmp_path: Path) -> None:
    record = Record(refreshes=(recorded_refresh(await refresh_world(world, tmp_path / "cache")),))
    shas = world.up.git.git("rev-list", "-12", "--skip=1", "v2").split()
    pins = tuple(f"anomalyco/opencode@{sha}:packages/cli/package.json" for sha in shas)
    note = Note(id="n", subject="review", text="seen", by="ann", at=NOW, pins=pins)
    record = msgspec.structs.replace(record, notes={"n": note})
    for known in (1, 2, 3):
        outcome = await refresh_world(world, tmp_path / "cache", record, at=LATER + dt.timedelta(days=known))
        found = recorded_refresh(outcome)
        assert len([sha for sha in shas if world.fake.requests(f"/git/trees/{sha}")]) == 1
        assert [drift.state for drift in found.drift].count("fresh") == known
        record = msgspec.structs.replace(
            record,
            refreshes=(*record.refreshes, found),
            pinned_states={**record.pinned_states, **outcome.pinned_states},
        )
