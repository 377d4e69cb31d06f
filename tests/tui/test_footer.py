"""The footer: only keys that apply, complete keys, and clicks."""

from pathlib import Path

import pytest
from textual.events import AppBlur, AppFocus

from pawtui.tui.preferences import FILE_NAME
from tests.tui.support import TestWorkspace, make_app, running, shown, until


async def test_the_footer_has_only_keys_that_apply(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await until(pilot, lambda: "v Verdict" in shown(app))
        assert not {"s", "b", "t", "X"} & app.screen.active_bindings.keys()
        await pilot.press("2")
        await until(pilot, lambda: "s b t Set" in shown(app))
        assert "v Verdict" not in shown(app)
        assert app.screen.active_bindings["u"].binding.action == "app.undo"
        assert app.screen.active_bindings["t"].binding.action == "gate('untested')"
        await pilot.press("enter")
        await until(pilot, app.main.acts_on_marked_line)
        assert "X Remove" not in shown(app), "this gate has no pin"


async def test_the_footer_shows_complete_keys_and_always_help(workspace: TestWorkspace) -> None:
    app = make_app(workspace)
    footers = []
    async with app.run_test(size=(120, 24)) as pilot:
        for width in (20, 60, 99, 120):
            await pilot.resize_terminal(width, 24)
            for pane in "123":
                await pilot.press(pane)
                await pilot.pause()
                footers.append(shown(app).split("\n")[-1])
        names = {active.binding.description for active in app.screen.active_bindings.values()}
        names |= {"Verdict", "Set"}
    assert [len(footer) for footer in footers[::3]] == [20, 60, 99, 120]
    for footer in footers:
        words = [word for word in footer.split() if len(word) > 1]
        assert set(words) <= {word for name in names for word in name.split()}
        assert words[-1] == "Help"


async def test_a_narrow_footer_shows_the_steps_of_a_review_in_their_order(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: "r Refresh w Walk c Close review e Export ? Help" in shown(app))
        await pilot.press("slash")
        await until(pilot, lambda: "Keep" in shown(app))
        assert "/ Filter" not in shown(app), "the field types this key"
        assert "Undo" not in shown(app), "the record is not changed while words are typed"


async def test_a_chosen_key_that_leaves_a_screen_is_not_left_out(workspace: TestWorkspace, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("[keys]\n'page.back' = 'f4'\n", encoding="utf-8")
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("w", "right")
        await until(pilot, lambda: "F4 Back" in shown(app).split("\n")[-1])


async def test_a_narrow_footer_shows_chosen_keys_and_the_key_of_the_help(
    workspace: TestWorkspace, tmp_path: Path
) -> None:
    (tmp_path / FILE_NAME).write_text("[keys]\nquit = 'f10'\nrefresh = 'f5'\nwalk = 'f6'\n", encoding="utf-8")
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: "F5 Refresh F6 Walk v Verdict" in shown(app).split("\n")[-1])
        assert "? Help" in shown(app).split("\n")[-1]


@pytest.mark.frames
async def test_a_click_on_a_key_in_the_footer_presses_it(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "s b t Set" in shown(app))
        footer = shown(app).split("\n")[-1]
        await pilot.click(offset=(footer.index("Set"), 35))
        await pilot.click(offset=(footer.index("Help"), 35), button=3)
        await pilot.click(offset=(footer.index("b t Set"), 35))
        await until(pilot, lambda: "sessions: blocked" in shown(app))
        await pilot.press("escape")
        await pilot.click(offset=(footer.index("Help"), 35))
        await until(pilot, lambda: "Search actions" in shown(app))


async def test_the_footer_keeps_its_keys_while_another_window_has_the_focus(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("3", "enter")
        await until(pilot, lambda: "X Remove" in shown(app))
        app.post_message(AppBlur())
        await until(pilot, lambda: app.screen.focused is None)
        assert "X Remove" in shown(app)
        app.post_message(AppFocus())
        await until(pilot, lambda: app.screen.focused is app.main.body.document_view)
        assert "X Remove" in shown(app)
