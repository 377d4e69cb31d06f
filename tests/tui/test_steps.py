"""Evaluation steps in the screens: on the page of the gate that they serve, and set from the palette."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input, OptionList, TextArea

from pawtui.tracker.tracker_types import EvaluationStep, Verification
from pawtui.tui.app import PawtuiApp
from tests.tui.support import TestWorkspace, app_at, record, shown, tracker, until, workspace


@pytest.fixture
def at(tmp_path: Path) -> TestWorkspace:
    """A workspace whose tracker has one evaluation step."""
    step = EvaluationStep(
        id="spike", title="Try the runtime", verify=Verification(recovery="a killed run resumes"), gates=("value",)
    )
    return workspace(tmp_path / "home", record(), of=replace(tracker(), steps=(step,)))


def offered(app: PawtuiApp) -> str:
    """What Enter in the palette would run."""
    options = app.screen.query(OptionList)
    option = options.first().highlighted_option if options else None
    return str(option.prompt) if option is not None else ""


async def test_a_step_is_set_from_the_palette_and_shown_with_its_gate(at: TestWorkspace) -> None:
    app = app_at(at)
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("ctrl+p", *"spike: done")
        await until(pilot, lambda: "Set step spike: done" in offered(app))
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.screen.query("#pins")))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "needs evidence" in shown(app))
        app.screen.query_one("#reason", Input).value = "it resumes"
        app.screen.query_one("#pins", TextArea).text = "up/stream#3"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "spike" in at.store.load().steps)
        assert at.store.load().steps["spike"].pins == ("up/stream#3",)
        await pilot.press("ctrl+p", *"go to gate value")
        await until(pilot, lambda: "Go to gate value" in offered(app))
        await pilot.press("enter")
        await until(pilot, lambda: "a killed run resumes" in shown(app))
        assert "it resumes" in shown(app)
        await pilot.press("u")
        await until(pilot, lambda: not at.store.load().steps)
