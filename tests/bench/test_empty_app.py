"""The reference of the first paint has the widgets of the main screen."""

from pathlib import Path

from textual.app import App

from tests.bench.empty_app import EmptyApp
from tests.tui.support import make_workspace, record, running


def names(app: App[None]) -> list[str]:
    return [type(widget).__name__ for widget in app.screen.children]


async def test_the_empty_app_has_the_widgets_of_the_main_screen(tmp_path: Path) -> None:
    async with running(make_workspace(tmp_path, record())) as (app, _pilot):
        expected = names(app)
    async with EmptyApp().run_test() as pilot:
        assert names(pilot.app) == expected
