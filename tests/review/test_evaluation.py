"""Evaluation steps: who set which state, why, with what evidence, at which commits; undone like every act."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from msgspec.structs import replace

from pawtui.refresh.refresh_types import Drift
from pawtui.review.actions import ActionError, Actor, NeedsEvidence
from pawtui.review.basis import Basis, MovedOn
from pawtui.review.evaluation import set_step
from pawtui.review.overview import overview
from pawtui.review.record_types import Record
from pawtui.review.undo import redo, undo
from pawtui.tracker.tracker_types import EvaluationStep, Verification
from tests.review.review_samples import ANN, DOWN, NOON, TRACKER, UP, apply, record, refresh

STEPS = (
    EvaluationStep(id="replay", title="Replay it", verify=Verification(tools="every tool maps"), gates=("value",)),
    EvaluationStep(id="spike", title="Try it", verify=Verification(recovery="it resumes"), gates=("plan", "value")),
)
WITH_STEPS = replace(TRACKER, steps=STEPS)
BO = Actor(by="bo", at=NOON + dt.timedelta(minutes=5))
PIN = f"up/stream@{UP}:a.ts"


def start() -> Record:
    return record(refresh())


def act(to: Record, step: str, state: str, by: Actor = ANN, **given: Any) -> Record:
    return apply(to, set_step(to, WITH_STEPS, step, state, by, **given))


def test_a_step_is_planned_until_a_person_sets_another_state() -> None:
    seen = overview(WITH_STEPS, start(), NOON.date())
    assert [(view.step.id, view.state, view.entry) for view in seen.steps] == [
        ("replay", "planned", None),
        ("spike", "planned", None),
    ]
    entry = overview(WITH_STEPS, act(start(), "spike", "running", reason="began"), NOON.date()).step("spike").entry
    assert entry is not None
    assert (entry.state, entry.reason, entry.by, entry.at) == ("running", "began", "ann", NOON)
    assert (entry.upstream, entry.downstream) == (UP, DOWN)


def test_a_gate_knows_the_steps_that_serve_it() -> None:
    seen = overview(WITH_STEPS, start(), NOON.date())
    assert [view.step.id for view in seen.steps_of("value")] == ["replay", "spike"]
    assert [view.step.id for view in seen.steps_of("plan")] == ["spike"]


def test_done_needs_evidence_and_dropped_a_reason() -> None:
    with pytest.raises(NeedsEvidence, match="'replay' needs evidence"):
        set_step(start(), WITH_STEPS, "replay", "done", ANN, reason="all fine")
    with pytest.raises(ActionError, match="cannot be dropped without a reason"):
        set_step(start(), WITH_STEPS, "replay", "dropped", ANN, reason="  ")
    done = act(start(), "replay", "done", pins=["up:a.ts"])
    assert done.steps["replay"].pins == (PIN,)
    assert PIN in done.pins
    # Evidence that it has is enough to be done again.
    assert act(act(done, "replay", "running"), "replay", "done").steps["replay"].pins == (PIN,)


def test_a_reason_stays_with_its_state() -> None:
    running = act(start(), "replay", "running", reason="began")
    assert act(running, "replay", "running").steps["replay"].reason == "began"
    assert act(running, "replay", "planned").steps["replay"].reason == ""


@pytest.mark.parametrize(
    ("step", "state", "said"),
    [("replya", "running", "Did you mean 'replay'"), ("replay", "runing", "Did you mean 'running'")],
)
def test_a_wrong_name_is_answered_with_the_nearest(step: str, state: str, said: str) -> None:
    with pytest.raises(ActionError, match=said):
        set_step(start(), WITH_STEPS, step, state, ANN)


def test_undo_and_redo() -> None:
    first = act(start(), "replay", "running")
    second = act(first, "replay", "dropped", reason="too early")
    undone = apply(second, undo(second, ANN))
    assert undone.steps == first.steps
    assert apply(undone, redo(undone, ANN)).steps == second.steps


def test_an_act_is_bound_to_the_state_that_was_shown() -> None:
    shown = overview(WITH_STEPS, start(), NOON.date())
    moved = act(start(), "replay", "running", BO)
    with pytest.raises(MovedOn, match=r"Evaluation step 'replay' changed .* bo set step replay to running") as refused:
        Basis("step:replay", shown).check(moved, ANN)
    assert "(before: planned)" in str(refused.value)
    Basis("step:spike", shown).check(moved, ANN)
    Basis("step:replay", refused.value.now).check(moved, ANN)


def test_stale_evidence_is_shown_and_refuses_an_act_on_what_was_fresh() -> None:
    done = act(start(), "replay", "done", pins=["up:a.ts"])
    shown = overview(WITH_STEPS, done, NOON.date())
    assert not shown.step("replay").stale
    later = NOON + dt.timedelta(hours=1)
    newer = replace(done, refreshes=(*done.refreshes, refresh(at=later, drift=(Drift(pin=PIN, state="changed"),))))
    assert [drift.pin for drift in overview(WITH_STEPS, newer, NOON.date()).step("replay").stale] == [PIN]
    with pytest.raises(MovedOn, match=r"found the evidence .*a\.ts changed"):
        Basis("step:replay", shown).check(newer, ANN)
