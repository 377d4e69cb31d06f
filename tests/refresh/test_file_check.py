"""Pins to files that were moved, removed or changed."""

from tests.refresh.daily_workspace import TEXT, DailyWorkspace

MOST = "".join(TEXT.splitlines(keepends=True)[:20])


async def test_a_file_that_is_still_at_its_path_has_no_new_place(daily: DailyWorkspace) -> None:
    await daily.refresh()
    daily.note("up:src/a.ts")
    daily.up.git.commit({"src/a.ts": "unlike\n" * 40, "lib/a.ts": MOST + "new\n"}, at="2026-11-22")
    await daily.refresh()
    found = daily.drift()["src/a.ts"]
    assert (found.state, found.place.partition(":")[2]) == ("changed", "src/a.ts")
    assert "moved" not in found.summary


async def test_a_file_of_the_same_name_that_existed_before_is_not_the_renamed_file(daily: DailyWorkspace) -> None:
    daily.up.git.commit({"lib/a.ts": TEXT}, at="2026-11-02")
    await daily.refresh()
    daily.note("up:src/a.ts")
    daily.up.git.commit({"src/a.ts": None, "lib/c.ts": TEXT}, at="2026-11-22")
    await daily.refresh()
    assert daily.drift()["src/a.ts"].state == "gone"


async def test_a_copy_that_existed_before_is_not_the_moved_file(daily: DailyWorkspace) -> None:
    copies = {f"{folder}/{name}.ts": TEXT + name for folder in ("core", "legacy") for name in ("one", "two")}
    daily.up.git.commit(copies, at="2026-11-02")
    await daily.refresh()
    daily.note("up:core/one.ts", "up:core/two.ts", "up:core/two.ts#L1-L9")
    head = daily.up.git.commit(
        {"core/one.ts": None, "core/two.ts": None, "new/two.ts": TEXT + "two", "a.ts": TEXT + "two"}, at="2026-11-22"
    ).sha
    await daily.refresh()
    found = daily.drift()
    assert (found["core/one.ts"].state, found["core/one.ts"].summary) == ("gone", f"does not exist at {head[:10]}")
    assert (found["core/two.ts"].state, found["core/two.ts"].place) == ("moved", f"up/stream@{head}:new/two.ts")
    assert found["core/two.ts#L1-L9"].place == f"up/stream@{head}:new/two.ts#L1-L9"


async def test_of_new_files_with_one_text_the_one_in_the_nearest_folder_is_the_moved_file(
    daily: DailyWorkspace,
) -> None:
    daily.up.git.commit({f"packages/{name}/style.css": TEXT for name in ("cjs", "esm")}, at="2026-11-02")
    await daily.refresh()
    daily.note("up:packages/esm/style.css")
    removed = dict.fromkeys(("packages/cjs/style.css", "packages/esm/style.css"))
    daily.up.git.commit({**removed, "cjs/style.css": TEXT, "esm/style.css": TEXT}, at="2026-11-22")
    await daily.refresh()
    assert daily.drift()["packages/esm/style.css"].place.partition(":")[2] == "esm/style.css"


async def test_folders_in_common_count_from_the_start_of_the_path_too(daily: DailyWorkspace) -> None:
    daily.up.git.commit({"packages/esm/style.css": TEXT}, at="2026-11-02")
    await daily.refresh()
    daily.note("up:packages/esm/style.css")
    new = {"packages/themes/css/style.css": TEXT, "apps/site/css/style.css": TEXT}
    daily.up.git.commit({"packages/esm/style.css": None, **new}, at="2026-11-22")
    await daily.refresh()
    assert daily.drift()["packages/esm/style.css"].place.partition(":")[2] == "packages/themes/css/style.css"


async def test_lines_of_a_file_with_an_earlier_copy_may_have_a_new_place_too(daily: DailyWorkspace) -> None:
    daily.up.git.commit({"copy.ts": TEXT + "a"}, at="2026-11-02")
    await daily.refresh()
    daily.note("up:src/a.ts", "up:src/a.ts#L2-L9")
    head = daily.up.git.commit({"src/a.ts": None, "lib/a.ts": TEXT + "new\n"}, at="2026-11-22").sha
    await daily.refresh()
    found = daily.drift()
    assert found["src/a.ts"].state == "gone"
    lines = found["src/a.ts#L2-L9"]
    assert (lines.state, lines.place) == ("moved", f"up/stream@{head}:lib/a.ts#L2-L9")


async def test_the_tree_of_each_earlier_commit_is_read_once_for_moved_files(daily: DailyWorkspace) -> None:
    # The tree of a short SHA is not cached.
    lengths = {"one": 8, "two": 8, "three": 40}
    pins = []
    for name, length in lengths.items():
        sha = daily.up.git.commit({f"src/{name}.ts": TEXT + name, f"copy/{name}.ts": TEXT + name}, at="2026-11-02").sha
        pins.append(f"up/stream@{sha[:length]}:src/{name}.ts")
    daily.note(*pins)
    for _ in lengths:
        await daily.refresh()
    daily.up.git.commit({f"src/{name}.ts": None for name in lengths}, at="2026-11-22")
    await daily.refresh()
    found = {path: drift.state for path, drift in daily.drift().items()}
    assert found == dict.fromkeys(("src/one.ts", "src/two.ts", "src/three.ts"), "gone")
    assert len(daily.fake.requests("/git/trees/")) == 3


async def test_a_moved_folder_keeps_the_end_of_its_paths(daily: DailyWorkspace) -> None:
    daily.up.git.commit(
        {f"src/{name}/index.ts": TEXT + name for name in ("one", "two", "three", "zoo")}, at="2026-11-02"
    )
    await daily.refresh()
    daily.note("up:src/zoo/index.ts#L3-L9")
    files: dict[str, str | None] = {}
    for name in ("one", "two", "three", "zoo"):
        files |= {f"src/{name}/index.ts": None, f"apps/code/src/{name}/index.ts": f"first\n{TEXT}{name}"}
    daily.up.git.commit(files, at="2026-11-22")
    await daily.refresh()
    places = {path: drift.place.partition(":")[2] for path, drift in daily.drift().items()}
    assert places == {"src/zoo/index.ts#L3-L9": "apps/code/src/zoo/index.ts#L4-L10"}
