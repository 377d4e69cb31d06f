"""The template of a plan, and the items that a plan does not mention."""

from __future__ import annotations

from msgspec.structs import replace

from pawtui.report.plan_template import plan_gaps, plan_template
from pawtui.review.evaluation import set_step
from pawtui.review.gate_actions import set_gate
from pawtui.review.overview import overview
from pawtui.review.record_types import Record
from pawtui.review.views import Overview
from pawtui.tracker.tracker_types import EvaluationStep, Verification
from tests.review.review_samples import ANN, NOON, TRACKER, apply, record, refresh

STEPS = (
    EvaluationStep(id="replay", title="Replay sessions", verify=Verification(tools="every tool maps")),
    EvaluationStep(id="spike", title="Try the runtime", verify=Verification(recovery="it resumes")),
)
WITH_STEPS = replace(TRACKER, steps=STEPS)
START = record(refresh())


def overview_of(found: Record = START) -> Overview:
    return overview(WITH_STEPS, found, NOON.date())


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


def test_the_template_follows_the_record() -> None:
    found = apply(START, set_step(START, WITH_STEPS, "spike", "dropped", ANN, reason="no"))
    found = apply(found, set_gate(found, WITH_STEPS, "value", "satisfied", ANN, pins=["up:a.ts"]))
    text = plan_template(overview_of(found))
    assert "spike" not in text
    assert "`value`" not in text
    assert "`plan`: There is a plan" in text
    assert not any("spike" in gap or "value" in gap for gap in plan_gaps(overview_of(found), "nothing"))


def test_missing_items_of_a_plan_are_named() -> None:
    assert plan_gaps(overview_of(), "We replay first. Verified: tools, and recovery after a crash. There is value") == [
        "The plan does not mention 1 evaluation step: spike.",
        "The plan does not mention 1 open gate: plan.",
        "The plan does not mention 2 kinds of verification: old sessions, compaction.",
    ]


def test_an_empty_label_is_not_a_verification() -> None:
    text = plan_template(replace(overview_of(), steps=()))
    assert plan_gaps(replace(overview_of(), steps=()), text) == [
        "The plan does not mention 4 kinds of verification: old sessions, compaction, tools, recovery."
    ]
    filled = text.replace("Tools: ", "Tools: as today")
    assert "tools" not in plan_gaps(replace(overview_of(), steps=()), filled)[0]


def test_an_id_within_another_word_is_not_a_mention() -> None:
    assert "replay" in plan_gaps(overview_of(), "shadow-replay and replayed")[0]
