"""The folder screen: Enter on a pin or a path of a folder, and on the files and folders in it."""

import asyncio
from pathlib import Path

from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import TextArea

from pawtui.demo.demo_source import DemoSource
from pawtui.refresh.pins import parse_pin
from pawtui.sources.facts import Tree, TreeEntry
from pawtui.tui.app import PawtuiApp
from pawtui.tui.screens.pinned_screens import FolderScreen
from tests.tui.pinned_text import with_pin
from tests.tui.support import DOWN, UP, TestWorkspace, make_app, make_workspace, record, sha, shown, tracker, until

HOSTILE = "[red]$(x)] " + "w" * 120
ENTRIES = {
    "src": TreeEntry(sha("1"), "tree"),
    "src/session": TreeEntry(sha("2"), "tree"),
    "src/session/store": TreeEntry(sha("3"), "tree"),
    "src/session/store/table.sql": TreeEntry(sha("8"), "blob", 1_204),
    "src/session/run.ts": TreeEntry(sha("8"), "blob", 12),
    f"src/session/{HOSTILE}": TreeEntry(sha("9"), "blob", 1),
    "src/session/vendor": TreeEntry(sha("4"), "commit"),
    "src/session-other.ts": TreeEntry(sha("8"), "blob", 12),
}


def local_tree(_repo: str, commit: str) -> Tree:
    return Tree(sha=commit, entries=ENTRIES)


def local_blob(_repo: str, name: str) -> bytes | None:
    return b"let first\n" if name == sha("8") else None


async def test_a_path_to_check_shows_its_files_which_open(tmp_path: Path) -> None:
    opened: list[str] = []
    gates = tuple(replace(gate, paths=("src/session",)) for gate in tracker().gates)
    workspace = make_workspace(
        tmp_path, record(), of=replace(tracker(), gates=gates), local_tree=local_tree, local_blob=local_blob
    )
    app = make_app(workspace, opened)
    folder = f"{DOWN}@{sha('d')}:src/session"
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "G", "enter", "G")
        await until(pilot, lambda: app.main.target and app.main.target.copy == folder)
        await pilot.press("enter")
        await until(pilot, lambda: "Content  4 entries" in shown(app))
        rows = [row.strip("│▌ ").split("  ")[0] for row in shown(app).splitlines()]
        # Folders first; a name of any characters is shown as it is, over several lines.
        assert [row for row in rows if row in ("store/", "run.ts", "vendor", "[red]$(x)]")] == [
            "store/",
            "[red]$(x)]",
            "run.ts",
            "vendor",
        ]
        assert "".join(rows).count("w" * 20) >= 5
        assert "session-other" not in shown(app)
        await pilot.press("o")
        await until(pilot, lambda: len(opened) == 1)
        await pilot.press("G", "enter")
        await until(pilot, lambda: "is a submodule and has no lines" in shown(app))
        await pilot.press("escape", "k", "o")
        await until(pilot, lambda: len(opened) == 2)
        await pilot.press("enter")
        await until(pilot, lambda: "let first" in shown(app) and "src/session/run.ts" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Content  4 entries" in shown(app))
        await pilot.press("k", "k", "enter")
        await until(pilot, lambda: "Content  1 entry" in shown(app) and "table.sql" in shown(app))
        assert "1,204 bytes" in shown(app)
        await pilot.press("p")
        await until(pilot, lambda: workspace.store.load().gates["value"].pins[1:] == (f"{folder}/store",))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is app.main)
    web = f"https://github.com/{DOWN}"
    assert opened == [f"{web}/tree/{sha('d')}/src/session", f"{web}/blob/{sha('d')}/src/session/run.ts"]


class CutTreeSource(DemoSource):
    """A source whose trees are cut. It responds after `released` is set."""

    def __init__(self) -> None:
        self.released = asyncio.Event()

    async def tree(self, repo: str, name: str, *, optional: bool = False) -> Tree:
        await self.released.wait()
        return Tree(sha=name, entries=ENTRIES, truncated=True)


def pinned_folder(home: Path, source: CutTreeSource) -> PawtuiApp:
    """Return the app with a gate that has a pin to a folder, which is read from the source."""

    return make_app(make_workspace(home, with_pin(f"{UP}@{sha('a')}:src/session"), open_source=lambda: source))


async def open_pin(pilot: Pilot[None]) -> None:
    """Open the pin, which is not yet read."""
    await pilot.press("2", "G", "enter")
    await until(pilot, lambda: "@ src/session" in shown(pilot.app))
    await pilot.press("enter")
    await until(pilot, lambda: "reading" in shown(pilot.app))


async def test_a_pinned_folder_is_read_from_the_source_if_its_tree_is_not_cached(tmp_path: Path) -> None:
    source = CutTreeSource()
    app = pinned_folder(tmp_path, source)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_pin(pilot)
        source.released.set()
        await until(pilot, lambda: "Content  at least 4 entries" in shown(app))


async def test_a_folder_does_not_replace_another_screen(tmp_path: Path) -> None:
    source = CutTreeSource()
    app = pinned_folder(tmp_path, source)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_pin(pilot)
        reading = app.screen
        await pilot.press("question_mark")
        await until(pilot, lambda: app.screen is not reading)
        above = app.screen
        source.released.set()
        await pilot.pause()
        assert app.screen is above
        await pilot.press("escape")
        await until(pilot, lambda: "src/session at aaaaaaaaaa is a folder" in shown(app))


async def test_a_folder_of_a_refresh_is_pinned_to_a_new_note(workspace: TestWorkspace) -> None:
    app = make_app(workspace)
    pin = parse_pin(f"{UP}@{sha('a')}:src/session")
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(
            FolderScreen(pin, f"refresh:{app.overview.record.refreshes[-1].id}", local_tree(UP, pin.sha))
        )
        await pilot.press("p")
        await until(pilot, lambda: "Write a note" in shown(app) and "on review as a whole" in shown(app))
        assert app.screen.query_one("#pins", TextArea).text == f"{pin}\n"
