"""Sources: exported sessions, folders, several files at once, and the tables and columns of databases."""

import errno
import hashlib
import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pawtui.replay.reading.read_only_database import open_read_only
from pawtui.replay.replay_errors import ReplaySourceError
from pawtui.replay.replay_sources import ReplayProgress
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.replay_document import replay_document
from tests.replay.conftest import Replay
from tests.replay.session_db import TABLES, TEXT, Json, SessionDb, assistant, user

PART: Json = {**TEXT, "id": "p"}


def write_export(path: Path, messages: Any, info: Any = None) -> Path:
    """Write an exported session and return its path."""
    content = {"info": {"id": "ses_1"} if info is None else info, "messages": messages}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("messages", "issues", "unread"),
    [
        (
            [{"info": user(id="m", sessionID="ses_1"), "parts": [{**PART, "messageID": "m", "sessionID": "ses_1"}]}],
            {},
            0,
        ),
        ([{"info": user(id="m"), "parts": [PART]}, {"info": user(id="m")}], {"duplicate message": ["m"]}, 1),
        ([{"info": user(id="m"), "parts": [PART, PART]}], {"duplicate part": ["p"]}, 1),
        ([{"info": user(id="m", sessionID="ses_2"), "parts": [PART]}], {"wrong session": ["m"]}, 0),
        ([{"info": user(id="m"), "parts": [{**PART, "messageID": "n"}]}], {"wrong message": ["p"]}, 0),
        ([{"info": user(id="m"), "parts": [{**PART, "sessionID": "ses_2"}]}], {"wrong message": ["p"]}, 0),
        ([{"info": user(id="m"), "parts": [PART, 7]}], {"undecodable part": ["(m part 2)"]}, 1),
        (
            [{"info": user(id="m"), "parts": {}}, 7, {}],
            {"undecodable message": [f"(message {n})" for n in (1, 2, 3)]},
            3,
        ),
        ([{"info": []}], {"undecodable message": ["(message 1)"]}, 1),
        ([{"info": assistant("(message 1)"), "parts": [TEXT]}], {"missing parent": ["(message 1)"]}, 0),
        ([{"info": assistant("m", id="")}], {"missing parent": ["(message 1)"]}, 0),
        ([{"info": assistant("m", id=3)}, {"info": user(id="m")}], {"missing parent": ["(message 1)"]}, 0),
    ],
)
def test_mistakes_in_an_exported_session_are_issues(
    tmp_path: Path, run: Replay, messages: list[Any], issues: dict[str, list[str]], unread: int
) -> None:
    result = run(write_export(tmp_path / "a.json", messages))
    found = result.totals.issues
    assert {kind: [issue.where for issue in each.examples] for kind, each in found.items()} == issues
    assert sum(each.unread for each in found.values()) == unread
    assert result.complete is (unread == 0)
    assert result.totals.sessions[0].messages == len(messages)


def test_the_times_of_an_exported_message_are_those_of_its_events(tmp_path: Path, run: Replay) -> None:
    times_of_messages: list[Any] = [{"created": 5}, {}, 7]
    messages = [
        {"info": user(id=f"m{n}") | {"time": time}, "parts": [PART]} for n, time in enumerate(times_of_messages)
    ]
    path = write_export(tmp_path / "a.json", messages)
    result = run(path, generation="session.next")
    times = [
        (found.kind, found.field, found.examples)
        for found in result.outside_differences()
        if found.field.startswith("time")
    ]
    # A message without a time gets one.
    assert times == [("changed", "time", ["m2"]), ("added", "time.created", ["m1"])]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "it is not an exported session"),
        ("{}", r"it is not an exported session: `info` or `messages` is missing\. Give a session database"),
        ('{"info": 3, "messages": []}', "it is not an exported session"),
        ('{"openapi": "3.1.0", "info": {"title": "opencode"}}', "it is not an exported session"),
        ('{"info": {}', "it is neither a SQLite database nor JSON"),
        ('{"x": ' + "[" * 100_000, "it is neither a SQLite database nor JSON"),
    ],
    ids=["list", "empty", "no info", "schema", "half", "deep"],
)
def test_a_file_without_an_exported_session_is_an_error(
    tmp_path: Path, run: Replay, content: str, message: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReplaySourceError, match=message):
        run(path)


def test_an_export_with_half_of_a_surrogate_pair_is_read(tmp_path: Path, run: Replay) -> None:
    """JavaScript writes it as an escape if it cut a text within the pair."""
    part = {**PART, "text": "cut \ud83d"}
    path = write_export(
        tmp_path / "a.json", [{"info": user(id="m"), "parts": [part]}], info={"id": "s", "title": "\ud83d"}
    )
    assert r"cut \ud83d" in path.read_text(encoding="utf-8")
    result = run(path)
    assert (result.complete, result.counts().kept) == (True, 1)


def test_unknown_fields_of_an_export_are_listed(tmp_path: Path, run: Replay) -> None:
    path = tmp_path / "a.json"
    messages = [{"info": user(id="m1"), "parts": [PART], "hidden": 1}, {"info": user(id="m2"), "parts": [], "as": []}]
    path.write_text(json.dumps({"info": {"id": "ses_1"}, "messages": messages, "children": []}), encoding="utf-8")
    result = run(path)
    inventory = result.sources[0].inventory
    assert inventory is not None
    assert inventory.unknown_columns == {"session": ["children"], "message": ["as", "hidden"]}
    assert "- Fields of session: children\n- Fields of message: as, hidden\n" in plain_text(replay_document(result))


def test_an_export_without_the_id_of_its_session_cannot_be_opened(tmp_path: Path, run: Replay) -> None:
    result = run(write_export(tmp_path / "a.json", [], info={"title": "t"}))
    assert result.totals.checks["open"].reasons == {"no session row": 1}
    assert result.totals.stopped_in == {"empty": 1}


def test_each_source_has_its_digest_and_the_sum_has_that_of_all(db: SessionDb, tmp_path: Path, run: Replay) -> None:
    db.turn()
    export = write_export(tmp_path / "b.json", [{"info": user(id="m"), "parts": [PART]}])
    result = run(db.path, export)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (db.path, export)]
    sizes = [path.stat().st_size for path in (db.path, export)]
    found = [(source.kind, source.sha256, source.bytes, source.copied) for source in result.sources]
    assert found == [("database", digests[0], sizes[0], False), ("export", digests[1], sizes[1], False)]
    lines = f"{digests[0]}  sessions.db\n{digests[1]}  b.json\n"
    assert result.source.path == f"{db.path} {export}"
    assert result.source.sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert result.source.bytes == sum(sizes)
    inventory = result.sources[1].inventory
    assert inventory is not None
    assert inventory.tables == {"session": 1, "message": 1}


def test_a_source_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, run: Replay) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "inner").mkdir()
    (folder / "a.json").write_text("{half", encoding="utf-8")
    write_export(folder / "B.JSON", [])
    (folder / "c.db").write_bytes(b"SQLite format 3\x00 and no more")
    (folder / "d.txt").write_text("{}", encoding="utf-8")
    (folder / "e.json").write_text("{}", encoding="utf-8")
    result = run(folder)
    found = [(Path(source.path).name, source.kind, bool(source.error)) for source in result.sources]
    assert found == [("B.JSON", "export", False), ("a.json", "export", True), ("c.db", "database", True)]
    assert [Path(path).name for path in result.skipped] == ["e.json"]
    assert not result.complete


def test_a_folder_without_sessions_is_an_error(tmp_path: Path, run: Replay) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(ReplaySourceError, match=r"it has no databases and no exported sessions\. Give another folder"):
        run(folder)
    (folder / "a.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ReplaySourceError, match=r"it has no databases and no exported sessions\. Give another folder"):
        run(folder)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ("DROP TABLE part", "table part"),
        ("ALTER TABLE part RENAME COLUMN data TO json", "column part.data"),
        ("DROP TABLE part; ALTER TABLE message DROP COLUMN data", "column message.data, table part"),
    ],
)
def test_a_database_without_a_needed_table_or_column_is_an_error(
    db: SessionDb, run: Replay, change: str, missing: str
) -> None:
    db.turn()
    db.connection.executescript(change)
    with pytest.raises(ReplaySourceError, match=rf"it has no {missing}\. Give a database that"):
        run()


@pytest.mark.parametrize("table", ["x", "session_message"])
def test_a_database_without_any_table_of_1x_is_an_error_and_skipped_in_a_folder(
    db: SessionDb, run: Replay, table: str
) -> None:
    path = db.path.parent / "other.db"
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE {table} (id)")
    connection.close()
    with pytest.raises(ReplaySourceError, match=r"it has no table of sessions of opencode 1\.x\. Give another file"):
        run(path)
    db.turn()
    result = run(path.parent)
    assert (result.skipped, result.complete) == ([str(path)], True)


def test_tables_in_which_several_rows_can_have_one_id_are_an_error(tmp_path: Path, run: Replay) -> None:
    db = SessionDb(tmp_path / "without_keys.db", TABLES.replace(" PRIMARY KEY", ""))
    db.turn(TEXT)
    db.connection.close()
    tables = ("session", "message", "part")
    missing = ", ".join(f"primary key {table}.id" for table in tables)
    with pytest.raises(ReplaySourceError, match=f"it has no {missing}"):
        run(db.path)


def test_messages_without_an_id_are_read_one_by_one(db: SessionDb, run: Replay) -> None:
    session = db.session()
    db.message(session, user())
    db.message(session, user(agent="plan"))
    db.connection.execute("UPDATE message SET id = NULL")
    assert run().totals.messages == {"user": 2}


def test_the_columns_of_a_session_are_its_fields_in_the_export(db: SessionDb, run: Replay) -> None:
    names = (
        "share_url",
        "summary_diffs",
        "metadata",
        "tokens_cache_read",
        "time_archived",
        "execution_context",
        "later",
    )
    for name in names:
        db.connection.execute(f"ALTER TABLE session ADD COLUMN {name}")
    db.session(share_url="u", metadata="{half", tokens_cache_read=3, time_archived=0, execution_context="x", later=0)
    db.session(metadata='{"a": 1}', summary_diffs="[]", later="y")
    # The mapping knows this column of sessions, not of messages.
    db.connection.execute("ALTER TABLE message ADD COLUMN execution_context")
    result = run(generation="session")
    assert {kind: [issue.detail for issue in found.examples] for kind, found in result.totals.issues.items()} == {
        "undecodable column": ["metadata"]
    }
    assert not result.complete
    found = {(each.field, each.examples[0]) for each in result.outside_differences() if each.scope == "session"}
    assert {("execution_context", "ses_1"), ("later", "ses_2")} <= found
    assert ("later", "ses_1") not in found
    inventory = result.sources[0].inventory
    assert inventory is not None
    assert inventory.unknown_columns == {"session": ["later"], "message": ["execution_context"]}
    assert "- Columns of session: later\n" in plain_text(replay_document(result))
    assert inventory.tables == {"session": 2, "message": 0, "part": 0}


@pytest.mark.parametrize(("cost", "exports"), [(1.5, True), (float("inf"), False)])
def test_a_session_with_a_number_that_json_cannot_have_is_not_exported(
    db: SessionDb, run: Replay, cost: float, exports: bool
) -> None:
    db.connection.execute("ALTER TABLE session ADD COLUMN cost")
    db.session(cost=cost)
    check = run().totals.checks["export"]
    assert check.reasons == ({} if exports else {"the export differs when it is read again": 1})
    assert check.passed == exports


def test_a_part_with_a_number_that_json_cannot_have_is_not_exported(db: SessionDb, run: Replay) -> None:
    db.turn()
    db.turn('{"type": "text", "text": "t", "number": 1e999}')
    assert ["export" in session.failed for session in run().totals.sessions] == [False, True]


def test_a_transaction_that_is_not_committed_is_not_read(db: SessionDb, run: Replay) -> None:
    db.turn()
    db.connection.execute("PRAGMA cache_size = 5")
    db.connection.execute("BEGIN")
    for _ in range(50):
        # More than fits into the cache: the file has new pages, and its journal the old ones.
        db.turn({**TEXT, "text": "x" * 2_000})
    assert db.path.stat().st_size > 50 * 2_000
    result = run()
    assert result.source.copied
    assert result.counts().total == 3
    db.connection.execute("ROLLBACK")
    assert not run().source.copied


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "Set TMPDIR to a folder with space for a copy"),
        (errno.EDQUOT, "Set TMPDIR to a folder with space for a copy"),
        (errno.EACCES, "Check the path and its permissions"),
    ],
)
def test_a_copy_that_fails_is_an_error_with_the_remedy(
    db: SessionDb, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def fail(*_args: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("shutil.copyfile", fail)
    with pytest.raises(ReplaySourceError, match=remedy), open_read_only(db.path, copy=True):
        pass


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(ReplaySourceError, match=r"it is a folder\. Check the path"), open_read_only(tmp_path):
        pass
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(ReplaySourceError, match="it is not a SQLite database"), open_read_only(tmp_path / "a"):
        pass


@pytest.mark.parametrize(
    ("progress", "text"),
    [((3, 1_200, 1_204), "3 of 1,200 sessions, 1,204 parts"), ((1, 1, 1), "1 of 1 session, 1 part")],
)
def test_the_progress_has_the_numbers_of_sessions_and_parts(progress: tuple[int, int, int], text: str) -> None:
    assert ReplayProgress(Path("a.db"), *progress).counts == text
