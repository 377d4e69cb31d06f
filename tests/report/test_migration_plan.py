"""The template of a plan, and the items that a given plan does not have."""

import pytest
from msgspec.structs import replace

from pawtui.refresh.refresh_types import Drift
from pawtui.report.migration_plan import missing_in_plan, plan_template
from pawtui.review.actions import ActionContext
from pawtui.review.gate_actions import set_gate
from pawtui.review.overview import Overview, make_overview
from pawtui.review.record_types import Record
from pawtui.review.step_actions import set_step
from pawtui.tracker.tracker_types import EvaluationStep, Verification
from tests.review.review_samples import ANN, NOON, TRACKER, apply, record, refresh

STEPS = (
    EvaluationStep(
        id="replay",
        title="Replay sessions",
        verify=Verification(old_sessions="they open", compaction="it maps", tools="every tool maps"),
    ),
    EvaluationStep(id="spike", title="Try the runtime", verify=Verification(recovery="it resumes")),
)
WITH_STEPS = replace(TRACKER, steps=STEPS)
START = record(refresh())


def overview_of(recorded: Record = START) -> Overview:
    return make_overview(WITH_STEPS, recorded, NOON.date())


def test_the_template_lists_steps_open_gates_and_verifications() -> None:
    lines = plan_template(overview_of()).split("\n")
    assert "- [ ] `replay`: Replay sessions (planned)" in lines
    assert "  - Tools: every tool maps" in lines
    assert "- `value`: There is value (untested)" in lines
    assert [line for line in lines if line.startswith("- ") and line.endswith(": ")] == [
        "- Old sessions: ",
        "- Compaction: ",
        "- Tools: ",
        "- Recovery: ",
    ]


def test_only_kinds_of_verification_that_the_steps_have_are_asked_for() -> None:
    for steps, kinds in (((), []), (STEPS[1:], ["recovery"])):
        found = make_overview(replace(TRACKER, steps=steps), START, NOON.date())
        text = plan_template(found).lower()
        assert ("## verification" in text) == bool(kinds)
        assert [kind for kind in ("old sessions", "tools", "recovery") if f"- {kind}: \n" in text] == kinds
        missing = [f"Verification not found: {kind}." for kind in kinds]
        assert [gap for gap in missing_in_plan(found, "Replace it.") if gap.startswith("Verification")] == missing


def test_the_template_follows_the_record() -> None:
    changed = apply(START, set_step(ActionContext(WITH_STEPS, START, ANN), "spike", "dropped", reason="no"))
    changed = apply(changed, set_gate(ActionContext(WITH_STEPS, changed, ANN), "value", "satisfied", pins=["up:a.ts"]))
    text = plan_template(overview_of(changed))
    assert "spike" not in text
    assert "`value`" not in text
    assert "`plan`: There is a plan" in text
    assert not any("spike" in gap or "value" in gap for gap in missing_in_plan(overview_of(changed), "nothing"))


def test_an_open_gate_with_stale_evidence_is_not_listed_as_satisfied() -> None:
    pin = f"up/stream@{'a' * 40}:a.ts"
    changed = apply(START, set_gate(ActionContext(WITH_STEPS, START, ANN), "value", "satisfied", pins=[pin]))
    last = replace(refresh(), id=f"{START.refreshes[-1].id}z", drift=(Drift(pin=pin, state="gone"),))
    text = plan_template(overview_of(replace(changed, refreshes=(*changed.refreshes, last))))
    assert "- `value`: There is value (stale)\n" in text


def test_missing_steps_gates_and_verifications_are_named() -> None:
    plan = "The step replay is first. We test the tools, and the recovery of a killed process. There is value."
    assert missing_in_plan(overview_of(), plan) == [
        "Evaluation steps not found: spike.",
        "Open gates not found: plan.",
        "Verification not found: old sessions, compaction.",
    ]


def test_the_empty_items_of_the_template_are_named() -> None:
    text = plan_template(overview_of())
    assert missing_in_plan(overview_of(), text) == [
        "Empty items: Undo, Old sessions, Compaction, Tools, Recovery. Complete or remove them."
    ]
    for filled in (
        "- Tools: compare each state",
        "- Tools:\n    - compare each state",
        "- Tools:\n\n  Compare each state.",
        "- Tools:  \t\n  - compare each state",
        "- Tools:\r\n\r\n  Compare each state.\r",
    ):
        plan = text.replace("\n- Tools: ", f"\n{filled}").replace("Undo: ", "Undo: git revert")
        assert missing_in_plan(overview_of(), plan) == [
            "Empty items: Old sessions, Compaction, Recovery. Complete or remove them."
        ]


@pytest.mark.parametrize("plan", ["`replay`", "the replay step", "Replay\n  sessions", "**REPLAY**"])
def test_a_step_is_named_by_its_title_or_its_id(plan: str) -> None:
    assert missing_in_plan(overview_of(), plan)[0] == "Evaluation steps not found: spike."


@pytest.mark.parametrize("plan", ["shadow-replay and replayed", "`replays`"])
def test_a_part_of_a_word_is_not_a_step(plan: str) -> None:
    assert missing_in_plan(overview_of(), plan)[0] == "Evaluation steps not found: replay, spike."
