"""Commands that change the record: their messages, refusals and exit statuses."""

import io
import os
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from pawtui.evidence_reader import EvidenceReader, NewPinCheck
from pawtui.store.home import cache_folder
from pawtui.store.store import Store
from tests.cli.conftest import RECORD, Run, World


def test_a_blocked_gate_has_its_author_in_the_status(run: Run) -> None:
    done = run("gate", "plan", "blocked", "--reason", "No one has started")
    assert (done.status, done.err) == (0, "")
    assert done.out == "mira set plan to blocked. NO-GO: 0 of 2 signals met, 0 of 2 gates satisfied.\n"
    (plan, _) = run("status", "--json").json["gates"]
    assert (plan["state"], plan["reason"], plan["by"]) == ("blocked", "No one has started", "mira")


def test_satisfied_without_evidence_exits_8_and_records_nothing(run: Run, world: World) -> None:
    refused = run("gate", "value", "satisfied")
    assert refused.status == 8
    assert refused.err.startswith("pawtui: Gate 'value' needs evidence")
    assert run("log", "--json").json == []
    assert run("gate", "value", "satisfied", "--pin", "up/stream#3", "--reason", "Seen").status == 0


def test_ticking_a_part_is_idempotent(run: Run, world: World) -> None:
    assert run("gate", "plan", "--part", "app", "--pin", "up/stream#3").status == 0
    assert run("gate", "plan", "--part", "app").err == "app of plan is already ticked.\n"
    assert "1 of 2 gates satisfied" in run("gate", "plan", "--part", "sdk").out
    assert "0 of 2 gates satisfied" in run("gate", "plan", "--untick", "sdk").out
    assert run("status", "--json").json["gates"][0]["parts"] == {"app": True, "sdk": False}


def test_a_verdict_applies_until_it_is_cleared(run: Run) -> None:
    done = run("signal", "calm", "met", "--reason", "I read it all", "--until", "2999-01-01")
    assert "1 of 2 signals met" in done.out
    assert "(1 by verdict)" in done.out
    verdict = run("status", "--json").json["signals"][1]["verdict"]
    assert (verdict["state"], verdict["reason"], verdict["until"]) == ("met", "I read it all", "2999-01-01")
    assert run("signal", "calm", "--clear").status == 0
    assert run("status", "--json").json["signals"][1]["verdict"] is None


def test_a_note_is_written_from_an_argument_or_from_stdin(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("note", "calm", "Seen once.", "--pin", "up/stream#3", "--pin", "https://example.org/x").status == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("Two\nlines.\n"))
    assert run("note", "review", "-").status == 0
    notes = run("status", "--json").json["notes"]
    assert [(note["subject"], note["text"]) for note in notes] == [
        ("signal:calm", "Seen once."),
        ("review", "Two\nlines."),
    ]
    assert notes[0]["pins"] == ["up/stream#3", "https://example.org/x"]


def test_a_pin_whose_list_of_files_is_not_cached_is_accepted_with_a_message(run: Run) -> None:
    pin = f"up/other@{'a' * 40}:src/x.ts"
    noted = run("note", "calm", "Seen once.", "--pin", pin, "--pin", "https://example.org/x")
    assert noted.status == 0
    assert noted.err == f"{pin} was not checked. The list of files at its commit is not cached or is incomplete.\n"


def test_a_new_pin_to_a_commit_of_another_repository_is_accepted_with_a_message(run: Run, measured: World) -> None:
    noted = run("note", "calm", "Seen once.", "--pin", f"other/one@{'b' * 40}")
    assert noted.status == 0
    cause = "other/one is not one of the tracker's repositories."
    assert noted.err == f"other/one@{'b' * 40} was not checked. {cause}\n"


def test_a_new_pin_to_a_commit_is_evidence_at_once_if_it_exists(run: Run, measured: World) -> None:
    missing, old, head = "b" * 40, measured.up.commit({"a": "1"}, branch="side").sha, measured.up.sha("v2")
    refused = run("gate", "value", "satisfied", "--pin", f"up/stream@{missing}")
    assert refused.status == 2
    assert "Commit bbbbbbbbbb of up/stream does not exist." in refused.err
    for sha in (old, head):
        assert run("gate", "value", "satisfied", "--pin", f"up/stream@{sha}").err == ""
        assert "1 of 2 gates satisfied" in run("status").out


@pytest.mark.parametrize("path", ["", ":README.md"])
def test_a_pin_before_the_first_refresh_is_no_evidence(run: Run, world: World, path: str) -> None:
    made = run("gate", "value", "satisfied", "--pin", f"up/stream@{world.up.sha('v2')}{path}")
    assert "was not checked. " in made.err
    assert "0 of 2 gates satisfied" in made.out
    run("refresh")
    assert "1 of 2 gates satisfied" in run("status").out


def test_a_pin_to_an_issue_that_does_not_exist_is_refused(run: Run, measured: World) -> None:
    refused = run("gate", "value", "satisfied", "--pin", "up/stream#99")
    assert refused.status == 2
    assert "Cannot find issue #99 of up/stream" in refused.err
    assert run("gate", "value", "satisfied", "--pin", "up/stream#3").err == ""
    assert "1 of 2 gates satisfied" in run("status").out


@pytest.mark.parametrize("pin", ["up/stream#3", "up/stream@{old}", "up:src/runner/run.ts", "up:README.md#L1"])
def test_a_pin_that_could_not_be_checked_is_evidence_after_the_next_refresh(
    run: Run, measured: World, pin: str
) -> None:
    pin = pin.format(old=measured.up.commit({"a": "1"}, branch="side").sha)
    measured.fake.fail("", 403, "Forbidden", times=None)
    made = run("gate", "value", "satisfied", "--pin", pin)
    assert made.status == 0
    assert "not checked. " in made.err
    assert "0 of 2 gates satisfied" in made.out
    assert "does not count as satisfied" in run("gate", "value").out
    run("undo")
    run("redo")
    assert "does not count as satisfied" in run("gate", "value").out
    measured.fake.clear()
    run("refresh", "--quiet", "--force")
    assert "1 of 2 gates satisfied" in run("status").out
    measured.fake.fail("", 403, "Forbidden", times=None)
    assert run("gate", "value", "satisfied", "--pin", pin).err == "", "a refresh has checked it"
    assert "1 of 2 gates satisfied" in run("status").out


def test_an_unchecked_pin_that_is_made_again_can_be_checked(run: Run, measured: World) -> None:
    measured.fake.fail("", 403, "Forbidden", times=None)
    run("note", "gate:value", "Seen once.", "--pin", "up/stream#3")
    measured.fake.clear()
    assert "1 of 2 gates satisfied" in run("gate", "value", "satisfied", "--pin", "up/stream#3").out


@pytest.mark.parametrize(
    "words",
    [
        ("gate", "value", "satisfied"),
        ("gate", "value"),
        ("note", "calm", "Seen once."),
        ("note", "--edit", "{id}", "x"),
    ],
    ids=" ".join,
)
def test_the_log_has_the_unchecked_pins_of_each_change(run: Run, measured: World, words: tuple[str, ...]) -> None:
    run("note", "calm", "Seen.", "--pin", "up/stream#3")
    (note,) = run("notes", "--json").json
    measured.fake.fail("", 403, "Forbidden", times=None)
    pins = ["up/stream#3", "up/stream#5"]
    run(*(word.format(id=note["id"]) for word in words), *(word for pin in pins for word in ("--pin", pin)))
    changes = run("export", "--json").json["record"]["log"][1:]
    assert [pin for change in changes for pin in change["unchecked"]] in (pins, pins[1:])
    assert len(changes) == (2 if words == ("gate", "value") else 1)


def test_a_pin_at_the_commit_of_the_last_refresh_is_searched_without_a_cache(run: Run, world: World) -> None:
    run("refresh", "--quiet")
    shutil.rmtree(cache_folder(None, os.environ))
    refused = run("gate", "value", "satisfied", "--pin", "up:src/runner/nope.ts")
    assert refused.status == 2
    assert "There is no file 'src/runner/nope.ts'" in refused.err
    assert run("gate", "value", "satisfied", "--pin", "up:src/runner/run.ts").err == ""


@pytest.mark.parametrize(
    "words", [("note", "calm", "Seen once."), ("gate", "value", "satisfied"), ("gate", "value")], ids=" ".join
)
def test_the_recorded_pin_is_the_checked_one_if_a_refresh_is_recorded_meanwhile(
    run: Run, isolated: Path, measured: World, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    store = Store((isolated / "pawtui" / RECORD).parent)
    checked = store.load().refreshes[-1].upstream
    newer = replace(store.load().refreshes[-1], id="newer", upstream=replace(checked, sha="9" * 40))

    async def check(*_: object) -> NewPinCheck:
        store.add_refresh(lambda _record: newer)
        return NewPinCheck(found=True)

    monkeypatch.setattr(EvidenceReader, "check_pin", check)
    assert run(*words, "--pin", "up:src/runner/run.ts").status == 0
    assert store.load().pins == (f"up/stream@{checked.sha}:src/runner/run.ts",)


def test_a_note_may_have_several_words(run: Run) -> None:
    assert run("note", "calm", "Seen", "once,", "--pin", "https://example.org/x", "today.").status == 0
    assert [note["text"] for note in run("notes", "--json").json] == ["Seen once, today."]


def test_undo_and_redo_work_in_later_processes(run: Run) -> None:
    run("gate", "plan", "blocked", "--reason", "No")
    assert run("undo").out.startswith("mira undid: set plan to blocked. HOLD")
    assert run("redo").out.startswith("mira redid: set plan to blocked. NO-GO")
    (change,) = run("log", "--json").json
    assert (change["action"], change["undone"]) == ("gate", False)
    assert [later["action"] for later in change["later"]] == ["undo", "redo"]
    assert run("log").out.count("\n") == 1
    assert [line.partition("  ")[2] for line in run("log").out.splitlines()] == ["mira  set plan to blocked"]
    run("undo")
    assert run("log").out.endswith("mira  set plan to blocked (undone)\n")


def test_a_pin_is_removed_by_its_full_or_its_short_form(run: Run, world: World) -> None:
    run("refresh", "--quiet")
    sha = world.up.sha("v2")
    run("gate", "plan", "--pin", "up/stream#3", "--pin", "up:src/runner/run.ts#L1", "--pin", "up:README.md")
    assert run("gate", "plan", "--unpin", "up:README.md").status == 0
    removed = run("gate", "plan", "--unpin", f"up/stream@{sha[:10]}:src/runner/run.ts#L1")
    assert removed.out.startswith(f"mira removed up/stream@{sha}:src/runner/run.ts#L1 from plan. HOLD")
    assert run("status", "--json").json["gates"][0]["pins"] == ["up/stream#3"]
    run("undo")
    assert len(run("status", "--json").json["gates"][0]["pins"]) == 2


def test_a_link_that_is_a_pin_to_a_file_today_is_removed(run: Run, isolated: Path) -> None:
    link = f"https://raw.githubusercontent.com/up/stream/{'a' * 40}/x.ts"
    run("gate", "plan", "--pin", "https://example.org/x.ts")
    recorded = isolated / "pawtui" / RECORD
    recorded.write_text(recorded.read_text().replace("https://example.org/x.ts", link))
    assert run("gate", "plan", "--unpin", link).status == 0


@pytest.mark.parametrize("state", [(), ("satisfied",)])
def test_one_command_replaces_the_only_pin_of_a_satisfied_gate(run: Run, world: World, state: tuple[str, ...]) -> None:
    run("gate", "value", "satisfied", "--pin", "up/stream#3")
    assert run("gate", "value", *state, "--unpin", "up/stream#3", "--pin", "down/fork#7").status == 0
    gate = run("status", "--json").json["gates"][1]
    assert (gate["state"], gate["pins"]) == ("satisfied", ["down/fork#7"])


def test_a_note_is_edited_and_removed_by_its_id(run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("notes").out == "No notes recorded.\n"
    run("note", "calm", "--pin", "up/stream#3", "Seen once.")
    (written,) = run("notes", "--json").json
    assert run("notes").out.startswith(f"{written['id']}  ")
    assert run("note", "--edit", written["id"], "Seen twice.").status == 0
    assert [(note["text"], note["pins"]) for note in run("notes", "--json").json] == [("Seen twice.", ["up/stream#3"])]
    monkeypatch.setattr("sys.stdin", io.StringIO("Three\nlines.\n"))
    assert run("note", "--edit", written["id"], "-", "--pin", "down/fork#7").out.startswith("mira changed a note on")
    assert [(note["text"], note["pins"]) for note in run("notes", "--json").json] == [
        ("Three\nlines.", ["down/fork#7"])
    ]
    assert run("note", "--remove", written["id"]).out.startswith("mira removed a note on calm. ")
    assert run("notes", "--json").json == []
    run("undo")
    assert run("notes", "--json").json[0]["text"] == "Three\nlines."


def test_options_may_be_between_the_arguments(run: Run, world: World) -> None:
    assert run("gate", "plan", "--reason", "No plan", "blocked").out.startswith("mira set plan to blocked. ")
    assert run("close", "--", "--force", "is", "wrong").err.startswith("pawtui: There is no refresh")
    assert run("note", "--pin", "up/stream#3", "--", "calm", "-1").status == 0
    assert run("note", "calm", "--pin", "up/stream#3", "--", "-1").status == 0
    assert [(note["text"], note["pins"]) for note in run("notes", "--json").json] == [("-1", ["up/stream#3"])] * 2


@pytest.mark.parametrize("verb", ["undo", "redo"])
def test_undo_without_a_change_is_a_message_with_status_0(run: Run, verb: str) -> None:
    done = run(verb)
    assert (done.status, done.out, done.err) == (0, "", f"You have no change to {verb}.\n")


def test_a_part_may_have_the_name_of_a_state(run: Run, tracker_file: Path) -> None:
    text = tracker_file.read_text(encoding="utf-8")
    tracker_file.write_text(text.replace('id = "app"', 'id = "blocked"'), encoding="utf-8")
    assert run("gate", "plan", "blocked", "--reason", "No").status == 0


def test_a_change_that_someone_else_replaced_is_not_undone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("gate", "plan", "blocked", "--reason", "No")
    monkeypatch.setenv("PAWTUI_USER", "ann")
    run("gate", "plan", "untested")
    monkeypatch.setenv("PAWTUI_USER", "mira")
    refused = run("undo")
    assert (refused.status, refused.out) == (4, "")
    assert 'cannot be undone: ann made a later change: "set plan to untested". Make' in refused.err


def test_without_a_change_the_signal_or_the_gate_is_shown(run: Run) -> None:
    run("gate", "plan", "blocked", "--reason", "No one has started")
    run("signal", "calm", "met", "--reason", "I read it all")
    changes = run("log", "--json").json
    gate, signal = run("gate", "plan"), run("signal", "calm")
    assert (gate.status, signal.status) == (0, 0)
    assert "blocked" in gate.out
    assert "No one has started" in gate.out
    assert "I read it all" in signal.out
    assert run("log", "--json").json == changes


@pytest.mark.parametrize(
    ("words", "summary"),
    [
        (["gate", "plam", "blocked", "--reason", "x"], "no gate 'plam': did you mean 'plan'?"),
        (["gate", "plan", "blocked"], "cannot be blocked without a reason"),
        (["gate", "plan", "blocks", "--reason", "x"], "no gate state 'blocks': did you mean 'blocked'?"),
        (["gate", "plan", "--reason", "y"], "--reason needs a state"),
        (["gate", "plan", "--part", "ap"], "did you mean 'app'?"),
        (["gate", "plan", "--part", "app", "--part", "skd"], "did you mean 'sdk'?"),
        (["gate", "plan", "untetsed", "--part", "app"], "did you mean 'untested'?"),
        (["gate", "plan", "satisfied", "--untick", "app"], "Use satisfied without --untick"),
        (["gate", "plan", "--part", "app", "--untick", "app"], "Part 'app' is given with --part and with --untick"),
        (["gate", "value", "--part", "app"], "has no parts"),
        (["gate", "value", "--untick", "app"], "has no parts"),
        (["gate", "plan", "--pin", "x", "--reason", "y"], "--reason needs a state"),
        (["signal", "clam", "met", "--reason", "x"], "no signal 'clam': did you mean 'calm'?"),
        (["signal", "calm", "met"], "The reason is empty. Write a few words."),
        (["signal", "calm", "mett", "--reason", "x"], "did you mean 'met'?"),
        (["signal", "calm", "mett"], "did you mean 'met'?"),
        (["signal", "calm", "MET", "--reason", "x"], "did you mean 'met'?"),
        (["plan", "done"], "There is no plan state 'done'"),
        (["plan", "approved", "--json"], "--json shows the plan. Use it without a state."),
        (["signal", "calm", "--reason", "x"], "--reason and --until need a state"),
        (["signal", "calm", "--until", "2999-01-01"], "--reason and --until need a state"),
        (["signal", "clam"], "no signal 'clam': did you mean 'calm'?"),
        (["signal", "calm", "--clear"], "has no verdict to clear"),
        (["signal", "calm", "met", "--clear"], "--clear removes the verdict"),
        (["signal", "calm", "met", "--reason", "x", "--until", "2020-01-01"], "not after today"),
        (["signal", "calm", "met", "--reason", "x", "--until", "soon"], "'soon' is not a date"),
        (["note", "calm", ""], "The note is empty"),
        (["note", "nothing", "x"], "no signal or gate 'nothing'"),
        (["gate", "plna"], "did you mean 'plan'"),
        (["note", "calm", "x", "--pin", "up/stream@main:x"], "Pin a commit, not a branch"),
        (["note", "calm", "x", "--pin", "up:src/x"], "needs the commit of a refresh"),
        (["note", "calm", "-", "x"], "- reads the text from stdin. Use it without other words"),
        (["close", ""], "There is no refresh"),
        (["gate", "plan", "--unpin", "up/stream#3"], "Gate 'plan' has no pin up/stream#3"),
        (["note", "calm"], "Give one of: a subject and a text, --edit with an id and a text, or --remove with an id."),
        (["note"], "Give one of: a subject"),
        (["note", "calm", "Seen \udcff."], "The note is not UTF-8 text. Check the encoding"),
        (["note", "--edit", "x"], "expected 2 arguments"),
        (["note", "--edit", "x", "Better."], "There is no note 'x'"),
        (["note", "--remove", "x"], "There is no note 'x'"),
        (["note", "--remove", ""], "There is no note ''"),
        (["note", "--edit", "", "Better."], "There is no note ''"),
        (["note", "", "Seen."], "no signal or gate ''"),
        (["note", "--remove", "x", "--pin", "up/stream#3"], "Give one of: a subject"),
        (["note", "--remove", "x", "--edit", "x", "Better."], "Give one of: a subject"),
        (["note", "calm", "Seen.", "--remove", "x"], "Give one of: a subject"),
        (["gate"], "the following arguments are required: ID"),
        (["gate", "plan", "blocked", "--raeson", "x"], "unrecognized arguments: --raeson x"),
    ],
)
def test_an_invalid_change_exits_2_with_a_message(run: Run, words: list[str], summary: str) -> None:
    refused = run(*words)
    assert refused.status == 2
    assert summary in refused.err
    assert refused.out == ""
    assert "Traceback" not in refused.err
    assert run("log", "--json").json == []


def test_closing_again_replaces_the_recommendation_and_the_decision(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = run("close", "Too early")
    assert (early.status, early.out) == (2, "")
    assert "Refresh first, then close the review" in early.err
    run("refresh", "--quiet")
    assert run("close", "Wait", "two", "weeks").out.startswith("mira closed the review with hold. HOLD: ")
    assert "- **Recommendation:** Wait two weeks (`mira`, " in run("export").out
    run("gate", "plan", "blocked", "--reason", "No")
    monkeypatch.setattr("sys.stdin", io.StringIO("Not now.\n"))
    assert run("close", "-").out.startswith("mira closed the review with no-go. NO-GO: ")
    assert "- **Recommendation:** Not now. (`mira`, " in run("export").out
    run("undo")
    assert "given at decision **HOLD**)\n" in run("export").out


def test_renewed_pins_are_shown_with_their_old_and_new_places(run: Run, measured: World) -> None:
    old = measured.up.sha("v2")[:10]
    run("gate", "value", "satisfied", "--pin", "up:src/runner/run.ts", "--pin", "up:README.md")
    measured.up.commit({"src/runner/run.ts": "other\n", "README.md": "other\n"}, message="fix: other")
    run("refresh", "--quiet")
    new = measured.up.sha("v2")[:10]
    lines = run("gate", "value", "--renew").out.splitlines()
    assert lines[0].startswith("mira renewed 2 pins of value. ")
    assert lines[1:] == [
        f"  up/stream@{old}:{path} -> up/stream@{new}:{path}" for path in ("src/runner/run.ts", "README.md")
    ]


def test_a_renewed_pin_to_an_issue_has_no_other_place(run: Run, measured: World) -> None:
    run("gate", "value", "satisfied", "--pin", "up/stream#3")
    run("refresh", "--quiet", "--force")
    measured.fake.repos["up/stream"].set_issue_state(3, state="closed")
    run("refresh", "--quiet", "--force")
    lines = run("gate", "value", "--renew").out.splitlines()
    assert lines[0].startswith("mira renewed up/stream#3 of value. ")
    assert lines[1:] == ["  up/stream#3 -> as it is now"]
