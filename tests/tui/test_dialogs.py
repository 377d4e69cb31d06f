"""What all dialogs share: clicks on their keys, and short screens."""

from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import TextArea

from pawtui.review.overview import make_overview
from pawtui.tui.app import PawtuiApp
from pawtui.tui.choice_list import ChoiceList
from pawtui.tui.footer import KeysFooter
from pawtui.tui.preferences import FILE_NAME
from pawtui.tui.screens.gate_dialog import GateDialog, consequence
from pawtui.tui.screens.verdict_dialog import VerdictDialog
from tests.tui.support import (
    NOW,
    TestWorkspace,
    make_workspace,
    paste,
    record,
    running,
    shown,
    tracker,
    until,
)


@pytest.mark.frames
async def test_a_click_on_a_key_of_a_dialog_presses_it(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, VerdictDialog) and "Tab Next field" in shown(app))
        rows = shown(app).split("\n")
        row = next(index for index, text in enumerate(rows) if "Tab Next field" in text)
        await pilot.click(offset=(rows[row].index("Next field"), row))
        await until(pilot, lambda: app.focused is not None and app.focused.id == "reason")
        rows = shown(app).split("\n")
        await pilot.click(offset=(rows[row].index("Save"), row))
        await until(pilot, lambda: "The reason is empty" in shown(app))
        rows = shown(app).split("\n")
        row = next(index for index, text in enumerate(rows) if "Esc Cancel" in text)
        for button in (2, 3):
            await pilot.click(offset=(rows[row].index("Esc"), row), button=button)
        await pilot.pause()
        assert isinstance(app.screen, VerdictDialog), "only the left button presses a key"
        await pilot.click(offset=(rows[row].index("Esc"), row))
        await until(pilot, lambda: app.screen is app.main)


async def test_undo_of_the_line_below_the_visible_ones_keeps_the_text(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: "Your recommendation" in shown(app))
        words = app.screen.query_one("#words", TextArea)
        await pilot.press("a", "enter", "b", "enter", "ctrl+z")
        assert words.text == "a\nb"


@pytest.mark.parametrize(("key", "text_id"), [("c", "words"), ("v", "reason"), ("n", "text"), ("n", "pins")])
async def test_undo_of_an_edit_after_an_undo_keeps_the_lines(workspace: TestWorkspace, key: str, text_id: str) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press(key)
        await until(pilot, lambda: app.screen.query(f"#{text_id}"))
        field = app.screen.query_one(f"#{text_id}", TextArea)
        field.focus()
        await pilot.press("enter", "up", "enter", "a", "ctrl+z", "b")
        assert field.text == "\nb\n"
        await pilot.press("ctrl+z")
        assert field.text == "\n\n", "only the last edit is undone"
        assert len(field.wrapped_document.lines) == 3


async def test_the_choice_under_the_cursor_is_visible_on_a_short_screen(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, VerdictDialog))
        choices = app.screen.query_one(ChoiceList)
        for key in ("home", "tab", "tab", "shift+tab", "shift+tab", "end", "home"):
            await pilot.press(key)
            if choices.has_focus:
                await until(pilot, lambda: choices.chosen in shown(app))
            assert "Esc Cancel" in shown(app), "the keys do not scroll"


async def test_a_key_in_a_reason_that_gets_the_focus_again_keeps_the_text(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("2", "b")
        await until(pilot, lambda: isinstance(app.screen, GateDialog))
        await paste(pilot, "Old sessions lose their tools")
        await until(pilot, lambda: "Old sessions lose" in shown(app))
        await pilot.press("tab", "shift+tab", "full_stop")
        await until(pilot, lambda: "Old sessions lose their tools." in shown(app))


def keys_line(app: PawtuiApp) -> str:
    """Return the keys of the top screen, with their labels."""
    return " ".join(app.screen.query_one(KeysFooter).render().plain.split())


def has_keys(app: PawtuiApp, shown_keys: str) -> bool:
    return keys_line(app) == shown_keys


# The keys that open a dialog, the number of Escapes that leave it, and the keys that it shows.
DIALOG_KEYS = (
    (("n",), 1, "Ctrl+S Save Tab Next field Esc Cancel Ctrl+E Editor"),
    (("c",), 1, "Ctrl+S Save Tab Next field Esc Cancel"),
    (("v",), 1, "Enter Choose Ctrl+S Save Tab Next field Esc Cancel"),
    (("2", "p"), 1, "Ctrl+S Save Esc Cancel"),
    (("e", "s"), 2, "Ctrl+S Save Esc Cancel"),
    (("M",), 1, "Ctrl+S Replay Tab Next field Esc Cancel"),
    (("A",), 1, "Ctrl+S Preview Esc Cancel"),
    (("2", "j", "t"), 1, "y Yes n No, change nothing"),
    (("3", "p"), 1, "Ctrl+S Save Tab Next field Esc Cancel Ctrl+E Editor"),
)


async def test_a_dialog_shows_the_keys_that_apply(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        for keys, escapes, shown_keys in DIALOG_KEYS:
            await pilot.press(*keys)
            await until(pilot, partial(has_keys, app, shown_keys))
            await pilot.press(*["escape"] * escapes)
            await until(pilot, lambda: app.screen is app.main)


async def test_a_dialog_shows_the_key_that_the_user_has_chosen(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('[keys]\ndialog.save = "f9"\nlog = "f5"\n', encoding="utf-8")
    async with running(make_workspace(tmp_path, record())) as (app, pilot):
        await until(pilot, lambda: app.key_overrides)
        await pilot.press("2", "b")
        await until(pilot, lambda: keys_line(app) == "F9 Save Tab Next field Esc Cancel")
        await pilot.press("f9")
        await until(pilot, lambda: "cannot be blocked without a reason" in shown(app))


def test_a_state_of_a_gate_removes_only_what_it_replaces() -> None:
    overview = make_overview(tracker(), record(), NOW.date())
    blocked, sessions = overview.gate("replay"), overview.gate("sessions")
    assert consequence(blocked, "blocked") == ""
    assert consequence(blocked, "untested") == 'This removes the reason "skill parts do not map".'
    assert blocked.entry is not None
    entry = replace(blocked.entry, state="satisfied", reason="", parts=("open", "read"))
    satisfied = replace(sessions, entry=entry)
    assert consequence(satisfied, "untested") == "This removes all 2 ticks."
    assert consequence(satisfied, "blocked") == ""


async def test_letters_typed_in_the_list_of_verdicts_choose_nothing_and_say_so(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("v", "down")
        assert "Letters do not choose" not in shown(app)
        await pilot.press(*"jkGq")
        await until(pilot, lambda: "Letters do not choose. Press Up or Down, then Enter." in shown(app))
        assert app.screen.query_one(ChoiceList).chosen == "partial"
        await pilot.press("enter")
        await until(pilot, lambda: "Letters do not choose" not in shown(app))


async def test_escape_warns_again_if_another_message_has_replaced_the_warning(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("v", "enter", "x", "escape")
        await until(pilot, lambda: "Text not saved." in shown(app))
        await pilot.press("shift+tab", "y")
        await until(pilot, lambda: "Letters do not choose" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Text not saved." in shown(app))
