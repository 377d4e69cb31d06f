"""The replay screen: from a database to one part, with its content hidden, and evidence on the gates."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from pawtui.replay import replay_sources
from pawtui.replay.replay_errors import ReplayError
from pawtui.replay.replay_sources import ReplayProgress
from pawtui.tracker.tracker_types import Gate, Part
from tests.replay.session_db import SUBTASK, TEXT, SessionDb, tool, user
from tests.tui.support import TestWorkspace, make_workspace, record, running, shown, tracker, until


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with a subtask, which is lost."""
    db = SessionDb(tmp_path / "mine.db")
    db.turn(TEXT, tool("completed"))
    db.message("ses_1", user(), [{**SUBTASK, "prompt": "a secret of mine"}])
    db.connection.close()
    return db.path


@pytest.fixture
def workspace(tmp_path: Path) -> TestWorkspace:
    """A workspace with a gate that has a `replay`."""
    gate = Gate(
        id="shadow",
        title="Shadow",
        replay="checks",
        parts=(Part(id="open", title="Open"), Part(id="read", title="Read")),
    )
    return make_workspace(tmp_path / "home", record(), of=replace(tracker(), gates=(*tracker().gates, gate)))


async def open_replay(pilot: Pilot[None], path: Path) -> None:
    """Open the dialog, enter the path, and start the replay."""
    await pilot.press("M")
    pilot.app.screen.query_one("#path", Input).value = str(path)
    await pilot.press("enter")


async def test_enter_opens_details_down_to_one_part_and_escape_goes_back(
    workspace: TestWorkspace, database: Path
) -> None:
    async with running(workspace, size=(120, 40)) as (app, pilot):
        await open_replay(pilot, database)
        await until(pilot, lambda: "1 lost" in shown(app))
        assert "not proven: 1 lost" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Sessions with differences" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "failed checks" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Content hidden" in shown(app))
        assert "secret" not in shown(app)
        await pilot.press("C")
        await until(pilot, lambda: "a secret of mine" in shown(app))
        await pilot.press("C")
        await until(pilot, lambda: "secret" not in shown(app))
        await pilot.press("escape", "escape", "escape")
        await until(pilot, lambda: "Session checks" in shown(app))
        await pilot.press("a")
        await until(pilot, lambda: workspace.store.load().gates.get("shadow"))
        assert workspace.store.load().gates["shadow"].parts == ("open",)
        await pilot.press("a")
        await until(pilot, lambda: "shadow already has this evidence" in shown(app))
        assert len(workspace.store.load().notes_on("gate:shadow")) == 1
        await pilot.press("escape")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_enter_opens_the_part_of_the_source_in_which_it_is_listed(
    workspace: TestWorkspace, tmp_path: Path
) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    for name in ("first", "second"):
        db = SessionDb(folder / f"{name}.db")
        db.message(db.session(), user(), [{**SUBTASK, "prompt": f"the {name} prompt"}])
        db.connection.close()
    async with running(workspace, size=(120, 40)) as (app, pilot):
        await open_replay(pilot, folder)
        await until(pilot, lambda: "2 lost" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Sessions with differences" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "second.db" in shown(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Content hidden" in shown(app))
        await pilot.press("C")
        await until(pilot, lambda: "the second prompt" in shown(app))


async def test_escape_cancels_a_replay_and_closes_its_screen(
    workspace: TestWorkspace, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[str] = []

    def endless(*_: object, on_progress: Callable[[ReplayProgress], None], **__: object) -> None:
        try:
            while True:
                on_progress(ReplayProgress(database, sessions_done=7, all_sessions=9, parts_done=3))
                time.sleep(0.01)
        except ReplayError as error:
            ends.append(str(error))
            raise

    monkeypatch.setattr(replay_sources, "replay_sources", endless)
    async with running(workspace, size=(120, 40)) as (app, pilot):
        await open_replay(pilot, database)
        await until(pilot, lambda: "7 of 9 sessions, 3 parts" in shown(app))
        app.show_message("A message of another task. " * 9, "error")
        # It cancels at once, before the message is dismissed.
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main and ends)
        assert ends == ["Replay cancelled. Nothing was recorded."]
        assert "cancelled" not in shown(app)


async def test_a_path_that_does_not_exist_is_corrected_in_the_dialog(
    workspace: TestWorkspace, database: Path, tmp_path: Path
) -> None:
    async with running(workspace, size=(120, 40)) as (app, pilot):
        await open_replay(pilot, tmp_path / "gone.db")
        await until(pilot, lambda: "There is no file or folder" in shown(app))
        app.screen.query_one("#path", Input).value = str(database)
        await pilot.press("enter")
        await until(pilot, lambda: "1 lost" in shown(app))


async def test_an_error_is_shown_on_the_screen(workspace: TestWorkspace, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database", encoding="utf-8")
    async with running(workspace, size=(120, 40)) as (app, pilot):
        await open_replay(pilot, tmp_path / "text.db")
        await until(pilot, lambda: "Cannot read" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
