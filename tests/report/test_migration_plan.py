"""The template of a plan, and the items that a given plan does not have."""

from textwrap import dedent

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
    plan = "The step replay is first. We test the tools, and check that a killed process resumes. There is value."
    assert missing_in_plan(overview_of(), plan) == [
        "Evaluation steps not found: spike.",
        "Open gates not found: plan.",
        "Verification not found: old sessions, compaction.",
    ]


def test_an_unchanged_template_has_only_empty_items() -> None:
    text = plan_template(overview_of())
    kinds = "Old sessions, Compaction, Tools, Recovery"
    assert missing_in_plan(overview_of(), text) == [f"Empty items: Undo, {kinds}. Complete or remove them."]
    for below in (
        "    - delete the copy",
        "\n    Delete the copy.",
        "  \t- delete the copy",
        "\r\n    Delete the copy.\r",
    ):
        filled = text.replace("  - Undo: \n", f"  - Undo:\n{below}\n")
        assert missing_in_plan(overview_of(), filled) == [f"Empty items: {kinds}. Complete or remove them."]
    filled = filled.partition("## Verification")[0]
    assert missing_in_plan(overview_of(), filled) == []
    assert missing_in_plan(overview_of(), filled.replace("  - Tools: every tool maps\n", "")) == [
        "Verification not found: tools."
    ]


def test_an_empty_label_of_the_template_is_no_mention() -> None:
    text = plan_template(replace(overview_of(), steps=()))
    assert not_verified(text) == "old sessions, compaction, tools, recovery"
    assert not_verified(text.replace("Tools: ", "Tools: compare each state")) == "old sessions, compaction, recovery"


@pytest.mark.parametrize("plan", ["`replay`", "the replay step", "Replay\n  sessions", "**REPLAY**"])
def test_a_step_is_named_by_its_title_or_its_id(plan: str) -> None:
    assert missing_in_plan(overview_of(), plan)[0] == "Evaluation steps not found: spike."


@pytest.mark.parametrize("plan", ["shadow-replay and replayed", "`replays`"])
def test_a_part_of_a_word_is_not_a_step(plan: str) -> None:
    assert missing_in_plan(overview_of(), plan)[0] == "Evaluation steps not found: replay, spike."


def not_verified(plan: str) -> str:
    """Return the kinds of verification that were not found in a plan."""
    label = "Verification not found: "
    return next(
        (gap.removeprefix(label).rstrip(".") for gap in missing_in_plan(overview_of(), plan) if gap.startswith(label)),
        "",
    )


@pytest.mark.parametrize(
    "plan",
    [
        # A list with labels.
        """
        ## Verification
        - **Old sessions**: replay the databases of three maintainers read-only, and compare the counts.
        - **Compaction**: resume a session that was compacted, and check that its summary is used.
        - **Tools**: every tool state is compared with the original.
        - **Recovery**: kill the process during a call, then open the session again.
        """,
        # Prose with wrapped lines.
        """
        # Plan for the spike
        First we run the shadow replay against copies of our current PawWork sessions and verify that nothing
        is lost. Tool calls (completed, failed and interrupted) are checked one by one. Compaction gets its own
        test: a session at the limit. Finally we test what happens after a crash.
        """,
        # One introduction for a list.
        """
        The replay and the spike have to verify the following:

        1. existing local sessions
        2. compaction
        3. tools
        4. recovery
        """,
        # A table.
        """
        | subject | how |
        |---|---|
        | Legacy sessions | exported and compared byte by byte |
        | Compaction | replayed from a real database |
        | Tools | tested with all five states |
        | Recovery | we reopen the session and test it |
        """,
        # One section for each subject.
        """
        ### Recorded sessions
        Open each of them, read it to the end, export it.
        ### Compaction
        Check the summary.
        ### Tool lifecycle
        Replay it, and verify that no call runs twice.
        ### Crash recovery
        Test with SIGKILL.
        """,
    ],
    ids=["labels", "prose", "introduction", "table", "sections"],
)
def test_plans_of_different_wording_mention_every_kind_of_verification(plan: str) -> None:
    assert not_verified(dedent(plan)) == ""


@pytest.mark.parametrize(
    ("plan", "missing"),
    [
        ("We replay old sessions.", "compaction, tools, recovery"),
        ("Sessions created before the switch are replayed.", "compaction, tools, recovery"),
        ("Check that no tool call is lost.", "old sessions, compaction, recovery"),
        ("We open toolbars, and a new session.", "old sessions, compaction, tools, recovery"),
        ("```\ntest tools\n```\n<!-- test tools -->", "old sessions, compaction, tools, recovery"),
    ],
)
def test_kinds_of_verification_that_a_plan_does_not_mention_are_named(plan: str, missing: str) -> None:
    assert not_verified(plan) == missing
