"""Keys that are typed faster than the screens can open."""

import pytest
from textual.command import CommandPalette
from textual.events import Key
from textual.widgets import Input, TextArea

from pawtui.tui.app import PawtuiApp
from tests.tui.support import TestWorkspace, highlighted_command, running, until


def _type(app: PawtuiApp, *keys: str) -> None:
    """Send keys as a terminal sends a burst: all of them before the app handles the first one."""
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


def _fields(app: PawtuiApp) -> list[str]:
    inputs = [field.value for field in app.screen.query(Input)]
    return [*inputs, *(area.text for area in app.screen.query(TextArea))]


@pytest.mark.parametrize(
    ("keys", "fields"),
    [
        ("nnone", ["none", ""]),
        # `e`, `s` and `t` are keys of the gates.
        ("2btests", ["tests", ""]),
        # `c` closes the review.
        (("slash", *"calm"), ["calm"]),
        (("question_mark", *"undo"), ["undo"]),
    ],
    ids=["note", "gate", "filter", "palette"],
)
async def test_a_burst_of_keys_is_typed_into_the_field_that_its_first_key_opens(
    workspace: TestWorkspace, keys: tuple[str, ...], fields: list[str]
) -> None:
    async with running(workspace) as (app, pilot):
        _type(app, *keys)
        await until(pilot, lambda: _fields(app) == fields)


@pytest.mark.parametrize("key", ["pageup", "pagedown", "end"])
async def test_a_key_before_the_list_of_the_palette_is_shown_is_ignored(workspace: TestWorkspace, key: str) -> None:
    async with running(workspace) as (app, pilot):
        _type(app, "ctrl+p", key, *"undo")
        await until(pilot, lambda: _fields(app) == ["undo"] and highlighted_command(app))


async def test_the_palette_that_is_closed_twice_closes_no_other_screen(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("n", "ctrl+p")
        await until(pilot, lambda: CommandPalette.is_open(app))
        note, palette = app.screen_stack[-2:]
        # As by Enter and Escape in one burst.
        palette.dismiss()
        palette.dismiss()
        await pilot.pause()
        assert app.screen is note


async def test_two_enters_in_one_burst_run_a_command_of_the_palette_once(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        _type(app, "ctrl+p", *"note")
        await until(pilot, lambda: highlighted_command(app).startswith("n "))
        _type(app, "enter", "enter")
        await until(pilot, lambda: _fields(app)[1:] == [""])
        assert len(app.screen_stack) == 2
