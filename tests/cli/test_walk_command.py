"""walk: the items at a terminal, and the list of all items without a terminal."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pawtui.cli import main
from pawtui.settings import Settings
from tests.cli.conftest import TRACKER, CommandResult, Run, World

Walk = Callable[..., CommandResult]


@pytest.fixture
def walk(run: Run, measured: World, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Run the walk at a terminal with these answers, then Ctrl+D.

    A list of words is a command that `colleague` runs while the walk waits for the next answer.
    """

    def walk_it(*answers: str | list[str], colleague: str = "ann") -> CommandResult:
        left = list(answers)

        def answer(question: str = "") -> str:
            print(question, end="")
            while left and isinstance(left[0], list):
                monkeypatch.setenv("PAWTUI_USER", colleague)
                assert main(["--home", os.environ["PAWTUI_HOME"], *left.pop(0)]) == 0
                monkeypatch.setenv("PAWTUI_USER", "mira")
            if not left:
                raise EOFError
            typed = left.pop(0)
            assert isinstance(typed, str)
            print(typed)
            return typed

        monkeypatch.setattr("pawtui.commands.walk_review.has_terminal", lambda: True)
        monkeypatch.setattr("builtins.input", answer)
        done = run("walk")
        assert left == []
        return done

    return walk_it


def shown_subjects(walked: CommandResult) -> list[str]:
    """Return the subjects of the items that were shown, in order."""
    return [line.split("  ")[1] for line in walked.out.splitlines() if re.match(r"\[\d+/", line)]


def test_a_recovered_record_is_reported_before_the_first_question(
    run: Run, measured: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("note", "calm", "Seen.")
    settings = Settings(env=dict(os.environ), folder=Path.cwd())
    settings.store(settings.tracker()).path.write_bytes(b"{")
    printed = []

    def stop(_question: str = "") -> str:
        printed.append(capsys.readouterr().err)
        raise EOFError

    monkeypatch.setattr("pawtui.commands.walk_review.has_terminal", lambda: True)
    monkeypatch.setattr("builtins.input", stop)
    assert run("walk").err == ""
    assert "was damaged" in printed[0]


def test_agreeing_goes_to_the_next_most_urgent_item(run: Run, walk: Walk) -> None:
    walked = walk("a", "a", "a", "a", "Wait")
    assert walked.status == 0
    assert shown_subjects(walked) == ["gate:plan", "gate:value", "signal:default-path", "signal:calm"]
    assert (
        "[1/4]  gate:plan\nThere is a plan\nwhy now  untested\nnext     a: agree that it is still untested"
        in walked.out
    )
    assert "Parts  0 of 2\n[ ] App\n[ ] SDK\n" in walked.out
    assert "mira agreed with plan: untested. HOLD" in walked.out
    assert "\nplan: a: agree that it is still untested; or s: satisfied, b: blocked\nKeys: s satisfied" in walked.out, (
        "the id is repeated after a long item"
    )
    assert "= met  src/runner/run.ts exists" in walked.out
    assert "Decided  4 items" in walked.out
    assert "mira closed the review: hold." in walked.out
    assert [change["summary"] for change in run("log", "--json").json][-1] == "closed the review: hold"


def test_every_change_can_be_made_at_an_item(run: Run, walk: Walk) -> None:
    walked = walk(
        *("n", "Checked it.", "down:package.json"),
        *("p", "up/stream#3"),
        *("x", "1", "x", "sdk"),
        *("b", "Too dear"),
        *("", "v", "partial", "Only the half of it", "2999-01-01"),
        "",
    )
    assert walked.status == 0
    status = run("status", "--json").json
    plan, value = status["gates"]
    assert (plan["state"], plan["pins"], plan["parts"]) == ("satisfied", ["up/stream#3"], {"app": True, "sdk": True})
    assert (value["state"], value["reason"]) == ("blocked", "Too dear")
    assert [note["subject"] for note in status["notes"]] == ["gate:plan"]
    assert status["notes"][0]["pins"][0].endswith(":package.json")
    first, second = (signal["verdict"] for signal in status["signals"])
    assert first is None
    assert (second["state"], second["reason"], second["until"]) == ("partial", "Only the half of it", "2999-01-01")
    assert "NO-GO" in walked.out


def test_a_satisfied_gate_asks_for_evidence(run: Run, walk: Walk) -> None:
    walked = walk("s", "Seen", "", "s", "Seen", "up/stream#3 https://example.org/x", "q")
    assert "Gate 'plan' needs evidence to be satisfied" in walked.out
    gate = run("status", "--json").json["gates"][0]
    assert (gate["state"], gate["pins"]) == ("satisfied", ["up/stream#3", "https://example.org/x"])


def test_a_pin_to_a_missing_file_is_refused_and_the_typed_text_is_kept(run: Run, walk: Walk) -> None:
    walked = walk(
        "p", "up:src/none.ts", "n", "Seen", "up:src/runner/run.ts#L9", "nonsense", "up:src/runner/run.ts", "q"
    )
    assert "There is no file 'src/none.ts'" in walked.out
    assert "Give lines that exist." in walked.out
    assert "'nonsense' is not a pin" in walked.out
    status = run("status", "--json").json
    assert status["gates"][0]["pins"] == []
    (note,) = status["notes"]
    assert note["text"] == "Seen"
    assert note["pins"][0].endswith(":src/runner/run.ts")


def test_a_stopped_walk_continues_and_can_go_back(walk: Walk) -> None:
    first = walk("h", "a", "", "h", "q")
    assert shown_subjects(first) == ["gate:plan", "gate:value", "signal:default-path", "gate:value"]
    assert "This is the first item." in first.out
    assert "Stopped. Your decisions are recorded" in first.out
    second = walk("h", "", "", "", "a", "h", "", "")
    assert "Continued: 1 of 4 items decided." in second.out
    assert shown_subjects(second)[:3] == ["gate:value", "gate:plan", "gate:value"]
    assert "decided  agreed with plan: untested, by mira" in second.out
    assert "Open  1 item\n" in second.out
    assert "closed the review" not in second.out


def test_ctrl_d_stops_at_any_question(run: Run, walk: Walk) -> None:
    assert "Stopped." in walk().out
    assert "Stopped." in walk("n", "half a note").out
    assert run("log", "--json").json == []


@pytest.mark.parametrize(
    ("answers", "summary"),
    [
        (["w"], "'w' is not a key of this item."),
        (["v"], "'v' is not a key of this item."),
        (["b", ""], "cannot be blocked without a reason"),
        (["p", "nonsense"], "'nonsense' is not a pin. Write up:"),
        (["x", "9"], "'9'"),
        (["x", "ap"], "did you mean 'app'?"),
        (["u"], "no change to undo"),
        (["n", "", ""], "The note is empty"),
        (["", "x"], "has no parts"),
        (["", "", "v", "mett"], "did you mean 'met'?"),
        (["", "", "v", "met", ""], "The reason is empty"),
        (["", "", "v", "met", "x", "soon"], "'soon' is not a date"),
        (["", "", "v", "clear"], "has no verdict to clear"),
        (["", "", "s"], "'s' is not a key of this item."),
        (["", "", "x"], "'x' is not a key of this item."),
    ],
)
def test_a_mistake_is_a_message_and_the_item_stays(run: Run, walk: Walk, answers: list[str], summary: str) -> None:
    walked = walk(*answers, "q")
    assert walked.status == 0
    assert summary in walked.out
    assert run("log", "--json").json == []


@pytest.fixture
def stale_gate(run: Run, measured: World) -> str:
    """A satisfied gate whose pinned file changed: its pin can be renewed. Returns the renewed pin."""
    run("gate", "value", "satisfied", "--pin", "up:src/runner/run.ts")
    measured.up.commit({"src/runner/run.ts": "other\n"}, message="fix: other")
    run("refresh", "--quiet")
    return f"up/stream@{measured.up.sha('v2')}:src/runner/run.ts"


def test_agreeing_with_stale_evidence_is_neither_offered_nor_possible(run: Run, walk: Walk, stale_gate: str) -> None:
    walked = walk("a", "q")
    assert shown_subjects(walked) == ["gate:value"]
    assert "\nvalue: R: renew 1 pin; or s: satisfied" in walked.out
    assert "a: agree" not in walked.out
    assert 'Cannot agree with "There is value": its evidence is stale: changed.' in walked.out
    assert [change["action"] for change in run("log", "--json").json] == ["gate"]


def test_a_stale_pin_is_shown_with_its_current_place_then_renewed(run: Run, walk: Walk, stale_gate: str) -> None:
    assert run("walk", "--json").json[0]["next"].startswith("R: renew 1 pin; or ")
    walked = walk("R", "n", "r", "y", "q")
    assert walked.out.count(f" -> up/stream@{stale_gate[10:20]}:src/runner/run.ts\nRenew 1 pin? [y/N] > ") == 2
    assert walked.out.count("Nothing was recorded.\n") == 1
    assert shown_subjects(walked)[:2] == ["gate:value", "signal:calm"], "renewing decides the item"
    gate = run("status", "--json").json["gates"][1]
    assert (gate["pins"], gate["holds"]) == ([stale_gate], True)


def test_an_item_with_other_stale_evidence_stays_after_renewing(
    run: Run, walk: Walk, measured: World, stale_gate: str
) -> None:
    run("gate", "value", "--pin", "up:README.md")
    measured.up.commit({"README.md": None, "src/runner/run.ts": "third\n"}, message="remove")
    run("refresh", "--quiet")
    walked = walk("R", "y", "s", "Seen", "up/stream#3", "q")
    assert shown_subjects(walked)[:2] == ["gate:value", "gate:value"]
    assert "next        s: satisfied, with another pin" in walked.out


def test_without_a_stale_pin_there_is_nothing_to_renew(run: Run, walk: Walk) -> None:
    walked = walk("R", "q")
    assert "R renew" not in walked.out
    assert "No pin of gate 'plan' is stale" in walked.out
    assert run("log", "--json").json == []


def test_a_verdict_is_cleared_and_the_review_is_closed_at_any_item(run: Run, walk: Walk) -> None:
    run("signal", "calm", "unmet", "--reason", "Too many changes")
    walked = walk("", "", "", "v", "Clear", "h", "h", "c", "Wait")
    assert shown_subjects(walked)[-2:] == ["signal:calm", "signal:default-path"]
    assert run("status", "--json").json["signals"][1]["verdict"] is None
    assert "mira closed the review: hold." in walked.out


def test_a_decision_is_undone_in_the_walk(run: Run, walk: Walk) -> None:
    walked = walk("b", "No", "u", "q")
    assert "mira undid: set plan to blocked." in walked.out
    assert run("status", "--json").json["gates"][0]["state"] == "untested"


def test_an_undo_goes_back_to_its_item(walk: Walk) -> None:
    assert shown_subjects(walk("b", "No", "u", "q")) == ["gate:plan", "gate:value", "gate:plan"]


def test_a_concurrent_change_is_shown_before_it_is_replaced(run: Run, walk: Walk) -> None:
    block = ["gate", "plan", "blocked", "--reason", "Data loss"]
    walked = walk("s", "Seen", block, "up/stream#3", "", "s", "Seen", "up/stream#3", "q")
    assert "Gate 'plan' changed since it was shown: ann set plan to blocked at " in walked.out
    assert "[!] blocked" in walked.out, "the current state of the item is shown"
    assert walked.out.count("Record it anyway? [y/N] > ") == 1
    assert "Nothing was recorded.\n" in walked.out
    assert [change["summary"] for change in run("log", "--json").json] == [
        "set plan to blocked",
        "set plan to satisfied and ticked app, sdk",
    ]


def test_an_undo_is_confirmed_if_the_last_change_is_a_new_one(run: Run, walk: Walk) -> None:
    verdict = ["signal", "calm", "unmet", "--reason", "Too many changes"]
    walked = walk("b", "No", verdict, "u", "n", "u", "q", colleague="mira")
    assert "The change to undo changed since it was shown: it is " in walked.out
    assert walked.out.count("Record it anyway? [y/N] > ") == 1, "the new change is known after the first question"
    assert "mira undid: gave calm the verdict unmet." in walked.out
    status = run("status", "--json").json
    assert (status["gates"][0]["state"], status["signals"][1]["verdict"]) == ("blocked", None)


def test_a_decision_of_a_colleague_is_shown_at_the_item(walk: Walk) -> None:
    block = ["gate", "plan", "blocked", "--reason", "Data loss"]
    walked = walk("n", "Seen", block, "", "a", "q")
    assert shown_subjects(walked) == ["gate:plan", "gate:plan", "gate:value"]
    assert "decided     set plan to blocked, by ann\n" in walked.out


def test_the_reason_of_an_item_and_the_end_are_up_to_date(walk: Walk) -> None:
    walked = walk("b", "No", "h", "", "", "", "", "")
    assert "[1/4]  gate:plan\nThere is a plan\nwhy now     blocked: No\n" in walked.out
    assert "gate:value  skipped\n" in walked.out


def test_a_concurrent_change_does_not_matter_for_a_note(run: Run, walk: Walk) -> None:
    block = ["gate", "plan", "blocked", "--reason", "Data loss"]
    walked = walk("n", "Seen", block, "", "q")
    assert "Record it anyway?" not in walked.out
    assert len(run("notes", "--json").json) == 1


def test_a_concurrent_change_is_confirmed_with_one_letter(run: Run, walk: Walk) -> None:
    close = ["close", "Not this year"]
    block = ["gate", "value", "blocked", "--reason", "No users"]
    walked = walk("", "", "", "", block, "Wait", close, "y", "y")
    assert "it is no-go (before: hold)" in walked.out
    assert "ann closed the review: no-go at " in walked.out
    assert walked.out.count("Record it anyway? [y/N] > ") == 2
    (last,) = run("log", "--json").json[-1:]
    assert (last["by"], last["summary"]) == ("mira", "closed the review: no-go")


def test_a_pin_has_the_commit_that_was_shown(run: Run, walk: Walk, measured: World) -> None:
    before = measured.up.sha("v2")
    measured.up.commit({"src/other.ts": "x\n"}, message="add")
    walk("p", "up:README.md", "n", "Seen", "up:README.md", ["refresh", "--quiet"], "q")
    assert run("status", "--json").json["gates"][0]["pins"] == [f"up/stream@{before}:README.md"]


def test_a_pin_has_the_commit_that_was_shown_before_a_newer_refresh(run: Run, walk: Walk, measured: World) -> None:
    before = measured.up.sha("v2")
    measured.up.commit({"src/other.ts": "x\n"}, message="add")
    walk("p", ["refresh", "--quiet"], "up:README.md", "q")
    assert run("status", "--json").json["gates"][0]["pins"] == [f"up/stream@{before}:README.md"]


def test_changes_since_the_last_closed_review_are_shown(run: Run, walk: Walk, measured: World) -> None:
    run("signal", "default-path", "met", "--reason", "As it should")
    run("note", "default-path", "Seen there.", "--pin", "up:src/runner/run.ts#L1")
    run("close", "All calm")
    measured.up.commit({"src/runner/run.ts": None, "src/moved.ts": "x\n"}, message="move")
    run("refresh", "--quiet")
    listed = run("walk", "--json").json
    assert [item["subject"] for item in listed][:2] == ["signal:default-path", "signal:calm"]
    assert (listed[0]["urgency"], listed[0]["decided"]) == (0, False)
    walked = walk("q")
    assert "why now      evidence is stale: " in walked.out
    assert "= met  →  x unmet  new upstream commits\n" in walked.out
    assert "evidence     1 changed\n" in walked.out
    assert "Needs renewal: the measured state went from met to unmet." in walked.out
    assert "evidence     1 pin is out of date\n" in walked.out
    assert "Seen there.\n  @ src/runner/run.ts#L1  up/stream@" in walked.out


def test_without_a_terminal_it_lists_all_items(run: Run, measured: World) -> None:
    listed = run("walk")
    assert listed.status == 0
    assert listed.err == "The walk needs a terminal. These are its items:\n"
    assert listed.out.startswith("4 items, 2 open, 0 decided\n\nDecision  HOLD  2 reasons\n")
    assert listed.out.splitlines()[-7:] == [
        "Open  2 items",
        "gate:plan   untested",
        "gate:value  untested",
        "",
        "Nothing to decide  2 items",
        "signal:default-path  met",
        "signal:calm          met",
    ]
    assert len(run("walk", "--json").json) == 4, "the walk has the same items"
    for gate in ("plan", "value"):
        run("gate", gate, "satisfied", "--reason", "x", "--pin", "up/stream#3")
    assert run("walk").out.startswith("4 items, 0 open, 2 decided\n\nDecision  GO\n")


def test_before_the_first_refresh_the_walk_has_no_items(run: Run) -> None:
    refused = run("walk")
    assert (refused.status, refused.out, refused.err.count("\n")) == (0, "", 1)
    assert "Run `pawtui refresh` first" in refused.err
    assert run("walk", "--json").json == []


def test_answers_are_read_from_a_real_terminal(run: Run, measured: World, tracker_file: Path) -> None:
    main, other = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", "import sys; from pawtui.cli import main; sys.exit(main(['walk']))"],
        stdin=other,
        stdout=other,
        stderr=other,
        env={**os.environ, "PAWTUI_TRACKER": str(tracker_file), "TERM": "dumb"},
    )
    os.close(other)
    os.write(main, b"a\nb\nNobody asked for it\nq\n")
    shown = b""
    try:
        while chunk := os.read(main, 4096):
            shown += chunk
    except OSError:
        # Linux raises this when the other end is closed.
        pass
    finally:
        os.close(main)
    assert child.wait(timeout=30) == 0
    text = shown.decode()
    assert "[1/4]  gate:plan" in text
    assert "mira set value to blocked. NO-GO" in text
    assert "Stopped. Your decisions are recorded" in text
    ran = run("status", "--json")
    assert ran.status == 0, ran.err
    assert ran.json["gates"][1]["reason"] == "Nobody asked for it", ran


def test_the_walk_of_an_empty_tracker_shows_the_end(walk: Walk, tracker_file: Path, measured: World) -> None:
    head = TRACKER.partition("[[signals]]")[0]
    tracker_file.write_text(head, encoding="utf-8")
    walked = walk("")
    assert walked.status == 0
    assert walked.out.startswith(
        "0 items, 0 open, 0 decided\n\nDecision  HOLD  3 reasons\n- Tracker changed since the last refresh"
    )
    assert "\n- No signals: " in walked.out
