"""Evaluation steps: shown on the page of their gate, and set from the palette or with V."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input, TextArea

from pawtui.tracker.tracker_types import EvaluationStep, Verification
from tests.tui.support import (
    TestWorkspace,
    highlighted_command,
    make_app,
    make_workspace,
    record,
    shown,
    tracker,
    until,
)


@pytest.fixture
def workspace(tmp_path: Path) -> TestWorkspace:
    """A workspace whose tracker has two evaluation steps for one gate."""
    verify = Verification(recovery="a killed run resumes")
    steps = (
        EvaluationStep(id="spike", title="Try the runtime", verify=verify, gates=("value",)),
        EvaluationStep(id="pilot", title="Migrate one user", gates=("value",)),
    )
    return make_workspace(tmp_path / "home", record(), of=replace(tracker(), steps=steps))


async def test_a_step_is_set_from_the_palette_and_shown_with_its_gate(workspace: TestWorkspace) -> None:
    app = make_app(workspace)
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("ctrl+p")
        app.screen.query_one(Input).value = "spike: done"
        await until(pilot, lambda: "Set step spike: done" in highlighted_command(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query("#pins"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "needs evidence" in shown(app))
        app.screen.query_one("#reason", Input).value = "it resumes"
        app.screen.query_one("#pins", TextArea).text = "up/stream#3"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "spike" in workspace.store.load().steps)
        assert workspace.store.load().steps["spike"].pins == ("up/stream#3",)
        await pilot.press("2", "G")
        await until(pilot, lambda: "a killed run resumes" in shown(app))
        assert "it resumes" in shown(app)
        await pilot.press("u")
        await until(pilot, lambda: not workspace.store.load().steps)


async def test_a_key_sets_a_step_of_a_gate_that_has_one(workspace: TestWorkspace) -> None:
    app = make_app(workspace)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "s b t Set" in shown(app).split("\n")[-1])
        assert "V Eval step" not in shown(app).split("\n")[-1], "no step serves this gate"
        await pilot.press("G")
        await until(pilot, lambda: "V Eval step" in shown(app).split("\n")[-1])
        await pilot.press("V")
        await until(pilot, lambda: "spike: planned" in shown(app))
        assert "pilot: dropped" in shown(app)
        await pilot.press("end", "enter")
        await until(pilot, lambda: "Migrate one user" in shown(app) and app.screen.query("#reason"))
        await pilot.press(*"no", "enter")
        await until(pilot, lambda: "pilot" in workspace.store.load().steps)
    step = workspace.store.load().steps["pilot"]
    assert (step.state, step.reason) == ("dropped", "no")
