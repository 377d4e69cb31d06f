"""The completions of a pin in the fields of dialogs."""

import asyncio
from pathlib import Path

import pytest
from textual.widgets import TextArea

from pawtui.demo.demo_source import DemoSource
from pawtui.sources.facts import Tree
from pawtui.tracker.read_tracker import TrackerError
from tests.tui.pinned_text import TEXTS, local_blob, local_tree
from tests.tui.support import (
    make_workspace,
    paste,
    record,
    running,
    shown,
    until,
)


async def test_path_and_line_of_a_pin_are_completed(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, record(), local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(100, 40)) as (app, pilot):
        await pilot.press("2", "p")
        await paste(pilot, "up:vlts")
        await until(pilot, lambda: "▌ up:src/value.ts" in shown(app))
        assert shown(app).index("Tab accepts") < shown(app).index("▌ up:src/value.ts"), "visible on a short screen"
        await pilot.press("tab", *"#zero")
        await until(pilot, lambda: "▌ L1 // zero" in shown(app))
        await pilot.press("tab")
        await until(pilot, lambda: "= exists  src/value.ts#L1" in shown(app))


async def test_tab_does_not_accept_the_completion_of_the_text_before(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, record(), local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(100, 40)) as (app, pilot):
        await pilot.press("2", "s")
        field = app.screen.query_one("#pins", TextArea)
        await until(pilot, lambda: field.has_focus)
        await paste(pilot, "up:vl")
        await until(pilot, lambda: "▌ up:src/value.ts" in shown(app))
        await pilot.press("q", "tab")
        await until(pilot, lambda: not field.has_focus)
        assert field.text == "up:vlq"


@pytest.mark.parametrize("typed", ["up:vlts", "up:src/value.ts#zero"])
async def test_a_failure_to_read_completions_is_shown(tmp_path: Path, typed: str) -> None:
    def broken_tree(_repo: str, _commit: str) -> Tree | None:
        raise TrackerError(["The tracker file is damaged."])

    async with running(make_workspace(tmp_path, record(), local_tree=broken_tree), size=(100, 40)) as (app, pilot):
        await pilot.press("2", "s")
        await until(pilot, lambda: app.screen.query("#pins"))
        await paste(pilot, typed)
        await until(pilot, lambda: "The tracker file is damaged." in shown(app))
        await pilot.press("tab")
        await until(pilot, lambda: not app.screen.query_one("#pins").has_focus)


async def test_lines_of_a_file_that_is_not_cached_are_read_from_the_source(tmp_path: Path) -> None:
    class OneFile(DemoSource):
        def __init__(self) -> None:
            self.can_write = False

        async def tree(self, repo: str, sha: str, *, optional: bool = False) -> Tree:
            return local_tree(repo, sha) or Tree(sha=sha, entries={})

        async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
            return TEXTS[sha]

    workspace = make_workspace(tmp_path, record(), local_tree=local_tree, open_source=OneFile)
    async with running(workspace, size=(100, 40)) as (app, pilot):
        await pilot.press("2", "p")
        await paste(pilot, "up:src/value.ts#zer")
        await until(pilot, lambda: "▌ L1 // zero" in shown(app))


async def test_another_completion_is_marked_and_accepted(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, record(), local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(100, 40)) as (app, pilot):
        await pilot.press("2", "p")
        await paste(pilot, "up:src/value.ts#")
        await until(pilot, lambda: "▌ L1 // zero" in shown(app))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "▌ L2 // one" in shown(app))
        await pilot.press("tab")
        await until(pilot, lambda: "= exists  src/value.ts#L2" in shown(app))


async def test_a_pin_is_not_shown_as_good_while_it_is_checked(tmp_path: Path) -> None:
    released = asyncio.Event()

    class SlowSource(DemoSource):
        def __init__(self) -> None:
            self.can_write = False

        async def tree(self, repo: str, sha: str, *, optional: bool = False) -> Tree:
            await released.wait()
            return local_tree(repo, sha) or Tree(sha=sha, entries={})

    async with running(make_workspace(tmp_path, record(), open_source=SlowSource), size=(100, 40)) as (app, pilot):
        await pilot.press("2", "p")
        await paste(pilot, "up:src/value.ts")
        await until(pilot, lambda: "? not checked yet  src/value.ts" in shown(app))
        released.set()
        await until(pilot, lambda: "= exists  src/value.ts" in shown(app))
