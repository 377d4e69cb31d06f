"""Evaluation steps: shown in the detail of their gate, and set from the palette or with V."""

import datetime as dt
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from pawtui.refresh.refresh_types import Drift
from pawtui.review.actions import ActionContext, Actor
from pawtui.review.step_actions import set_step
from pawtui.tracker.tracker_types import EvaluationStep, Verification
from pawtui.tui.app import PawtuiApp
from tests.tui.support import (
    NOW,
    UP,
    TestWorkspace,
    applied,
    highlighted_command,
    make_workspace,
    record,
    running,
    sha,
    shown,
    tracker,
    until,
)

STEPS = (
    EvaluationStep(
        id="spike", title="Try the runtime", verify=Verification(recovery="a killed run resumes"), gates=("value",)
    ),
    EvaluationStep(id="pilot", title="Migrate one user", gates=("value",)),
)
WITH_STEPS = replace(tracker(), steps=STEPS)


@pytest.fixture
def workspace(tmp_path: Path) -> TestWorkspace:
    """A workspace whose tracker has two evaluation steps for one gate."""
    return make_workspace(tmp_path / "home", record(), of=WITH_STEPS)


async def test_a_step_is_set_from_the_palette_and_shown_with_its_gate(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(120, 60)) as (app, pilot):
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
    async with running(workspace) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "s b t Set" in shown(app).split("\n")[-1])
        assert "V Step" not in shown(app).split("\n")[-1], "no step serves this gate"
        await pilot.press("G")
        await until(pilot, lambda: "V Step" in shown(app).split("\n")[-1])
        await pilot.press("V")
        await until(pilot, lambda: "spike: planned" in shown(app))
        assert "pilot: dropped" in shown(app)
        await pilot.press("end", "enter")
        await until(pilot, lambda: "Migrate one user" in shown(app) and app.screen.query("#reason"))
        await pilot.press(*"no", "enter")
        await until(pilot, lambda: "pilot" in workspace.store.load().steps)
    step = workspace.store.load().steps["pilot"]
    assert (step.state, step.reason) == ("dropped", "no")


async def go_to_pin(app: PawtuiApp, pilot: Pilot[None], pin: str, pin_of: str) -> None:
    """Move the cursor of the detail down to the line of a pin of that gate or step."""
    await until(pilot, lambda: app.main.acts_on_marked_line())
    for _ in range(40):
        if app.main.target and (app.main.target.copy, app.main.target.pin_of) == (pin, pin_of):
            break
        await pilot.press("j")


async def test_a_pin_is_removed_from_the_marked_owner_if_several_have_it(tmp_path: Path) -> None:
    pin, made = "loom/loom#9", record()
    for step_id in ("spike", "pilot"):
        actor = Actor(by="ana", at=NOW - dt.timedelta(hours=2))
        made = applied(made, set_step(ActionContext(WITH_STEPS, made, actor), step_id, "running", pins=[pin]))
    assert made.gates["value"].pins == (pin,)
    workspace = make_workspace(tmp_path, made, of=WITH_STEPS)
    async with running(workspace, size=(120, 60), notifications=True) as (app, pilot):
        await pilot.press("2", "G", "enter", "g")
        await go_to_pin(app, pilot, pin, "step:pilot")
        await pilot.press("X")
        await until(pilot, lambda: f"Removed {pin} from step pilot." in shown(app))
        stored = workspace.store.load()
        assert stored.gates["value"].pins == stored.steps["spike"].pins == (pin,)
        assert stored.steps["pilot"].pins == ()


async def test_pins_of_a_step_are_renewed_and_removed_in_the_detail_of_its_gate(tmp_path: Path) -> None:
    old, new = f"{UP}@{sha('a')}:src/step.ts", f"{UP}@{sha('b')}:src/step.ts"
    actor = Actor(by="ana", at=NOW - dt.timedelta(hours=2))
    # Without its last change, the pin of the gate.
    without_pins = replace(record(), log=record().log[:-1], gates={})
    made = applied(
        without_pins,
        set_step(ActionContext(WITH_STEPS, without_pins, actor), "spike", "done", pins=[old, "up/stream#3"]),
    )
    drift = Drift(pin=old, state="changed", summary="changed since", place=new)
    last = replace(made.refreshes[-1], drift=(*made.refreshes[-1].drift, drift))
    workspace = make_workspace(tmp_path, replace(made, refreshes=(*made.refreshes[:-1], last)), of=WITH_STEPS)
    async with running(workspace, size=(120, 60)) as (app, pilot):
        await pilot.press("2", "G")
        await until(pilot, lambda: "src/step.ts" in shown(app))
        await pilot.press("R")
        await until(pilot, lambda: "y Renew" in shown(app))
        assert "src/step.ts  step spike" in shown(app)
        await pilot.press("y")
        await until(pilot, lambda: "y Renew" not in shown(app))
        assert workspace.store.load().steps["spike"].pins == (new, "up/stream#3")
        await pilot.press("enter", "g")
        await go_to_pin(app, pilot, new, "step:spike")
        await pilot.press("X")
        await until(pilot, lambda: workspace.store.load().steps["spike"].pins == ("up/stream#3",))
        await pilot.press("u")
        await until(pilot, lambda: workspace.store.load().steps["spike"].pins == (new, "up/stream#3"))
