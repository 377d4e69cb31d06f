"""step: list the evaluation steps and set one, and the template of a plan."""

from pathlib import Path

import pytest

from pawtui.commands.exit_status import ExitStatus
from tests.cli.conftest import TRACKER, Run, World

STEPS = """
[[steps]]
id = "replay"
title = "Replay sessions"
gates = ["plan"]
verify = { tools = "every tool maps" }
[[steps]]
id = "spike"
title = "Try the runtime"
verify = { recovery = "it resumes" }
"""


@pytest.fixture
def with_steps(run: Run, tmp_path: Path) -> list[str]:
    """The option that names a tracker with two steps."""
    path = tmp_path / "steps.toml"
    path.write_text(TRACKER + STEPS, encoding="utf-8")
    return ["--tracker", str(path)]


def test_a_step_is_set_shown_and_undone(run: Run, world: World, with_steps: list[str]) -> None:
    done = run("step", "replay", "done", "--pin", "up/stream#3", "--reason", "all kept", *with_steps)
    assert "set step replay to done" in done.out
    shown = run("step", *with_steps).out
    assert "done  Replay sessions" in shown
    assert "all kept" in shown
    first, second = run("step", "--json", *with_steps).json
    assert (first["state"], first["pins"], first["gates"]) == ("done", ["up/stream#3"], ["plan"])
    assert (second["state"], second["by"], second["verify"]["recovery"]) == ("planned", None, "it resumes")
    assert run("status", "--json", *with_steps).json["steps"] == [first, second]
    section = run("status", *with_steps).out.partition("\nEvaluation steps\n")[2].partition("\n\n")[0].splitlines()
    assert [line.strip() for line in section] == [
        "done     replay  Replay sessions",
        "verifies tools; gates: plan",
        "all kept",
        "planned  spike   Try the runtime",
        "verifies recovery",
    ]
    run("undo", *with_steps)
    assert run("step", "--json", *with_steps).json[0]["state"] == "planned"


def test_one_step_is_shown_with_its_links(run: Run, world: World, with_steps: list[str]) -> None:
    run("step", "spike", "planned", "--pin", "up/stream#3", *with_steps)
    shown = run("step", "spike", *with_steps)
    assert shown.status == 0
    assert f"{world.fake.url}/up/stream/issues/3" in shown.out
    assert "planned  Try the runtime  spike" in shown.out
    assert "Replay sessions" not in shown.out
    assert [step["id"] for step in run("step", "spike", "--json", *with_steps).json] == ["spike"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["replay", "done"], "needs evidence"),
        (["reply"], "did you mean 'replay'?"),
        (["replay", "--pin", "up/stream#3"], "need a state"),
        (["--renew"], "The id of the step is missing"),
        (["--pin", "up/stream#3"], "The id of the step is missing"),
        (["replay", "--renew", "--reason", "later"], "need a state"),
        (["replay", "--unpin", "up/stream#3", "--pin", "up/stream#4"], "need a state"),
        (["reply", "running"], "did you mean 'replay'?"),
        (["replay", "running", "--json"], "--json shows the step. Use it without a change."),
    ],
)
def test_a_mistake_in_the_arguments_is_reported(
    run: Run, with_steps: list[str], words: list[str], message: str
) -> None:
    refused = run("step", *words, *with_steps)
    assert refused.status != 0
    assert message in refused.err
    assert run("step", "--json", *with_steps).json[0]["state"] == "planned"


def test_post_plan_without_a_file_prints_a_template(run: Run, with_steps: list[str]) -> None:
    template = run("post", *with_steps, "--plan")
    assert template.status == 0
    assert "- [ ] `replay`: Replay sessions (planned)" in template.out
    assert "- `value`: There is value (untested)" in template.out
    assert run("post", *with_steps, "--yes", "--plan").status != 0


def test_post_reports_the_items_that_a_plan_omits(
    run: Run, with_steps: list[str], tmp_path: Path, world: World
) -> None:
    plan = tmp_path / "plan.md"
    text = "# Plan\n`replay`, `plan`, `value`: test old sessions, compaction, tools\n"
    plan.write_text(text, encoding="utf-8")
    message = run("post", "--plan", str(plan), *with_steps).err
    assert "Evaluation steps not found: spike." in message
    assert "Verification not found: recovery." in message


def test_stale_evidence_of_a_step_is_renewed_and_removed(run: Run, with_steps: list[str], measured: World) -> None:
    run("refresh", "--quiet", *with_steps)
    run("step", "spike", "done", "--pin", "up:src/runner/run.ts", *with_steps)
    old = measured.up.sha("v2")
    measured.up.commit({"src/runner/run.ts": "other\n"}, message="fix: other")
    run("refresh", "--quiet", *with_steps)
    assert "done, evidence changed" in run("step", *with_steps).out
    renewed = run("step", "spike", "--renew", *with_steps)
    assert renewed.status == 0
    place = "src/runner/run.ts"
    assert f"  up/stream@{old[:10]}:{place} -> up/stream@{measured.up.sha('v2')[:10]}:{place}\n" in renewed.out
    pin = f"up/stream@{measured.up.sha('v2')}:src/runner/run.ts"
    assert run("step", "--json", *with_steps).json[1]["pins"] == [pin]
    assert "stale" not in run("step", *with_steps).out
    refused = run("step", "spike", "--unpin", "up:src/runner/run.ts", *with_steps)
    assert refused.status == ExitStatus.NEEDS_EVIDENCE
    replaced = run("step", "spike", "done", "--pin", "up/stream#3", "--unpin", "up:src/runner/run.ts", *with_steps)
    assert replaced.status == 0, "a new pin is added before the old pin is removed"
    assert run("step", "--json", *with_steps).json[1]["pins"] == ["up/stream#3"]
