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
