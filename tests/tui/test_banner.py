"""The messages above the footer: which of them replace others, and how they are dismissed."""

from tests.tui.support import (
    TestWorkspace,
    running,
    shown,
    until,
)


async def test_a_message_about_an_action_replaces_that_of_the_action_before(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        app.show_message("A failure.", "error")
        app.show_message(f"Renewed {'a pin ' * 15}")
        await until(pilot, lambda: "Renewed a pin" in shown(app))
        app.show_message(f"Undid: renewed {'a pin ' * 15}")
        await until(pilot, lambda: "Undid: renewed" in shown(app))
        assert "i Renewed" not in shown(app)
        app.show_message("Set value to blocked.")
        await until(pilot, lambda: "Undid: renewed" not in shown(app))
        assert "x A failure." in shown(app)


async def test_a_message_of_wide_characters_is_complete(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24), notifications=True) as (app, pilot):
        app.show_message(f"Saved {'日' * 40}.md.")
        await until(pilot, lambda: "md." in shown(app))


async def test_messages_without_space_are_counted_and_follow(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        for number in range(1, 6):
            app.show_message(f"Failure {number}.", "error")
        await until(pilot, lambda: "x Failure 5.  Esc dismisses (2 more)" in shown(app))
        assert "Failure 3." in shown(app)
        assert "Failure 2." not in shown(app)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "x Failure 3.  Esc dismisses " in shown(app))
        assert "x Failure 1." in shown(app)


async def test_a_message_may_come_before_a_new_screen_is_composed(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        app.action_walk()
        app.show_message("A failure.", "error")
        await until(pilot, lambda: "x A failure." in shown(app))
        assert "pawtui  Walk" in shown(app)


async def test_a_copied_address_has_no_line_end(workspace: TestWorkspace) -> None:
    address = f"https://github.example/{'folder/' * 20}file.ts"
    async with running(workspace, size=(80, 24)) as (app, pilot):
        app.show_message(f"Cannot open {address}: no browser was found.", "error")
        await until(pilot, lambda: "no browser was found" in shown(app))
        app.main.banner.text_select_all()
        assert address in (app.screen.get_selected_text() or "")


async def test_ctrl_c_shows_the_key_that_quits(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24), notifications=True) as (app, pilot):
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "Press Ctrl+Q to quit." in shown(app))
        assert app.is_running


async def test_a_toast_with_a_title_shows_its_message(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24), notifications=True) as (app, pilot):
        app.notify("Saved it.", title="Screenshot")
        await until(pilot, lambda: "Saved it." in shown(app))
