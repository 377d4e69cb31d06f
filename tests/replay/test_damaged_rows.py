"""Single damaged rows: the other rows are read, and what is missing is an issue."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from pawtui.replay.results.result import Result
from tests.replay.conftest import Replay
from tests.replay.session_db import TEXT, Json, SessionDb, user

_LONG = "q" * 20_000
_MALFORMED = "database disk image is malformed"


def damage_long_row(path: Path) -> None:
    """Destroy the reference to the next page in a page of the long row."""
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    full = b"q" * (size - 4)
    page = next(start for start in range(0, len(data), size) if data[start + 4 : start + size] == full)
    data[page : page + 4] = b"\xff" * 4
    path.write_bytes(data)


def replay_damaged(db: SessionDb, run: Replay, data: Mapping[str, Json]) -> Result:
    """Replay three sessions with one text each. `data` has, by table, the data that the long row has."""
    db.connection.execute("CREATE TABLE event (id text, aggregate_id text, seq integer, type text, data text)")
    for number in range(3):
        more = data if number == 1 else {}
        session = db.session(title=more.get("session", {}).get("title", "t"))
        message = db.message(session, user(**more.get("message", {})), [{**TEXT, **more.get("part", {})}])
        prompted = json.dumps({"messageID": message, **more.get("event", {})})
        event = (f"evt_{number}", session, number, "session.next.prompted.1", prompted)
        db.connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", event)
    for orphan in data.get("orphan", ()):
        db.part("ses_1", f"gone_{orphan}", {**TEXT, "text": data["orphan"][orphan]})
    db.connection.close()
    damage_long_row(db.path)
    return run(db.path)


@pytest.mark.parametrize(
    ("table", "data", "issues", "read", "states"),
    [
        (
            "session",
            {"title": _LONG},
            {
                ("unreadable session row", "ses_2", _MALFORMED),
                ("damaged database", "the table session", _MALFORMED),
            },
            {"ses_1": 1, "ses_2": 1, "ses_3": 1},
            {"unanswered": 2, "unknown": 1},
        ),
        (
            "message",
            {"system": _LONG},
            {
                ("damaged database", "ses_2", _MALFORMED),
                ("messages missing", "sessions.db", "3 rows, 2 read"),
                ("parts missing", "sessions.db", "3 rows, 2 read"),
            },
            {"ses_1": 1, "ses_2": 0, "ses_3": 1},
            {"unanswered": 2, "unknown": 1},
        ),
        (
            "part",
            {"text": _LONG},
            {
                ("damaged database", "ses_2", _MALFORMED),
                ("messages missing", "sessions.db", "3 rows, 2 read"),
                ("parts missing", "sessions.db", "3 rows, 2 read"),
            },
            {"ses_1": 1, "ses_2": 0, "ses_3": 1},
            {"unanswered": 2, "unknown": 1},
        ),
        (
            "orphan",
            {"1": "read", "2": _LONG},
            {
                ("damaged database", "parts without a message", _MALFORMED),
                ("parts missing", "sessions.db", "5 rows, 3 read"),
            },
            {"ses_1": 1, "ses_2": 1, "ses_3": 1},
            {"unanswered": 3},
        ),
        (
            "event",
            {"x": _LONG},
            {("damaged database", "the upstream's own events and rows", _MALFORMED)},
            {"ses_1": 1, "ses_2": 1, "ses_3": 1},
            {"unanswered": 3},
        ),
    ],
)
def test_a_damaged_row_is_an_issue_and_the_other_rows_are_read(
    db: SessionDb,
    run: Replay,
    table: str,
    data: Json,
    issues: set[tuple[str, str, str]],
    read: dict[str, int],
    states: dict[str, int],
) -> None:
    result = replay_damaged(db, run, {table: data})
    examples = [issue for found in result.totals.issues.values() for issue in found.examples]
    assert {(issue.kind, issue.where, issue.detail) for issue in examples} == issues
    assert all(issue.unread for issue in examples)
    assert not result.complete
    assert {session.id: session.parts.total for session in result.totals.sessions} == read
    assert result.totals.stopped_in == states


@pytest.mark.parametrize("session", [b"ses_1", b"ses_\xff"])
def test_a_message_that_no_session_has_is_not_read(db: SessionDb, run: Replay, session: bytes) -> None:
    message = db.message(db.session(), user())
    db.connection.execute("UPDATE message SET session_id = ? WHERE id = ?", (session, message))
    result = run()
    assert not result.complete
    (issue,) = result.totals.issues["messages missing"].examples
    assert issue.detail == "1 row, 0 read"


def test_sessions_are_read_by_id_if_pages_of_their_table_and_of_its_index_are_damaged(
    db: SessionDb, run: Replay
) -> None:
    db.connection.execute("DROP INDEX part_by_session")
    for number in range(200):
        session = db.session(id=f"ses_{number:03}{'.' * 40}", title="t" * 300)
        db.message(session, user(), [TEXT])
    db.connection.close()
    data = bytearray(db.path.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    pages = [data[start : start + size] for start in range(0, len(data), size)]
    found = [number for number, page in enumerate(pages) if b"ses_100" in page]
    # Pages of messages have ids of messages.
    of_sessions = [number for number in found if b"msg_" not in pages[number]]
    assert len(of_sessions) == 2
    for page in of_sessions:
        data[page * size : (page + 1) * size] = bytes(size)
    db.path.write_bytes(data)
    result = run(db.path)
    assert not result.complete
    assert len(result.totals.sessions) == 200
    assert "no session row" not in result.totals.issues
    assert 50 < result.totals.checks["open"].passed < 190


def test_messages_before_a_damaged_one_are_read(db: SessionDb, run: Replay) -> None:
    session = db.session()
    for more in ({}, {}, {"system": _LONG}):
        db.message(session, user(**more), [TEXT])
    db.connection.close()
    damage_long_row(db.path)
    result = run(db.path)
    assert result.totals.issues["damaged database"].unread == 1
    # Python reads one row ahead, so that the error also hides the row before.
    assert [(each.messages, each.parts.total) for each in result.totals.sessions] == [(1, 1)]
