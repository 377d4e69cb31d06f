"""Pins to lines: compared by their lines, and each text is read once."""

import datetime as dt

from tests.refresh.daily_workspace import TEXT, DailyWorkspace
from tests.support.fake_github import FakeGitHub
from tests.support.git_repo import Link


def part(number: int) -> str:
    """Return four lines of code."""
    return f"export function part{number}() {{\n  return {number}\n}}\n\n"


CODE = "".join(map(part, range(10)))


async def test_pinned_lines_are_shifted_changed_moved_or_removed(daily: DailyWorkspace) -> None:
    daily.up.git.commit({"code.ts": CODE}, at="2026-11-02")
    await daily.refresh()
    pinned = daily.up.git.sha("main")
    daily.note("up:code.ts#L13-L15", "up:code.ts#L1-L3", "up:code.ts#L25-L27", "up:code.ts#L5-L8")
    new = f"// parts\n{CODE}".replace("return 0", "return zero").replace(part(6), "").replace(part(1), "") + part(1)
    daily.up.git.commit({"code.ts": new}, at="2026-11-22", message="refactor: parts")
    await daily.refresh()
    head = daily.up.git.sha("main")
    found = {path.partition("#")[2]: drift for path, drift in daily.drift().items()}
    fresh = found["L13-L15"]
    assert (fresh.state, fresh.summary) == ("fresh", "the same lines, now L10-L12")
    assert fresh.place == f"up/stream@{head}:code.ts#L10-L12"
    changed = found["L1-L3"]
    assert (changed.state, changed.place) == ("changed", f"up/stream@{head}:code.ts#L2-L4")
    assert "refactor: parts" in changed.summary
    assert "-  return 0" in changed.hunk
    assert "+  return zero" in changed.hunk
    assert changed.url == f"https://github.com/up/stream/compare/{pinned}...{head}"
    assert (found["L25-L27"].state, found["L25-L27"].place) == ("gone", "")
    assert "-export function part6() {" in found["L25-L27"].hunk
    moved = found["L5-L8"]
    assert (moved.state, moved.place.partition(":")[2]) == ("moved", "code.ts#L34-L37")
    assert daily.workspace.store.load().last == daily.workspace.overview().last, (
        "the stored refresh is the shown refresh"
    )


async def test_a_change_of_other_lines_does_not_affect_the_gate(daily: DailyWorkspace) -> None:
    await daily.refresh()
    daily.satisfy("plan", "down:plan.md#L4")
    daily.down.git.commit({"plan.md": f"# Plan\n{TEXT}\nmore\n"}, at="2026-11-22")
    await daily.refresh()
    assert daily.workspace.overview().gate("plan").counts_as_satisfied


async def test_lines_in_a_renamed_or_a_new_file_have_moved(daily: DailyWorkspace) -> None:
    daily.up.git.commit({"src/code.ts": CODE, "src/other.ts": TEXT + part(33)}, at="2026-11-02")
    await daily.refresh()
    daily.note("up:src/code.ts#L13-L15", "up:src/other.ts#L31-L33")
    files = {
        "src/code.ts": None,
        "lib/code.ts": "// moved\n" + CODE.replace("return 0", "return zero"),
        "src/other.ts": TEXT,
        "src/extracted.ts": "// new\n" + part(33),
    }
    daily.up.git.commit(files, at="2026-11-22")
    await daily.refresh()
    head = daily.up.git.sha("main")
    found = daily.drift()
    assert found["src/code.ts#L13-L15"].state == "moved"
    assert found["src/code.ts#L13-L15"].place == f"up/stream@{head}:lib/code.ts#L14-L16"
    assert found["src/other.ts#L31-L33"].place == f"up/stream@{head}:src/extracted.ts#L2-L4"


async def test_lines_of_a_renamed_file_may_be_in_another_new_file(daily: DailyWorkspace) -> None:
    daily.up.git.commit({"src/code.ts": CODE + part(33)}, at="2026-11-02")
    await daily.refresh()
    daily.note("up:src/code.ts#L41-L43")
    daily.up.git.commit(
        {"src/code.ts": None, "lib/code.ts": f"// moved\n{CODE}", "lib/part.ts": part(33)}, at="2026-11-22"
    )
    await daily.refresh()
    moved = daily.drift()["src/code.ts#L41-L43"]
    assert (moved.state, moved.place.partition(":")[2]) == ("moved", "lib/part.ts#L1-L3")


async def test_lines_of_a_file_without_a_suffix_may_be_in_any_new_file(daily: DailyWorkspace) -> None:
    daily.up.git.commit({"bin/build": CODE}, at="2026-11-02")
    await daily.refresh()
    daily.note("up:bin/build#L13-L15")
    daily.up.git.commit({"bin/build": None, "bin/make.ts": f"// new\n{CODE}"}, at="2026-11-22")
    await daily.refresh()
    moved = daily.drift()["bin/build#L13-L15"]
    assert (moved.state, moved.place.partition(":")[2]) == ("moved", "bin/make.ts#L14-L16")


async def test_lines_of_a_file_that_became_a_link_are_gone_or_moved(daily: DailyWorkspace) -> None:
    daily.up.git.commit({"CLAUDE.md": CODE, "NOTES.md": TEXT}, at="2026-11-02")
    await daily.refresh()
    daily.note("up:CLAUDE.md#L13-L15", "up:NOTES.md#L1")
    agents = f"# Agents\n{CODE}"
    daily.up.git.commit(
        {"CLAUDE.md": Link("AGENTS.md"), "AGENTS.md": agents, "NOTES.md": Link("line 0")}, at="2026-11-22"
    )
    await daily.refresh()
    moved, gone = (daily.drift()[path] for path in ("CLAUDE.md#L13-L15", "NOTES.md#L1"))
    assert (moved.state, moved.place.partition(":")[2]) == ("moved", "AGENTS.md#L14-L16")
    assert (gone.state, gone.place) == ("gone", "")
    assert gone.summary.startswith("not a file at ")


async def test_each_text_is_read_once_and_cached(daily: DailyWorkspace, fake: FakeGitHub) -> None:
    daily.up.git.commit({"code.ts": CODE}, at="2026-11-02")
    await daily.refresh()
    daily.note(*(f"up:code.ts#L{line}" for line in range(1, 30)), "up:SPEC#L1", "down:plan.md#L2")
    daily.up.git.commit({"code.ts": f"// parts\n{CODE}"}, at="2026-11-22")
    await daily.refresh()
    assert len(fake.requests("/git/blobs/")) == 4, "both texts of the changed file, and that of each unchanged one"
    daily.up.git.commit({"README": "1"}, at="2026-11-23")
    await daily.refresh()
    assert fake.requests("/git/blobs/") == []
    assert {drift.state for drift in daily.drift().values()} == {"fresh"}


async def test_lines_that_an_unchanged_file_never_had_are_gone(daily: DailyWorkspace) -> None:
    await daily.refresh()
    daily.satisfy("plan", "down:plan.md#L90")
    daily.satisfy("value", "down:plan.md#L30")
    await daily.refresh()
    assert daily.drift()["plan.md#L90"].state == "gone"
    daily.down.git.commit({"README": "1"}, at="2026-11-22")
    await daily.refresh()
    gone = daily.drift()["plan.md#L90"]
    assert (gone.state, gone.summary.partition(" at ")[0]) == ("gone", "plan.md ended before these lines")
    overview = daily.workspace.overview()
    assert [overview.gate(gate).counts_as_satisfied for gate in ("plan", "value")] == [False, True]


async def test_an_unreadable_text_leaves_the_pin_unchecked_and_is_read_later(daily: DailyWorkspace) -> None:
    await daily.refresh()
    daily.satisfy("plan", "down:plan.md#L4")
    daily.down.git.commit({"plan.md": f"# Plan\n{TEXT}"}, at="2026-11-22")
    daily.fake.fail("/git/blobs/", 500, times=None)
    daily.now += dt.timedelta(days=1)
    await daily.workspace.refresh(lambda _step: None)
    (drift,) = daily.drift().values()
    assert (drift.state, drift.failed) == ("unchecked", True)
    assert drift.summary == 'the file changed, and its lines could not be compared: see "Not available"'
    assert not daily.workspace.overview().gate("plan").counts_as_satisfied
    await daily.refresh()
    assert daily.drift()["plan.md#L4"].state == "fresh"


async def test_binary_files_and_lines_beyond_the_end(daily: DailyWorkspace) -> None:
    daily.up.git.commit({"logo.png": "\0PNG" + TEXT}, at="2026-11-02")
    await daily.refresh()
    daily.note("up:logo.png#L2", "up:SPEC#L90-L99", "up:src/a.ts#L9000")
    daily.up.git.commit({"logo.png": "\0PNG", "SPEC": f"{TEXT}more\n"}, at="2026-11-22")
    await daily.refresh()
    found = daily.drift()
    assert (found["logo.png#L2"].state, found["logo.png#L2"].failed) == ("unchecked", True)
    assert "binary" in found["logo.png#L2"].summary
    assert found["SPEC#L90-L99"].state == "gone"
    assert "ended before these lines" in found["SPEC#L90-L99"].summary
    assert (found["src/a.ts#L9000"].state, found["src/a.ts#L9000"].summary[:28]) == (
        "gone",
        "the file ends before these l",
    )
