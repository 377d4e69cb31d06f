"""`pawtui replay`: the report, JSON, Markdown, exit statuses, and evidence on the gates."""

import errno
import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Run, World
from tests.replay.session_db import NOTICE, SUBTASK, TEXT, SessionDb, assistant, tool, user, without

GATES = """
[[gates]]
id = "shadow-replay"
title = "A replay loses nothing"
replay = "semantics"
parts = [{ id = "tool", title = "Tool" }, { id = "subtask", title = "Subtask" }, { id = "other", title = "Other" }]
[[gates]]
id = "sessions"
title = "Sessions survive"
replay = "checks"
parts = [{ id = "open", title = "Open" }, { id = "export", title = "Export" }]
"""


def schema(*events: str) -> dict[str, object]:
    """Return an OpenAPI document that defines these events with any data."""
    members = {
        f"Event{number}": {
            "type": "object",
            "properties": {"type": {"const": event, "type": "string"}, "data": {"type": "object"}},
        }
        for number, event in enumerate(events)
    }
    return {"openapi": "3.1.0", "info": {"title": "up", "version": "9"}, "components": {"schemas": members}}


@pytest.fixture
def sessions(tmp_path: Path) -> SessionDb:
    """A database with a subtask, which is lost."""
    folder = tmp_path / "private"
    folder.mkdir()
    db = SessionDb(folder / "mine.db")
    db.turn({**TEXT, "text": "a secret of mine"}, tool("completed"))
    db.message("ses_1", user(), [SUBTASK])
    return db


@pytest.fixture
def gates(tracker_file: Path) -> None:
    """Add two gates with a `replay` to the tracker."""
    tracker_file.write_text(tracker_file.read_text(encoding="utf-8") + GATES, encoding="utf-8")


def test_the_report_counts_and_shows_no_text_of_a_session(run: Run, sessions: SessionDb) -> None:
    for format_ in ((), ("--markdown",), ("--json",)):
        ran = run("replay", str(sessions.path), *format_)
        assert ran.status == 0
        assert "secret" not in ran.out
        assert "subtask" in ran.out
    ran = run("replay", str(sessions.path))
    assert "Replayed mine.db onto" in ran.out
    assert "1 lost" in ran.out
    assert "not proven: 1 lost" in ran.out


def test_markdown_shows_names_as_code_and_words_as_text(run: Run, sessions: SessionDb) -> None:
    lines = run("replay", str(sessions.path), "--markdown").out.splitlines()
    reason = "The importer drops a subtask; the child session remains, without the data of the part."
    assert f"| 1 | `subtask` | `subtask` | lost | `(all)` | {reason} |" in lines
    assert "| open | 1 | 0 | proven |" in lines
    assert (
        "| 1 | message | `subtask` | lost | `(all)` | The importer drops a message that only starts a subtask. |"
        in lines
    )


def test_only_one_format_is_printed(run: Run, sessions: SessionDb) -> None:
    refused = run("replay", str(sessions.path), "--json", "--markdown")
    assert (refused.status, refused.err) == (2, "pawtui: Give --json or --markdown, not both.\n")


def test_markdown_has_short_tables_and_a_pipe_gets_all_rows(run: Run, tmp_path: Path) -> None:
    db = SessionDb(tmp_path / "many.db")
    for number in range(52):
        db.message(f"ses_{number}", user(), [SUBTASK])
    assert "\n2 more: --json lists all\n" in run("replay", str(db.path), "--markdown").out
    text = run("replay", str(db.path)).out
    assert "lists all" not in text
    sessions = text.partition("Sessions with lost, changed or unexplained parts\n")[2].partition("\n\n")[0]
    assert sessions.count("\nses_") == 52


def test_json_has_the_documented_keys(run: Run, sessions: SessionDb) -> None:
    found = run("replay", str(sessions.path), "--json").json
    assert found["source"]["path"] == str(sessions.path)
    assert len(found["source"]["sha256"]) == 64
    assert found["sessions"] == 1
    assert found["parts"]["total"] == 6
    assert found["parts"]["lost"] == 1
    assert found["parts"]["by_type"]["subtask"]["lost"] == 1
    assert found["semantics"]["subtask"]["proven"] is False
    (loss,) = [loss for loss in found["losses"] if not loss["field"]]
    assert loss["part"] == "prt_6"
    assert loss["reason"]
    assert loss["source"] == 0
    assert found["by_session"][0]["stopped_in"] == "mid-subtask"
    assert found["states"]["mid-subtask"]["sessions"] == 1


@pytest.mark.parametrize(("fail_on", "status"), [("lost", 9), ("changed", 9)])
def test_fail_on_sets_the_status(run: Run, sessions: SessionDb, fail_on: str, status: int) -> None:
    assert run("replay", str(sessions.path), "--fail-on", fail_on).status == status


def test_fail_on_changed_counts_fields_too_and_lost_does_not(run: Run, tmp_path: Path) -> None:
    db = SessionDb(tmp_path / "fields.db")
    db.turn(tool("completed", title="a title"))
    assert run("replay", str(db.path), "--fail-on", "lost").status == 0
    changed = run("replay", str(db.path), "--fail-on", "changed")
    assert changed.status == 9
    assert "1 field lost in 1 kept or changed part.\n" in changed.out
    section = changed.out.partition("\nDifferences\n")[2].splitlines()
    assert [row.split()[:5] for row in section[1:2]] == [["1", "tool", "tool", "lost", "state.title"]]


def test_fail_on_changed_counts_the_fields_of_messages(run: Run, tmp_path: Path) -> None:
    db = SessionDb(tmp_path / "messages.db")
    db.turn()
    changed = run("replay", str(db.path), "--fail-on", "changed")
    assert "3 parts kept, 0 changed, 0 lost.\nEvents not validated" in changed.out
    assert changed.status == 9


@pytest.mark.usefixtures("gates")
def test_a_lost_message_without_parts_is_a_loss(run: Run, tmp_path: Path) -> None:
    db = SessionDb(tmp_path / "messages.db")
    db.message(db.turn(), without(assistant(), "modelID"))
    ran = run("replay", str(db.path), "--fail-on", "lost", "--attach")
    assert ran.status == 9
    assert "3 parts kept, 0 changed, 0 lost.\n1 message lost.\n" in ran.out
    assert "3 parts: 3 kept, 0 changed, 0 lost. 1 message lost.\n" in run("notes", "--json").json[0]["text"]


@pytest.mark.usefixtures("gates")
def test_data_that_could_not_be_read_has_its_own_status(run: Run, tmp_path: Path) -> None:
    db = SessionDb(tmp_path / "damaged.db")
    db.turn("{")
    ran = run("replay", str(db.path), "--fail-on", "changed")
    assert ran.status == 9
    assert run("replay", str(db.path), "--attach").status == 3
    assert " Some data could not be read.\n" in run("notes", "--json").json[0]["text"]


@pytest.mark.usefixtures("gates")
def test_attach_writes_a_note_on_each_gate_and_ticks_the_proven_parts(run: Run, sessions: SessionDb) -> None:
    ran = run("replay", str(sessions.path), "--attach", "--json")
    assert ran.status == 0
    json.loads(ran.out)
    found = {gate["id"]: gate for gate in run("status", "--json").json["gates"]}
    # Without a schema no semantics is proven; every session can be opened and exported.
    assert found["shadow-replay"]["parts"] == {"tool": False, "subtask": False, "other": False}
    assert found["sessions"]["parts"] == {"open": True, "export": True}
    assert found["shadow-replay"]["state"] == "untested"
    assert found["sessions"]["state"] == "satisfied"
    notes = run("notes", "--json").json
    assert [note["subject"] for note in notes] == ["gate:shadow-replay", "gate:sessions"]
    assert "mine.db (sha256 " in notes[0]["text"]
    assert str(sessions.path.parent) not in notes[0]["text"]
    assert "subtask: not proven" in notes[0]["text"]
    assert "The replay does not measure: other." in notes[0]["text"]
    assert "does not measure" not in notes[1]["text"]
    assert "could not be read" not in notes[0]["text"]
    assert "commits of the upstream and of the downstream are unknown: no refresh is recorded" in notes[0]["text"]
    again = run("replay", str(sessions.path), "--attach")
    assert again.status == 0
    assert "shadow-replay already has this evidence" in again.err
    assert "sessions already has this evidence" in again.err
    assert run("notes", "--json").json == notes
    # Undo removes the change of one gate.
    run("undo")
    found = {gate["id"]: gate for gate in run("status", "--json").json["gates"]}
    assert found["sessions"]["parts"] == {"open": False, "export": False}
    assert len(run("notes", "--json").json) == 1


@pytest.mark.usefixtures("gates")
def test_attach_leaves_a_blocked_gate_blocked(run: Run, sessions: SessionDb) -> None:
    run("gate", "sessions", "blocked", "--reason", "the export is being rewritten")
    run("replay", str(sessions.path), "--attach")
    (gate,) = [gate for gate in run("status", "--json").json["gates"] if gate["id"] == "sessions"]
    assert gate["state"] == "blocked"
    assert gate["reason"] == "the export is being rewritten"


def test_attach_without_a_gate_that_has_a_replay_is_an_error(run: Run, sessions: SessionDb) -> None:
    ran = run("replay", str(sessions.path), "--attach")
    assert ran.status == 2
    assert 'Add replay = "semantics"' in ran.err


@pytest.mark.usefixtures("gates")
def test_a_schema_can_be_pinned_and_is_then_evidence(run: Run, world: World, sessions: SessionDb) -> None:
    world.up.commit({"openapi.json": json.dumps(schema("session.next.prompted"))}, at="2026-01-06T12:00:00Z")
    run("refresh")
    ran = run("replay", str(sessions.path), "--schema", "up:openapi.json", "--generation", "session.next", "--attach")
    assert "in the schema up 9" in ran.out
    note = run("notes", "--json").json[0]
    assert note["pins"][0].startswith("up/stream@")
    assert note["pins"][0].endswith(":openapi.json")
    assert "unknown" not in note["text"]
    ran = run("replay", str(sessions.path), "--schema", "up:none.json")
    assert ran.status == 2
    assert "There is no none.json at" in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere.db",), "Cannot read nowhere.db: no such file or directory."),
        (("mine", "--schema", "none.json"), "The schema none.json is neither a file nor a pin."),
        (("mine", "--generation", "9"), "9"),
        (("/dev/null",), "Cannot read /dev/null: it is a device. Check the path"),
    ],
)
def test_a_mistake_is_an_error_message(run: Run, sessions: SessionDb, words: tuple[str, ...], message: str) -> None:
    ran = run("replay", *(str(sessions.path) if word == "mine" else word for word in words))
    assert ran.status in (2, 4)
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_a_folder_that_may_not_be_searched_is_an_error(
    run: Run, sessions: SessionDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, stat = sessions.path.parent, Path.stat

    def refuse(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.parent == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refuse)
    # As in Python 3.14, which hides the error.
    monkeypatch.setattr(Path, "is_file", lambda _path: False)
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    assert f"{folder}: permission denied." in run("replay", str(folder)).err
    monkeypatch.setattr(Path, "read_bytes", refuse)
    ran = run("replay", str(folder), "--schema", str(folder / "openapi.json"))
    assert "openapi.json: permission denied. Check the path and its permissions." in ran.err


def test_control_characters_in_a_database_do_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    db = SessionDb(tmp_path / "hostile.db")
    db.turn({"type": "x\x1b]52;c;aGk=\x07\u202e@someone"}, NOTICE)
    for format_ in ((), ("--markdown",), ("--json",)):
        out = run("replay", str(db.path), *format_).out
        assert "\x1b" not in out
        assert "\u202e" not in out
    assert "@someone" not in run("replay", str(db.path), "--markdown").out.replace("`", "\0").split("\0")[0]


def test_half_of_a_surrogate_pair_and_a_file_name_that_is_not_utf8_are_valid_json(run: Run, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"sessions\xff.db")
    db = SessionDb(tmp_path / "sessions.db")
    db.turn('{"type": "cut\\ud83d"}')
    db.connection.close()
    db.path.rename(path)
    printed = run("replay", str(path), "--json")
    assert printed.status in (0, 3)
    assert json.loads(printed.out)["source"]["path"] == str(path)
    assert r"cut\ud83d" in printed.out
