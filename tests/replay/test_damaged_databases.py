"""Damaged and unknown databases: the replay continues, and counts everything."""

import json
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from pawtui.replay.mapping.read_generation import all_generations, find_generation
from pawtui.replay.replay_errors import ReplaySourceError
from pawtui.replay.replay_sources import ReplayProgress, replay_sources
from tests.replay.conftest import Replay, lost_parts
from tests.replay.session_db import SUBTASK, TEXT, SessionDb, assistant, tool, user

GENERATIONS = [generation.name for generation in all_generations()]


@pytest.mark.parametrize("broken", ['{"type": "te', "", "[]", "null", '"text"', "\x00"])
def test_a_part_that_is_not_an_object_is_counted_and_the_result_is_incomplete(
    db: SessionDb, run: Replay, broken: str
) -> None:
    db.turn(broken, tool("completed"))
    result = run()
    assert result.counts().total == 5
    assert not result.complete
    assert result.totals.issues["undecodable part"].unread == 1


def test_a_broken_session_does_not_end_the_replay(db: SessionDb, run: Replay) -> None:
    broken = db.session()
    db.message(broken, "{", [TEXT])
    db.turn()
    result = run()
    assert len(result.totals.sessions) == 2
    assert not result.complete
    assert {session.id: "read" in session.failed for session in result.totals.sessions} == {
        "ses_1": True,
        "ses_2": False,
    }


def test_missing_parents_are_issues_and_their_parts_are_counted(db: SessionDb, run: Replay) -> None:
    db.turn()
    db.session(parent_id="ses_gone")
    orphan = db.part("ses_1", "msg_gone", TEXT)
    message = db.message("ses_without_a_row", user())
    unreachable = db.part("ses_without_a_row", message, TEXT)
    result = run()
    assert result.counts().total == db.connection.execute("SELECT count(*) FROM part").fetchone()[0]
    assert {"ses_without_a_row"} <= {session.id for session in result.totals.sessions}
    assert set(result.totals.issues) == {"missing parent session", "no session row"}
    assert [part for part, _type, _reason in lost_parts(result)] == [unreachable, orphan]


def test_a_message_that_is_its_own_parent_has_no_parent(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), assistant("msg_1"))
    (issue,) = run().totals.issues["missing parent"].examples
    assert issue.where == "msg_1"


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_call_id_that_is_not_a_text_does_not_stop_the_replay(db: SessionDb, run: Replay, generation: str) -> None:
    db.turn({**tool("completed"), "callID": ["call_1"]}, {**tool("completed"), "callID": ["call_2"]})
    assert run(generation=generation).counts().total == 5


def test_a_database_that_changes_during_the_replay_is_replayed_from_a_copy(db: SessionDb) -> None:
    db.turn()

    def write_once(step: ReplayProgress) -> None:
        if step.all_sessions == 1:
            db.turn()

    result = replay_sources([db.path], find_generation("session"), on_progress=write_once)
    assert result.source.copied
    assert len(result.totals.sessions) == 2


def test_a_repeated_part_of_an_export_is_lost_once(tmp_path: Path, run: Replay) -> None:
    path = tmp_path / "twice.json"
    parts = [{**TEXT, "id": "p1"}, {**TEXT, "id": "p1"}, {**SUBTASK, "id": "p2"}]
    message = {"info": user(id="m"), "parts": parts}
    path.write_text(json.dumps({"info": {"id": "ses_x"}, "messages": [message]}), encoding="utf-8")
    result = run(path)
    assert not result.complete
    (issue,) = result.totals.issues["duplicate part"].examples
    assert (issue.where, issue.detail) == ("p1", "another part has the same id; only the first part is read")
    assert [part for part, _type, _reason in lost_parts(result)] == ["p1", "p2"]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_repeated_message_of_an_export_is_lost(tmp_path: Path, run: Replay, generation: str) -> None:
    path = tmp_path / "twice.json"
    messages = [{"info": user(id="m"), "parts": [{**TEXT, "id": part}]} for part in ("p1", "p2")]
    path.write_text(json.dumps({"info": {"id": "ses_x"}, "messages": messages}), encoding="utf-8")
    result = run(path, generation=generation)
    reason = "Another message has the same id; only the first message is read."
    assert lost_parts(result) == [("p2", "text", reason)]
    assert result.lost_messages() == 1


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_call_with_the_id_of_an_earlier_call_replaces_only_that_call(
    db: SessionDb, run: Replay, generation: str
) -> None:
    db.turn(tool("completed", "same"), tool("completed", "other"), tool("error", "same", error="no"), TEXT)
    result = run(generation=generation)
    reason = "A later part of the message has the same id in its events and replaces this part."
    assert lost_parts(result) == [("prt_3", "tool", reason)]
    assert result.counts().unstated == 1
    assert not [outside for outside in result.outside_differences() if not outside.stated]


def test_an_id_inside_the_json_fails_the_export_of_its_session_only(db: SessionDb, run: Replay) -> None:
    db.turn()
    db.turn({**TEXT, "id": "prt_other"})
    sessions = run().totals.sessions
    assert [(session.id, "export" in session.failed) for session in sessions] == [("ses_1", False), ("ses_2", True)]


def test_unknown_tables_and_columns_are_listed(db: SessionDb, run: Replay) -> None:
    db.turn()
    db.connection.executescript("CREATE TABLE later (x); INSERT INTO later VALUES (1); ALTER TABLE part ADD COLUMN y;")
    (source,) = run().sources
    assert source.inventory is not None
    assert source.inventory.unknown_tables == {"later": 1}
    assert source.inventory.unknown_columns == {"part": ["y"]}


def test_a_file_that_is_not_a_database_is_an_error(tmp_path: Path, run: Replay) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"not a database, and not an export")
    with pytest.raises(ReplaySourceError, match=r"Cannot read .*notes\.txt: "):
        run(path)
    path.write_bytes(b"")
    with pytest.raises(ReplaySourceError, match=r"notes\.txt: it is neither a SQLite database nor JSON"):
        run(path)
    with pytest.raises(ReplaySourceError, match="no such file"):
        run(tmp_path / "gone.db")


def test_a_schema_that_is_not_text_is_an_error(db: SessionDb, run: Replay) -> None:
    db.connection.execute("CREATE INDEX damaged ON session (title)")
    db.connection.commit()
    db.connection.close()
    db.path.write_bytes(db.path.read_bytes().replace(b"CREATE INDEX damaged", b"CREATE\xffINDEX damaged"))
    with pytest.raises(ReplaySourceError, match=r"can't decode byte .*\. Give another file"):
        run(db.path)


def test_sessions_with_a_damaged_name_of_a_column_are_counted_as_unreadable(db: SessionDb, run: Replay) -> None:
    db.turn()
    db.connection.execute("ALTER TABLE session ADD COLUMN damaged")
    db.connection.commit()
    db.connection.close()
    db.path.write_bytes(db.path.read_bytes().replace(b", damaged)", b", dam\xffged)"))
    result = run(db.path)
    assert result.totals.issues["unreadable session row"].unread == 1
    assert not result.complete


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("CREATE TABLE event (id, type, data)", "no such column: aggregate_id"),
        (
            "CREATE TABLE event (aggregate_id, type, data);"
            "INSERT INTO event VALUES ('ses_1', 'session.next.prompted.1', '{}')",
            "no such column: seq",
        ),
        (
            "CREATE TABLE session_message (id, session_id, type, data);"
            "INSERT INTO session_message VALUES ('msg_x', 'ses_1', 'user', '{}')",
            "no such column: time_created",
        ),
        (
            "CREATE TABLE session_message (id, session_id, type, time_created, data);"
            "INSERT INTO session_message VALUES ('msg_x', 'ses_1', 'user', 0, '{}');"
            "CREATE TABLE session_v2 (id, damaged); INSERT INTO session_v2 VALUES ('ses_1', 0)",
            "can't decode byte",
        ),
    ],
)
def test_stored_data_that_cannot_be_compared_is_an_issue(db: SessionDb, run: Replay, script: str, error: str) -> None:
    db.turn()
    db.connection.executescript(script)
    db.connection.close()
    db.path.write_bytes(db.path.read_bytes().replace(b", damaged)", b", dam\xffged)"))
    result = run(db.path)
    (issue,) = result.totals.issues["damaged database"].examples
    assert issue.where == "the upstream's own events and rows"
    assert error in issue.detail
    assert result.upstream == []
    assert not result.complete


def test_a_truncated_database_is_an_error(tmp_path: Path, run: Replay) -> None:
    db = SessionDb(tmp_path / "whole.db")
    for _ in range(20):
        db.turn(tool("completed"))
    db.connection.close()
    data = db.path.read_bytes()
    size = int.from_bytes(data[16:18], "big")
    cut = tmp_path / "cut.db"
    for page in range(1, len(data) // size):
        cut.write_bytes(data[: page * size])
        with pytest.raises(ReplaySourceError, match=r"malformed\. Give another file, or restore it from a backup"):
            run(cut)
        # SQLite reads the rest of a last page as zeros.
        cut.write_bytes(data[: page * size + 100])
        with suppress(ReplaySourceError):
            assert not run(cut).complete


def test_a_session_in_two_sources_is_counted_in_each_and_reported_once(
    db: SessionDb, run: Replay, tmp_path: Path
) -> None:
    db.message(db.session(), user(), [SUBTASK])
    db.turn()
    message = {"info": user(id="m"), "parts": [{**SUBTASK, "id": "p"}]}
    export = tmp_path / "one.json"
    export.write_text(json.dumps({"info": {"id": "ses_1"}, "messages": [message]}), encoding="utf-8")
    result = run(db.path, export)
    assert result.complete
    (issue,) = result.totals.issues["session in several sources"].examples
    assert issue.where == "ses_1"
    assert issue.detail == f"it is counted in each of {db.path} and {export}"
    losses = [
        (found.part, found.session.source)
        for found in result.differences()
        if found.session is not None and found.difference.kind == "lost" and not found.difference.field
    ]
    assert losses == [("prt_1", 0), ("p", 1)]


def test_a_folder_replays_its_databases_and_exports_and_skips_other_files(tmp_path: Path, run: Replay) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    SessionDb(folder / "a.db").turn()
    export = {
        "info": {"id": "ses_x", "title": "t"},
        "messages": [{"info": user(id="m"), "parts": [{**TEXT, "id": "p"}]}],
    }
    (folder / "b.json").write_text(json.dumps(export), encoding="utf-8")
    (folder / "settings.json").write_text("{}", encoding="utf-8")
    empty = sqlite3.connect(folder / "other.db")
    empty.execute("CREATE TABLE x (y)")
    empty.close()
    result = run(folder)
    assert sorted(Path(source.path).name for source in result.sources) == ["a.db", "b.json"]
    assert {Path(path).name for path in result.skipped} == {"settings.json", "other.db"}
    assert len(result.totals.sessions) == 2
