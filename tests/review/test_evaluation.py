"""Evaluation steps: their states with author, reason, evidence and commits, and undo."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from pawtui.refresh.refresh_types import Drift
from pawtui.review.actions import ActionError, Actor, NeedsEvidence, find_step, find_subject
from pawtui.review.basis import Basis, SubjectChanged
from pawtui.review.overview import make_overview
from pawtui.review.pin_actions import remove_pin, renew_pins
from pawtui.review.record_types import Record
from pawtui.review.step_actions import set_step
from pawtui.review.undo import redo, undo
from pawtui.review.walk import decided_since_refresh
from pawtui.tracker.tracker_types import EvaluationStep, Tracker, Verification
from tests.review.review_samples import ANN, DOWN, NOON, TRACKER, UP, apply, context_of, record, refresh

STEPS = (
    EvaluationStep(id="replay", title="Replay it", verify=Verification(tools="every tool maps"), gates=("value",)),
    EvaluationStep(id="spike", title="Try it", verify=Verification(recovery="it resumes"), gates=("plan", "value")),
)
WITH_STEPS = replace(TRACKER, steps=STEPS)
BO = Actor(by="bo", at=NOON + dt.timedelta(minutes=5))
PIN = f"up/stream@{UP}:a.ts"


def start() -> Record:
    return record(refresh())


def with_step(to: Record, step: str, state: str, by: Actor = ANN, **given: Any) -> Record:
    return apply(to, set_step(context_of(to, by, tracker=WITH_STEPS), step, state, **given))


def test_a_step_is_planned_until_a_maintainer_sets_another_state() -> None:
    seen = make_overview(WITH_STEPS, start(), NOON.date())
    assert [(status.step.id, status.state, status.entry) for status in seen.steps] == [
        ("replay", "planned", None),
        ("spike", "planned", None),
    ]
    entry = (
        make_overview(WITH_STEPS, with_step(start(), "spike", "running", reason="began"), NOON.date())
        .step("spike")
        .entry
    )
    assert entry is not None
    assert (entry.state, entry.reason, entry.by, entry.at) == ("running", "began", "ann", NOON)
    assert (entry.upstream, entry.downstream) == (UP, DOWN)


def test_a_gate_has_its_evaluation_steps() -> None:
    seen = make_overview(WITH_STEPS, start(), NOON.date())
    assert [status.step.id for status in seen.steps_of("value")] == ["replay", "spike"]
    assert [status.step.id for status in seen.steps_of("plan")] == ["spike"]


def test_done_needs_evidence_and_dropped_a_reason() -> None:
    with pytest.raises(NeedsEvidence, match="'replay' needs evidence"):
        set_step(context_of(start(), tracker=WITH_STEPS), "replay", "done", reason="all fine")
    with pytest.raises(ActionError, match="cannot be dropped without a reason"):
        set_step(context_of(start(), tracker=WITH_STEPS), "replay", "dropped", reason="  ")
    done = with_step(start(), "replay", "done", pins=["up:a.ts"])
    assert done.steps["replay"].pins == (PIN,)
    assert PIN in done.pins
    # The recorded evidence is enough to set `done` again.
    assert with_step(with_step(done, "replay", "running"), "replay", "done").steps["replay"].pins == (PIN,)
    again = with_step(done, "replay", "done", BO, pins=["up:a.ts"])
    assert (again.steps["replay"].pins, again.steps["replay"].by) == ((PIN,), "bo")
    assert again.pin_times == {PIN: NOON}


def test_a_reason_stays_with_its_state() -> None:
    running = with_step(start(), "replay", "running", reason="began")
    assert with_step(running, "replay", "running").steps["replay"].reason == "began"
    assert with_step(running, "replay", "planned").steps["replay"].reason == ""


@pytest.mark.parametrize(
    ("step", "state", "part"),
    [("replya", "running", "did you mean 'replay'"), ("replay", "runing", "did you mean 'running'")],
)
def test_the_error_for_an_unknown_name_suggests_the_nearest_name(step: str, state: str, part: str) -> None:
    with pytest.raises(ActionError, match=part):
        set_step(context_of(start(), tracker=WITH_STEPS), step, state)


@pytest.mark.parametrize("find", [find_subject, find_step])
def test_a_long_unknown_name_is_cut_in_the_message(find: Callable[[Tracker, str], object]) -> None:
    with pytest.raises(ActionError, match=f" '{'x' * 79}…': choose one of: "):
        find(WITH_STEPS, "x" * 200)
    with pytest.raises(ActionError, match=f" '{'x' * 79}…': choose one of: "):
        set_step(context_of(start(), tracker=WITH_STEPS), "replay", "x" * 200)


def test_the_reason_of_a_step_has_a_limit() -> None:
    with pytest.raises(ActionError, match="Shorten it"):
        set_step(context_of(start(), tracker=WITH_STEPS), "replay", "dropped", reason="x" * 20_001)


def test_a_state_of_a_step_is_undone_and_redone() -> None:
    first = with_step(start(), "replay", "running")
    second = with_step(first, "replay", "dropped", reason="too early")
    undone = apply(second, undo(context_of(second)))
    assert undone.steps == first.steps
    assert apply(undone, redo(context_of(undone))).steps == second.steps


def test_an_action_is_refused_if_the_shown_state_changed() -> None:
    shown = make_overview(WITH_STEPS, start(), NOON.date())
    changed = with_step(start(), "replay", "running", BO)
    with pytest.raises(
        SubjectChanged, match=r"Evaluation step 'replay' changed .* bo set step replay to running"
    ) as refused:
        Basis("step:replay", shown).check(context_of(changed, tracker=WITH_STEPS))
    assert "(before: planned)" in str(refused.value)
    Basis("step:spike", shown).check(context_of(changed, tracker=WITH_STEPS))
    Basis("step:replay", refused.value.now).check(context_of(changed, tracker=WITH_STEPS))


def test_an_action_is_refused_if_evidence_went_stale() -> None:
    done = with_step(start(), "replay", "done", pins=["up:a.ts"])
    shown = make_overview(WITH_STEPS, done, NOON.date())
    assert not shown.step("replay").stale
    later = NOON + dt.timedelta(hours=1)
    lost = replace(done, refreshes=(refresh(drift=(Drift(pin=PIN, state="unchecked", failed=True),)),))
    assert [drift.pin for drift in make_overview(WITH_STEPS, lost, NOON.date()).step("replay").unchecked] == [PIN]
    newer = replace(done, refreshes=(*done.refreshes, refresh(at=later, drift=(Drift(pin=PIN, state="changed"),))))
    assert [drift.pin for drift in make_overview(WITH_STEPS, newer, NOON.date()).step("replay").stale] == [PIN]
    with pytest.raises(SubjectChanged, match="the refresh of 2026-11-20 13:00 UTC was recorded"):
        Basis("step:replay", shown).check(context_of(newer, tracker=WITH_STEPS))


NEW = f"up/stream@{'9' * 40}:b.ts"


def with_moved_evidence() -> Record:
    """Return a record whose step `spike` is done with a pin that has moved since."""
    done = with_step(start(), "spike", "done", pins=[PIN])
    moved = refresh(at=NOON + dt.timedelta(hours=1), drift=(Drift(pin=PIN, state="moved", place=NEW),))
    return replace(done, refreshes=(*done.refreshes, moved))


@pytest.mark.parametrize("subject", ["step:spike", "gate:value", "gate:plan"])
def test_stale_evidence_is_renewed_for_the_step_or_a_gate_that_it_serves(subject: str) -> None:
    stale = with_moved_evidence()
    late = Actor(by="ann", at=NOON + dt.timedelta(hours=2))
    change = renew_pins(context_of(stale, late, tracker=WITH_STEPS), subject)
    after = apply(stale, change)
    assert (after.steps["spike"].pins, after.steps["spike"].state) == ((NEW,), "done")
    assert decided_since_refresh(make_overview(WITH_STEPS, after, NOON.date())) == {}, "a step decides no gate"
    assert apply(after, undo(context_of(after, late))).steps == stale.steps


def test_the_renewable_pins_of_a_gate_include_those_of_its_steps_only() -> None:
    shown = make_overview(WITH_STEPS, with_moved_evidence(), NOON.date())
    assert [shown.renewable_pins(status.subject) for status in shown.gates] == [{PIN: NEW}, {PIN: NEW}]
    assert [shown.renewable_pins(status.subject) for status in shown.steps] == [{}, {PIN: NEW}]
    assert not shown.gate("value").stale, "the evidence of a step is not that of its gate"
    assert shown.renewable_pins("signal:value") == {}, "a signal with the id of a gate has no steps"
    apart = replace(WITH_STEPS, steps=(STEPS[0], replace(STEPS[1], gates=())))
    shown = make_overview(apart, with_moved_evidence(), NOON.date())
    assert not any(shown.renewable_pins(status.subject) for status in shown.gates)
    with pytest.raises(ActionError, match="No pin of gate 'value' is stale"):
        renew_pins(context_of(with_moved_evidence(), tracker=apart), "gate:value")
    with pytest.raises(ActionError, match="did you mean 'spike'"):
        renew_pins(context_of(with_moved_evidence(), tracker=apart), "step:spikes")
    with pytest.raises(ActionError, match="No pin of evaluation step 'replay' is stale"):
        renew_pins(context_of(with_moved_evidence(), tracker=apart), "step:replay")


def test_a_pin_is_removed_from_a_step_except_the_last_pin_of_a_done_step() -> None:
    done = with_step(start(), "replay", "done", pins=[PIN, NEW])
    one = apply(done, remove_pin(context_of(done, BO, tracker=WITH_STEPS), "step:replay", PIN))
    assert (one.steps["replay"].pins, one.steps["replay"].by) == ((NEW,), "ann")
    assert one.log[-1].summary == f"removed {PIN} from step replay"
    assert apply(one, undo(context_of(one, BO))).steps == done.steps
    with pytest.raises(NeedsEvidence, match="'replay' is done and needs evidence"):
        remove_pin(context_of(one, BO, tracker=WITH_STEPS), "step:replay", NEW)
    for missing in (one, start()):
        with pytest.raises(ActionError, match=f"'replay' has no pin {PIN}"):
            remove_pin(context_of(missing, BO, tracker=WITH_STEPS), "step:replay", PIN)
    running = with_step(one, "replay", "running")
    assert (
        apply(running, remove_pin(context_of(running, BO, tracker=WITH_STEPS), "step:replay", NEW)).steps["replay"].pins
        == ()
    )


def test_a_gate_without_a_pin_names_the_step_that_has_it() -> None:
    done = with_step(start(), "spike", "done", pins=[PIN])
    with pytest.raises(
        ActionError, match=f"'plan' has no pin {PIN}. Step 'spike' has it: `pawtui step spike --unpin PIN`"
    ):
        remove_pin(context_of(done, BO, tracker=WITH_STEPS), "gate:plan", PIN)
    with pytest.raises(ActionError, match="It has no pins"):
        remove_pin(context_of(done, BO, tracker=WITH_STEPS), "gate:plan", NEW)
