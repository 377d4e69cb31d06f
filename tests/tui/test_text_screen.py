"""The text screen and the commit screen: reading, difference, search, pins and renewal."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from pawtui.demo.demo_source import DemoSource
from pawtui.review.actions import ActionContext, Actor
from pawtui.review.note_actions import add_note
from pawtui.sources.facts import ChangedFile, Commit, CommitDetail, Tree, TreeEntry
from pawtui.sources.source_errors import NotFound
from pawtui.tui.app import PawtuiApp
from pawtui.tui.code_view import CodeView
from pawtui.tui.screens.note_editor import NoteEditor
from pawtui.tui.screens.pinned_screens import CommitScreen
from tests.tui.pinned_text import PIN, PLACE, local_blob, local_tree, with_changed_pin, with_pin
from tests.tui.support import (
    NOW,
    UP,
    applied,
    make_app,
    make_workspace,
    offline,
    record,
    refresh,
    running,
    sha,
    shown,
    store_refresh,
    tracker,
    until,
)


async def open_pin(app: PawtuiApp, pilot: Pilot[None], pin: str = PIN) -> None:
    """Open the pin of the last gate."""
    await pilot.press("2", "G", "enter")
    await until(pilot, lambda: app.main.target and app.main.target.copy == pin)
    await pilot.press("enter")


def code(app: PawtuiApp) -> CodeView:
    return app.screen.query_one(CodeView)


async def test_a_pinned_file_is_read_compared_searched_and_pinned(tmp_path: Path) -> None:
    opened: list[str] = []
    workspace = make_workspace(tmp_path, with_changed_pin(), local_tree=local_tree, local_blob=local_blob)
    app = make_app(workspace, opened)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_pin(app, pilot)
        await until(pilot, lambda: "function value() {" in shown(app) and "89 lines" in shown(app))
        assert "▌  3 function value() {" in shown(app), "the cursor is on the first pinned line"
        assert "│  4   return 1" in shown(app), "the other pinned lines are marked"
        await pilot.press("o")
        await until(pilot, lambda: opened)
        assert opened[0].endswith("/src/value.ts#L3-L4")
        await pilot.press("d")
        await until(pilot, lambda: "+2 -1" in shown(app))
        assert "-   return 1" in shown(app)
        assert "+   return 2" in shown(app)
        await pilot.press("d", "slash", *"// 7", "enter")
        await until(pilot, lambda: "match 1 of 11" in shown(app))
        await pilot.press("n")
        await until(pilot, lambda: "match 2 of 11" in shown(app))
        await pilot.press("g", "J", "J", "p")
        await until(pilot, lambda: len(workspace.store.load().gates["value"].pins) == 2)
        assert workspace.store.load().gates["value"].pins[-1] == f"{UP}@{sha('a')}:src/value.ts#L1-L3"
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_a_renamed_file_is_compared_with_its_new_place(tmp_path: Path) -> None:
    def renamed(repo: str, commit: str) -> Tree | None:
        moved = {"lib/value.ts": TreeEntry(sha("9"), "blob", 1_000)}
        return Tree(sha=commit, entries=moved) if commit == sha("b") else local_tree(repo, commit)

    made = with_changed_pin(f"{UP}@{sha('b')}:lib/value.ts#L4-L5")
    workspace = make_workspace(tmp_path, made, local_tree=renamed, local_blob=local_blob)
    async with running(workspace, size=(140, 30)) as (app, pilot):
        await open_pin(app, pilot)
        await until(pilot, lambda: "89 lines" in shown(app))
        await pilot.press("d")
        await until(pilot, lambda: "+2 -1" in shown(app))
        assert f"at {'a' * 10} to lib/value.ts at {'b' * 10}" in shown(app)


async def test_a_later_refresh_does_not_change_what_was_compared(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, with_pin(PIN), local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(140, 30)) as (app, pilot):
        await open_pin(app, pilot)
        await until(pilot, lambda: "89 lines" in shown(app))
        await pilot.press("d")
        await until(pilot, lambda: "+2 -1" in shown(app))
        store_refresh(workspace.store, replace(refresh(0, up="e"), id="refresh-1000", at=NOW))
        app.check_record()
        await until(pilot, lambda: app.overview.last and app.overview.last.upstream.sha == sha("e"))
        await pilot.press("G", "y")
        await until(pilot, lambda: app.clipboard == f"{UP}@{sha('b')}:src/value.ts#L90")
        assert f"at {'a' * 10} to {'b' * 10}" in shown(app)


@pytest.mark.frames
async def test_one_key_leaves_a_screen_without_a_text(tmp_path: Path) -> None:
    def tree_with_submodule(_repo: str, commit: str) -> Tree:
        return Tree(sha=commit, entries={"src": TreeEntry(sha("7"), "commit", 0)})

    pin = f"{UP}@{sha('a')}:src"
    workspace = make_workspace(
        tmp_path, with_pin(pin), local_tree=tree_with_submodule, local_blob=lambda _repo, _name: b""
    )
    async with running(workspace, size=(100, 30)) as (app, pilot):
        await open_pin(app, pilot, pin)
        await until(pilot, lambda: "src at aaaaaaaaaa is a submodule and has no lines" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_the_result_of_a_search_is_visible_after_a_long_path(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, with_changed_pin(), local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(40, 20)) as (app, pilot):
        await pilot.press("2", "G", "enter")
        # Enter opens the line only if it is visible.
        await until(pilot, lambda: "src/value.ts#L3-L4" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "src/value.ts#L3-L4" in shown(app) and "89 lines" in shown(app))
        await pilot.press("slash", *"zzzz")
        await until(pilot, lambda: "src/value.ts…  no line matches" in shown(app))
        await pilot.resize_terminal(80, 20)
        await until(pilot, lambda: "src/value.ts#L3-L4  at " in shown(app) and " no line matches" in shown(app))


async def test_the_title_has_the_end_of_a_long_path(tmp_path: Path) -> None:
    path = f"packages/{'folder/' * 8}settlement.ts"
    pin = f"{UP}@{sha('a')}:{path}#L3-L4"

    def deep_tree(_repo: str, commit: str) -> Tree:
        return Tree(sha=commit, entries={path: TreeEntry(sha("8"), "blob", 1_000)})

    workspace = make_workspace(tmp_path, with_pin(pin), local_tree=deep_tree, local_blob=local_blob)
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await open_pin(app, pilot, pin)
        await until(pilot, lambda: "89 lines" in shown(app))
        title = shown(app).split("\n")[0]
        assert title.startswith(" pawtui  …")
        assert f"folder/settlement.ts#L3-L4  at {'a' * 10} " in title
        await pilot.resize_terminal(160, 24)
        await until(pilot, lambda: f"pawtui  {path}#L3-L4  at {'a' * 10}  {UP} " in shown(app))


async def test_lines_are_selected_with_the_mouse(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, with_changed_pin(), local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(100, 30)) as (app, pilot):
        await open_pin(app, pilot)
        await until(pilot, lambda: "89 lines" in shown(app))
        await pilot.mouse_down(CodeView, offset=(8, 5))
        await pilot.hover(CodeView, offset=(12, 7))
        await pilot.mouse_up(CodeView, offset=(12, 7))
        assert list(code(app).selected) == [5, 6, 7]
        await pilot.click(CodeView, offset=(8, 9))
        assert list(code(app).selected) == [9]


async def test_a_key_without_shift_ends_the_selection(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, with_changed_pin(), local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(100, 30)) as (app, pilot):
        await open_pin(app, pilot)
        await until(pilot, lambda: "89 lines" in shown(app))
        for key in ("j", "G", "pagedown"):
            await pilot.press("g", "J", "J")
            assert list(code(app).selected) == [0, 1, 2]
            await pilot.press(key)
            assert list(code(app).selected) == [code(app).cursor], key


class DelayedSource(DemoSource):
    """A source that responds after `released` is set."""

    released: asyncio.Event

    def __init__(self) -> None:
        self.released = asyncio.Event()

    async def tree(self, repo: str, name: str, *, optional: bool = False) -> Tree:
        await self.released.wait()
        raise NotFound(f"There is no commit {name[:10]}. Check the SHA.")

    async def commit_detail(self, repo: str, name: str) -> CommitDetail:
        commit = Commit(sha=name, at=NOW, subject="fix: claims", author="Ada")
        files = (ChangedFile(path="src/value.ts", status="modified", additions=2, deletions=1),)
        return CommitDetail(commit=commit, message="fix: claims\n\nOnly once.", files=files)


async def test_escape_cancels_reading_a_file_that_is_not_cached(tmp_path: Path) -> None:
    source = DelayedSource()

    async with running(make_workspace(tmp_path, with_changed_pin(), open_source=lambda: source), size=(100, 30)) as (
        app,
        pilot,
    ):
        await open_pin(app, pilot)
        await until(pilot, lambda: "reading… Esc cancels" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("enter")
        source.released.set()
        await until(pilot, lambda: "There is no commit" in shown(app))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_a_commit_shows_its_message_and_files(tmp_path: Path) -> None:
    source = DelayedSource()

    app = make_app(
        make_workspace(
            tmp_path,
            with_pin(f"{UP}@{sha('a')}"),
            local_tree=local_tree,
            local_blob=local_blob,
            open_source=lambda: source,
        )
    )
    async with app.run_test(size=(100, 30)) as pilot:
        await open_pin(app, pilot, f"{UP}@{sha('a')}")
        await until(pilot, lambda: "Only once." in shown(app))
        assert "modified  +2 -1  src/value.ts" in shown(app)
        await pilot.press("G", "enter")
        await until(pilot, lambda: "function value() {" in shown(app))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is app.main)


@pytest.mark.parametrize("web", ["https://github.com", "https://git.example"])
async def test_enter_on_the_commit_of_a_note_shows_the_commit(tmp_path: Path, web: str) -> None:
    workspace = make_workspace(tmp_path, record(), open_source=offline)
    workspace.web = web
    opened: list[str] = []
    app = make_app(workspace, opened)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "enter", "G")
        await until(pilot, lambda: app.main.target is not None and app.main.target.copy == sha("d"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CommitScreen))
        await until(pilot, lambda: "GitHub cannot be reached." in shown(app))
        assert f"╭─ Commit {sha('d')[:10]} ─" in shown(app), "the message does not name the commit"
    assert opened == []


async def test_a_commit_of_a_refresh_can_be_pinned_to_a_new_note(tmp_path: Path) -> None:
    async with running(make_workspace(tmp_path, record(), open_source=DelayedSource), size=(100, 30)) as (app, pilot):
        await pilot.press("4", "enter", "g", "enter")
        await until(pilot, lambda: isinstance(app.screen, CommitScreen))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, NoteEditor))


async def test_renewing_shows_the_old_and_the_new_place(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, with_changed_pin(), local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(100, 30), notifications=True) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "Renew" not in shown(app))
        await pilot.press("G")
        await until(pilot, lambda: "R Renew" in shown(app))
        await pilot.press("R")
        await until(pilot, lambda: f"L3-L4 at {'a' * 10} → L4-L5 at {'b' * 10}" in shown(app))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is app.main)
        assert workspace.store.load().gates["value"].pins == (PIN,)
        await pilot.press("R", "y")
        await until(pilot, lambda: workspace.store.load().gates["value"].pins == (PLACE,))
        await until(pilot, lambda: "R Renew" not in shown(app))


async def test_a_stale_pin_of_a_note_is_renewed(tmp_path: Path) -> None:
    made = with_changed_pin()
    made = applied(
        made, add_note(ActionContext(tracker(), made, Actor(by="ana", at=NOW)), "signal:story", "seen", pins=[PIN])
    )
    workspace = make_workspace(tmp_path, made, local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(100, 30)) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: "R Renew" in shown(app))
        await pilot.press("R", "y")
        await until(pilot, lambda: list(workspace.store.load().notes.values())[-1].pins == (PLACE,))


async def test_evidence_that_changed_opens_as_its_difference(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, with_changed_pin(), local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(100, 30)) as (app, pilot):
        await pilot.press("2", "G", "enter")
        await until(pilot, lambda: app.main.target and app.main.target.copy == PIN)
        await pilot.press("j")
        await until(pilot, lambda: app.main.target and app.main.target.changed_pin == PIN)
        await pilot.press("enter")
        await until(pilot, lambda: "+2 -1" in shown(app))
        view = code(app)
        assert view.text.diff is not None
        colours = {
            line.kind: {str(segment.style.bgcolor) for segment in view.line_strip(row) if segment.style}
            for row, line in enumerate(view.text.diff)
            if row != view.cursor
        }
        assert colours.keys() == {"same", "added", "removed"}
        assert len(set.union(*colours.values())) == 3, "added and removed lines have a background of their own"
