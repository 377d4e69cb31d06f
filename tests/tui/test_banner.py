"""The messages above the footer: which of them replace others, and how they are dismissed."""

import pytest

from pawtui.tui.banner import Banner
from tests.tui.support import (
    TestWorkspace,
    running,
    shown,
    until,
)


@pytest.mark.parametrize("count", [10, 11, 12])
async def test_the_key_that_dismisses_a_message_is_on_the_line_of_its_effect(
    workspace: TestWorkspace, count: int
) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        app.main.query_one(Banner).add("words " * count, "information")
        await until(pilot, lambda: shown(app).count("words") == count)
        assert any(row.rstrip().endswith("  Esc dismisses") for row in shown(app).split("\n"))


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
