"""The keys of notes, and the warnings before typed text is lost."""

import asyncio

import pytest
from textual.command import CommandPalette
from textual.events import Key
from textual.widgets import Input, TextArea

from tests.tui.support import (
    TestWorkspace,
    make_app,
    paste,
    record_slowly,
    running,
    shown,
    until,
)


async def test_pins_of_a_note_are_checked_during_typing(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("j", "n")
        await paste(pilot, "Seen it")
        await pilot.press("enter")
        await paste(pilot, "twice")
        await pilot.press("tab")
        await paste(pilot, "loom/loom@main")
        await pilot.press("left", "end")
        await pilot.pause()
        assert "Pin a commit, not a branch" not in shown(app), "it may not be complete"
        await pilot.press("enter")
        await until(pilot, lambda: "Pin a commit, not a branch" in shown(app))
        await pilot.press("backspace")
        await until(pilot, lambda: "Pin a commit, not a branch" not in shown(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "A pin is not valid. Correct it, then save." in shown(app))
        assert shown(app).count("Pin a commit, not a branch") == 1, "only below the field"
        assert len(workspace.store.load().notes) == 1, "nothing is recorded with an invalid pin"
        app.screen.query_one("#pins", TextArea).text = f"loom/loom@{'e' * 7}:src/a.ts"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(workspace.store.load().notes) == 2)
        await until(pilot, lambda: app.screen is app.main)
    note = list(workspace.store.load().notes.values())[-1]
    assert (note.subject, note.text, note.pins) == (
        "signal:calm",
        "Seen it\ntwice",
        (f"loom/loom@{'e' * 7}:src/a.ts",),
    )


async def test_a_dialog_saves_once_and_is_closed_also_below_the_palette(
    workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = record_slowly(workspace, monkeypatch)
    async with running(workspace) as (app, pilot):
        await pilot.press("n", "x", "ctrl+s", "ctrl+s", "escape", "ctrl+q", "escape")
        await until(pilot, lambda: "The change is being recorded. Wait until it is done." in shown(app))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: CommandPalette.is_open(app))
        released.set()
        await until(pilot, lambda: app.screen_stack == [app.main])
    assert len(workspace.store.load().notes) == 2


async def test_a_note_is_edited_removed_and_restored(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("3", "E")
        app.screen.query_one("#text", TextArea).text = "other words"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main and "other words" in shown(app))
        await pilot.press("X")
        await until(pilot, lambda: not workspace.store.load().notes)
        await pilot.press("ctrl+z")
        await until(pilot, lambda: len(workspace.store.load().notes) == 1)


async def test_typing_continues_the_text_and_the_pins_of_a_note(workspace: TestWorkspace) -> None:
    (note,) = workspace.store.load().notes.values()
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("3", "E")
        await paste(pilot, " More.")
        await pilot.press("tab")
        await paste(pilot, "loom/loom#5")
        await pilot.press("enter", "ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    (changed,) = workspace.store.load().notes.values()
    assert changed.text == f"{note.text} More."
    assert changed.pins == (*note.pins, "loom/loom#5")


async def test_the_next_key_acts_on_the_new_note(workspace: TestWorkspace) -> None:
    app = make_app(workspace)
    (older,) = workspace.store.load().notes
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("3", "n")
        await paste(pilot, "A second note")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main and "A second note" in shown(app))
        await pilot.press("X")
        await until(pilot, lambda: "Removed a note" in shown(app))
    assert list(workspace.store.load().notes) == [older]


async def test_escape_warns_before_unsaved_text_is_lost(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("n")
        await paste(pilot, "words")
        await pilot.press("escape")
        await pilot.pause()
        assert "not saved" in shown(app)
        await pilot.press("x", "escape")
        await pilot.pause()
        assert app.screen is not app.main, "after more typing, Escape warns again"
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is app.main
        assert len(workspace.store.load().notes) == 1


async def test_ctrl_q_warns_before_unsaved_text_is_lost(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("n")
        await paste(pilot, "words")
        await pilot.press("f1")
        await until(pilot, lambda: "Write your observation" in shown(app))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: "Text not saved. Ctrl+S saves it, Ctrl+Q again discards it." in shown(app))
        assert app.is_running
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert not app.is_running


async def test_escape_warns_before_a_date_is_lost(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("j", "v", "enter", "tab")
        await paste(pilot, "2027")
        await pilot.press("escape")
        await until(pilot, lambda: "Text not saved." in shown(app))
        await pilot.press(*["backspace"] * 4, "escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_escape_does_not_warn_without_typed_text(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("3", "E", "escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("E")
        app.screen.query_one("#text", TextArea).text = ""
        app.screen.query_one("#pins", TextArea).text = ""
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_keys_just_before_ctrl_s_are_saved(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("j", "v", "enter")
        for key in (*"moved", "ctrl+s"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: "calm" in workspace.store.load().verdicts)
    assert workspace.store.load().verdicts["calm"].reason == "moved"


async def test_a_pin_that_is_typed_while_the_editor_opens_is_not_in_the_text(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        for key in ("p", *"abcdefghijklmnopqrstuvwxyz"):
            app.simulate_key(key)
            await asyncio.sleep(0)
        await until(pilot, lambda: app.screen.query_one("#pins", TextArea).text.endswith("z"))
        assert not app.screen.query_one("#text", TextArea).text


async def test_a_mistake_stays_until_the_text_is_edited(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "b", "space", "ctrl+s")
        await until(pilot, lambda: "cannot be blocked without a reason" in shown(app))
        field = app.screen.query_one("#reason", Input)
        # The message of the last key may arrive after the key that saves.
        field.post_message(Input.Changed(field, field.value))
        await pilot.pause()
        assert "cannot be blocked without a reason" in shown(app)
        await pilot.press("x")
        await until(pilot, lambda: "cannot be blocked without a reason" not in shown(app))


async def test_a_note_is_edited_in_an_external_editor(
    workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with running(workspace) as (app, pilot):
        await pilot.press("n")
        await paste(pilot, "words")
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "Set VISUAL or EDITOR" in shown(app))
        monkeypatch.setenv("EDITOR", "true")
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "cannot run an editor" in shown(app))
        assert app.screen.query_one("#text", TextArea).text == "words"


async def test_the_result_of_a_closed_dialog_closes_no_other_screen(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("n")
        dialog = app.screen
        await pilot.press("escape", "n")
        await until(pilot, lambda: app.screen not in (app.main, dialog))
        stack = list(app.screen_stack)
        assert not app.close_screens_above(dialog)
        assert list(app.screen_stack) == stack
