"""The upstream's read model of 2.x: its rows are compared with the rows of V1."""

import json

import pytest

from pawtui.report.document_lines import plain_text
from pawtui.report.documents.replay_document import replay_document
from tests.replay.conftest import Replay
from tests.replay.session_db import TEXT, Json, SessionDb, assistant, user

_READ_MODEL = """
CREATE TABLE session_v2 (id text PRIMARY KEY, project_id text, parent_id text, slug text, directory text, title text,
  version text, time_created integer, time_updated integer);
CREATE TABLE session_message (id text PRIMARY KEY, session_id text, type text, seq integer, time_created integer,
  data text);
ALTER TABLE session ADD COLUMN revert text;
"""


def test_sessions_and_messages_of_the_read_model_are_compared(db: SessionDb, run: Replay) -> None:
    db.connection.executescript(_READ_MODEL)
    session = db.session(revert=json.dumps({"messageID": "msg_1"}))
    message = db.message(session, user(), [TEXT])
    row = (session, "p", None, "s", "/w", "another title", "1.18.34", 1_000, 2_000)
    db.connection.execute("INSERT INTO session_v2 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    data = json.dumps({"text": TEXT["text"], "time": {"created": 1_000}})
    db.connection.execute("INSERT INTO session_message VALUES (?, ?, 'user', 1, 1000, ?)", (message, session, data))
    db.connection.execute("CREATE TABLE event (id text, aggregate_id text, seq integer, type text, data text)")
    event = ("evt_1", session, 1, "session.next.prompted.1", json.dumps({"messageID": message}))
    db.connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", event)
    # The rows are those of the generation whose table of sessions exists, even if another generation has events.
    results = {(found.generation, found.stored): found for found in run().upstream}
    assert set(results) == {("session", "rows"), ("session.next", "events")}
    compared = results["session", "rows"]
    assert (compared.parts, compared.agreed) == (1, 1)
    found = {difference.field: difference for difference in compared.differences}
    assert set(found) == {"title", "revert"}
    assert {difference.event for difference in compared.differences} == {"(session)"}
    assert (found["title"].explained, found["title"].reason) == (False, "Not explained.")
    assert found["revert"].only == "ours"
    assert found["revert"].reason == "The importer clears an unfinished revert."
    assert compared.unexplained == 1


def test_the_importer_completes_the_row_of_a_session(db: SessionDb, run: Replay) -> None:
    db.connection.executescript(_READ_MODEL)
    db.connection.executescript(
        "ALTER TABLE session_v2 ADD COLUMN agent text; ALTER TABLE session_v2 ADD COLUMN model text"
    )
    session = db.session()
    db.message(session, user(), [TEXT])
    model = json.dumps({"id": "fake-1", "providerID": "fake", "variant": "default"})
    # The project of the session has no row.
    row = (session, "global", None, "s", "/w", "t", "1.18.34", 1_000, 2_000, "build", model)
    db.connection.execute("INSERT INTO session_v2 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    db.connection.execute(
        "INSERT INTO session_message VALUES ('msg_1', ?, 'user', 0, 1000, ?)", (session, json.dumps(TEXT))
    )
    (compared,) = run().upstream
    assert {found.field for found in compared.differences} == {"agent", "model", "projectID"}
    assert compared.unexplained == 0


_UNKNOWN = ("session.next.moved.1", "session.next.text.ended.1", "session.updated.1")


def test_events_and_rows_that_the_mapping_does_not_know_are_differences(db: SessionDb, run: Replay) -> None:
    db.connection.executescript(_READ_MODEL.replace("CREATE TABLE session_v2", "CREATE TABLE other"))
    session = db.session()
    message = db.message(session, user(), [TEXT])
    db.connection.execute("CREATE TABLE event (id text, aggregate_id text, seq integer, type text, data text)")
    prompted = json.dumps({"messageID": message, "prompt": {"text": TEXT["text"]}, "delivery": "steer"})
    events = [("session.next.prompted.1", prompted), *zip(_UNKNOWN, ("{}", "{half", "{}"), strict=True)]
    for number, event in enumerate(events):
        db.connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", (f"evt_{number}", session, number, *event))
    for number, row in enumerate([("skill", "{}"), ("user", "{half")]):
        values = (f"msg_x{number}", session, row[0], number, 1_000, row[1])
        db.connection.execute("INSERT INTO session_message VALUES (?, ?, ?, ?, ?, ?)", values)
    db.message(db.session(), user(), [TEXT])
    result = run()
    found = {
        compared.stored: {difference.event for difference in compared.differences if difference.only == "theirs"}
        for compared in result.upstream
    }
    assert found == {"events": {"moved", "(undecodable)"}, "rows": {"(skill)", "(undecodable)"}}
    text = plain_text(replay_document(result))
    assert "0 differ with a reason, 0 without a reason. 4 differences without a reason." in text
    assert "session.next events: 1 other session without stored events." in text


_PROMPT = {"text": TEXT["text"], "agents": [{"name": "plan"}]}


@pytest.mark.parametrize(
    ("event", "data", "variant", "explained"),
    [
        ("model.switched.1", {"model": {"id": "fake-1", "providerID": "fake", "variant": "default"}}, "", True),
        ("model.switched.1", {"model": {"id": "fake-1", "providerID": "fake", "variant": "high"}}, "", False),
        ("model.switched.1", {"model": {"id": "fake-1", "providerID": "fake", "variant": "default"}}, "low", False),
        ("prompted.1", {"delivery": "steer", "prompt": {**_PROMPT, "agents": []}}, "", True),
        ("prompted.1", {"delivery": "steer", "prompt": {**_PROMPT, "agents": [{"name": "build"}]}}, "", False),
        ("compaction.ended.2", {"reason": "manual", "recent": "", "text": "what was done"}, "", True),
        ("compaction.ended.2", {"reason": "manual", "recent": "", "text": "what was not done"}, "", False),
    ],
)
def test_the_reason_of_a_difference_applies_to_its_value_only(
    db: SessionDb, run: Replay, event: str, data: Json, variant: str, explained: bool
) -> None:
    session = db.session()
    model = {"providerID": "fake", "modelID": "fake-1", **({"variant": variant} if variant else {})}
    prompt = db.message(session, user(model=model), [TEXT, {"type": "agent", "name": "plan"}])
    request = db.message(session, user(), [{"type": "compaction", "auto": False}])
    db.message(session, assistant(request, summary=True), [{**TEXT, "text": " what was done "}])
    db.connection.execute("CREATE TABLE event (id text, aggregate_id text, seq integer, type text, data text)")
    message = request if event.startswith("compaction") else prompt
    # A compaction begins with the same event on both sides.
    before = {"compaction.started.1": {"reason": "manual"}} if message == request else {}
    for number, (name, fields) in enumerate({**before, event: data}.items()):
        stored = json.dumps({"sessionID": session, "messageID": message, **fields})
        row = (f"evt_{number}", session, number, f"session.next.{name}", stored)
        db.connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", row)
    (compared,) = run(generation="session.next").upstream
    assert [found.explained for found in compared.differences if not found.only] == [explained]


def test_events_of_v1_are_not_those_of_2_x(db: SessionDb, run: Replay) -> None:
    session = db.session()
    db.message(session, user(), [TEXT])
    db.connection.execute("CREATE TABLE event (id text, aggregate_id text, seq integer, type text, data text)")
    types = ("session.inbox.delivered.1", "session.updated.1", "session.next.prompted.1", "session.renamed.1")
    for number, event in enumerate(types):
        row = (f"evt_{number}", session, number, event, json.dumps({"inboxID": "other"}))
        db.connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", row)
    compared = next(found for found in run().upstream if found.generation == "session")
    assert {found.event for found in compared.differences if found.only == "theirs"} == {"inbox.delivered", "renamed"}
