"""Events that the upstream stored next to the rows of V1: each difference is counted once, with its reason."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from pawtui.replay.comparing.event_compare import UNEXPLAINED
from pawtui.replay.mapping.mapper import MappedMessage
from pawtui.replay.mapping.read_generation import find_generation
from pawtui.replay.reading.read_only_database import open_read_only
from pawtui.replay.reading.v1_database import V1Database
from pawtui.replay.replay_sources import replay_sources
from pawtui.replay.replayer import Replayer
from pawtui.replay.results.result import StoredForm, UpstreamResult
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.replay_document import replay_document
from tests.replay.conftest import Replay
from tests.replay.session_db import STEP_FINISH, STEP_START, SUBTASK, TEXT, Json, SessionDb, assistant, tool, user

Stored = list[tuple[str, Json]]
GENERATION = find_generation("session.next")
PATCH: Json = {"type": "patch", "hash": "b" * 40, "files": ["a.txt"]}
AGENT: Json = {"type": "agent", "name": "plan"}
IGNORED: Json = {"type": "text", "text": "only for the user", "ignored": True}
SYNTHETIC: Json = {"type": "text", "text": "added", "synthetic": True}


def our_events(db: SessionDb) -> Stored:
    """Return the events of the mapping. The ids of messages differ from those in the database, as in the upstream."""
    found: Stored = []

    def observe(mapped: MappedMessage) -> None:
        for event in mapped.events:
            ids = {key: f"other_{value}" for key, value in event.data.items() if key.endswith("essageID")}
            found.append((event.type, deepcopy({**event.data, **ids})))

    with open_read_only(db.path) as opened:
        database = V1Database(db.path, opened.connection)
        (session,) = database.sessions(database.session_ids())
        Replayer(GENERATION).replay(session, observe=observe)
    return found


def compared(db: SessionDb, run: Replay, events: Stored, form: StoredForm = "events") -> UpstreamResult:
    """Return the comparison with these stored events of the session, or with its rows of the read model."""
    db.connection.execute("CREATE TABLE event (id text, aggregate_id text, seq integer, type text, data text)")
    for number, (event_type, data) in enumerate(events):
        version = GENERATION.events.versions.get(event_type, 1)
        row = (f"evt_{number}", "ses_1", number, f"session.next.{event_type}.{version}", json.dumps(data))
        db.connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", row)
    return next(found for found in run(generation="session.next").upstream if found.stored == form)


@pytest.fixture
def dual(db: SessionDb) -> SessionDb:
    """A session with a prompt of four parts and a reply of six parts."""
    prompt = db.message(db.session(), user(), [TEXT, IGNORED, AGENT, SYNTHETIC])
    db.message("ses_1", assistant(prompt), [STEP_START, TEXT, tool("completed"), TEXT, PATCH, STEP_FINISH])
    return db


def change(event: str, field: str, value: object, nth: int = 0) -> Callable[[Stored], None]:
    """Return a function that sets a field of the event number `nth` of a type, or removes it if the value is None."""

    def apply(events: Stored) -> None:
        data = [data for event_type, data in events if event_type == event][nth]
        *above, name = field.split(".")
        for step in above:
            data = data[step]
        if value is None:
            del data[name]
        else:
            data[name] = value

    return apply


def remove(event: str) -> Callable[[Stored], None]:
    """Return a function that removes all events of a type."""
    return lambda events: events.__setitem__(slice(None), [each for each in events if each[0] != event])


def add(event: str) -> Callable[[Stored], None]:
    """Return a function that adds an event without data."""
    return lambda events: events.append((event, {}))


def explained(result: UpstreamResult) -> dict[tuple[str, str, str], bool]:
    """Return whether each difference has a reason, by its type of event, its field and its side."""
    return {(found.event, found.field, found.only): found.explained for found in result.differences}


def test_equal_events_agree(dual: SessionDb, run: Replay) -> None:
    result = compared(dual, run, our_events(dual))
    assert result.differences == []
    assert (result.sessions, result.alone, result.parts, result.agreed, result.explained) == (1, 0, 10, 10, 0)
    assert result.agreement == 1


def test_a_known_difference_of_the_rows_does_not_explain_one_of_the_events(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(), [{"type": "compaction", "auto": True}])
    differences = explained(compared(db, run, [("text.ended", {})]))
    assert differences == {("compaction.started", "", "ours"): False, ("text.ended", "", "theirs"): False}


def test_the_json_in_a_text_is_compared_as_text(db: SessionDb, run: Replay) -> None:
    """Only some fields always contain JSON."""
    db.message(db.session(), assistant(), [{"type": "text", "text": "[1, 2]"}])
    events = our_events(db)
    change("text.ended", "text", "[1,2]")(events)
    assert explained(compared(db, run, events)) == {("text.ended", "text", ""): False}


INPUT = "tool.input.ended"


@pytest.mark.parametrize(
    ("alter", "differences", "agreed", "explained_parts"),
    [
        # The same JSON in another form, and an empty field.
        (change(INPUT, "text", '{ "path":  "a.txt" }'), {}, 10, 0),
        (change("step.ended", "tokens.more", []), {}, 10, 0),
        (change(INPUT, "text", '{"path": "b.txt"}'), {(INPUT, "text", ""): False}, 9, 0),
        (change(INPUT, "text", "{half"), {(INPUT, "text", ""): False}, 9, 0),
        (change("text.ended", "text", "something else"), {("text.ended", "text", ""): False}, 9, 0),
        (change("text.ended", "text", "something else", 1), {("text.ended", "text", ""): False}, 9, 0),
        (change("tool.success", "content", "text"), {("tool.success", "content", ""): False}, 9, 0),
        # The event of a message: the parts that the field carries differ.
        (change("step.ended", "cost", 1), {("step.ended", "cost", ""): False}, 9, 0),
        (change("step.ended", "tokens.input", 1), {("step.ended", "tokens.input", ""): False}, 9, 0),
        (change("step.ended", "files", None), {("step.ended", "files", ""): True}, 9, 1),
        (change("step.ended", "files", ["b.txt"]), {("step.ended", "files", ""): False}, 9, 0),
        (change("step.started", "agent", "plan"), {("step.started", "agent", ""): False}, 10, 0),
        (change("prompted", "prompt.agents", None), {("prompted", "prompt.agents", ""): True}, 9, 1),
        # One of the two parts that are in the text of the prompt is the ignored text.
        (change("prompted", "prompt.text", "x"), {("prompted", "prompt.text", ""): True}, 8, 2),
        (remove("agent.switched"), {("agent.switched", "", "ours"): True}, 10, 0),
        # The reason for a missing event is not the reason for another agent.
        (change("agent.switched", "agent", "plan"), {("agent.switched", "agent", ""): False}, 10, 0),
        (remove("tool.success"), {("tool.success", "", "ours"): False}, 9, 0),
        (remove("step.ended"), {("step.ended", "", "ours"): False}, 8, 0),
        (remove("synthetic"), {("synthetic", "", "ours"): False}, 9, 0),
        (add("retried"), {("retried", "", "theirs"): True}, 10, 0),
        (add("moved"), {("moved", "", "theirs"): False}, 10, 0),
    ],
)
def test_a_difference_is_counted_once_with_its_parts(
    dual: SessionDb,
    run: Replay,
    alter: Callable[[Stored], None],
    differences: dict[tuple[str, str, str], bool],
    agreed: int,
    explained_parts: int,
) -> None:
    events = our_events(dual)
    alter(events)
    result = compared(dual, run, events)
    assert explained(result) == differences
    assert (result.parts, result.agreed, result.explained) == (10, agreed, explained_parts)
    assert result.unexplained == sum(not is_explained for is_explained in differences.values())
    for found in result.differences:
        assert (found.count, found.parts, len(found.examples)) == (1, 10 - agreed, 10 - agreed)
        assert (found.reason != UNEXPLAINED) is found.explained


def test_the_text_of_a_prompt_without_a_text_for_the_user_only_has_no_reason_to_differ(
    db: SessionDb, run: Replay
) -> None:
    db.message(db.session(), user(), [TEXT, {"type": "made-later"}])
    events = our_events(db)
    change("prompted", "prompt.text", "x")(events)
    result = compared(db, run, events)
    assert explained(result) == {("prompted", "prompt.text", ""): False}
    assert (result.parts, result.agreed) == (2, 1)


def test_the_events_of_each_session_are_compared_with_its_own_messages(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(), [TEXT])
    events = our_events(db)
    for session in (db.session(), db.session()):
        db.message(session, user(), [TEXT])
    result = compared(db, run, events)
    assert (result.sessions, result.parts, result.agreed) == (1, 1, 1)
    for number, (event_type, data) in enumerate(events):
        row = (
            f"evt_2{number}",
            "ses_2",
            number,
            f"session.next.{event_type}.1",
            json.dumps(data | {"sessionID": "ses_2"}),
        )
        db.connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", row)
    (result,) = run(generation="session.next").upstream
    assert (result.sessions, result.parts, result.agreed, result.differences) == (2, 2, 2, [])


def test_the_messages_of_a_session_without_a_row_are_compared(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(), [TEXT])
    events = our_events(db)
    db.connection.execute("DELETE FROM session")
    result = compared(db, run, events)
    assert (result.sessions, result.alone, result.parts, result.agreed) == (1, 0, 1, 1)


def test_each_database_is_compared_with_its_own_events(db: SessionDb, tmp_path: Path) -> None:
    db.message(db.session(), user(), [TEXT])
    other = SessionDb(tmp_path / "other.db")
    other.message(other.session(id="ses_other"), user(), [TEXT])
    for database in (db, other):
        database.connection.execute("CREATE TABLE event (id, aggregate_id, seq, type, data)")
    moved = ("evt_1", "ses_other", 1, "session.next.prompted.1", "{}")
    other.connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", moved)
    other.connection.close()
    result = replay_sources([db.path, other.path], GENERATION)
    assert [(compared.source, compared.sessions) for compared in result.upstream] == [(1, 1)]
    text = plain_text(replay_document(result))
    assert "session.next events of other.db: 0 of 1 part agree" in text
    assert "without stored events" not in text


@pytest.mark.parametrize(
    ("stored", "differences"),
    [
        # Messages are paired by their content without the space around it, also if others are missing.
        ((0, 1, 2), {("text.ended", "text", ""): 3}),
        ((0, 2), {("text.ended", "text", ""): 2, ("text.ended", "", "ours"): 1}),
        ((2, 1, 0), {("text.ended", "text", ""): 1, ("text.ended", "", "ours"): 2, ("text.ended", "", "theirs"): 2}),
        # As many as ours, with another content: paired in order.
        ((0, 3, 2), {("text.ended", "text", ""): 3}),
        # More or fewer than ours, with another content: their counterparts are unknown.
        ((3, 4), {("text.ended", "", "ours"): 3, ("text.ended", "", "theirs"): 2}),
    ],
)
def test_messages_are_paired_by_content_and_then_in_order(
    db: SessionDb, run: Replay, stored: tuple[int, ...], differences: dict[tuple[str, str, str], int]
) -> None:
    session = db.session()
    for number in range(3):
        db.message(session, assistant(), [{**TEXT, "text": f" text {number} "}])
    ours = our_events(db)
    ids = list(dict.fromkeys(data["assistantMessageID"] for _, data in ours))
    theirs: Stored = []
    for number in stored:
        message = [deepcopy(event) for event in ours if event[1]["assistantMessageID"] == ids[number % 3]]
        for _, data in message:
            data["assistantMessageID"] = f"msg_x{number}"
            if "text" in data:
                data["text"] = f"text {number}"
        theirs += message
    result = compared(db, run, theirs)
    found = {(each.event, each.field, each.only): each.count for each in result.differences}
    assert {key: count for key, count in found.items() if key[0] == "text.ended"} == differences


@pytest.mark.parametrize(
    ("data", "parts", "lost", "explained_"),
    [
        (assistant(), [{**tool("completed"), "tool": "task"}], "tool.success", True),
        (assistant(error={"name": "MessageAbortedError", "data": {"message": ""}}), [tool("completed")], None, True),
        (assistant(error={"name": "APIError", "data": {"message": ""}}), [tool("completed")], None, False),
        (user(), [SYNTHETIC], "synthetic", True),
        (user(), [TEXT, SYNTHETIC], "synthetic", False),
    ],
)
def test_a_reason_can_be_limited_to_the_rule_of_a_message(
    db: SessionDb, run: Replay, data: Json, parts: list[Json], lost: str | None, explained_: bool
) -> None:
    prompt = db.message(db.session(), user(), [SUBTASK] if lost == "tool.success" else [TEXT])
    db.message("ses_1", {**data, "parentID": prompt}, parts)
    events = our_events(db)
    remove(lost or "tool.success")(events)
    assert set(explained(compared(db, run, events)).items()) == {((lost or "tool.success", "", "ours"), explained_)}


def test_differences_without_a_reason_come_first_and_then_the_most_frequent(db: SessionDb, run: Replay) -> None:
    session = db.session()
    for number in range(3):
        call = tool("completed", f"call_{number}")
        db.message(session, assistant(), [STEP_START, {**TEXT, "text": f"{number}"}, call, PATCH, STEP_FINISH])
    events = our_events(db)
    change("text.started", "x", 1)(events)
    for nth in range(3):
        change("step.ended", "files", None, nth)(events)
        change("step.ended", "cost", 7, nth)(events)
        change("step.ended", "finish", "x", nth)(events)
    found = [(each.event, each.field, each.count) for each in compared(db, run, events).differences]
    assert found == [
        ("step.ended", "cost", 3),
        ("step.ended", "finish", 3),
        ("text.started", "x", 1),
        ("step.ended", "files", 3),
    ]


def test_rows_of_the_read_model_have_no_events_that_they_do_not_store(db: SessionDb, run: Replay) -> None:
    prompt = db.message(db.session(), user(), [TEXT])
    db.message("ses_1", assistant(prompt), [STEP_START, TEXT, tool("completed"), PATCH, STEP_FINISH])
    events = dict(our_events(db))
    step, call = events["step.started"], events["tool.called"]
    content = [
        {"type": "text", "id": "txt-0", "text": TEXT["text"]},
        "not an object",
        {
            "type": "tool",
            "id": call["callID"],
            "name": "read",
            "provider": call["provider"],
            "state": {"status": "completed", "input": call["input"], **events["tool.success"]},
        },
    ]
    reply = {"agent": "build", "model": step["model"], "snapshot": {"start": "a" * 40, "end": "a" * 40}}
    reply |= {"finish": "stop", "cost": 0.001, "tokens": events["step.ended"]["tokens"], "content": content}
    db.connection.execute("CREATE TABLE session_message (id, session_id, type, time_created, data)")
    for number, (row_type, data) in enumerate(
        [
            ("agent-switched", {"agent": "build"}),
            ("model-switched", {"model": events["model.switched"]["model"]}),
            ("user", {"text": TEXT["text"]}),
            ("assistant", reply),
        ]
    ):
        row = (f"msg_x{number}", "ses_1", row_type, number, json.dumps(data))
        db.connection.execute("INSERT INTO session_message VALUES (?, ?, ?, ?, ?)", row)
    result = compared(db, run, [], "rows")
    # The reasons for events apply to rows too.
    assert explained(result) == {("step.ended", "files", ""): True}
    assert (result.parts, result.agreed, result.explained) == (6, 5, 1)


def test_a_compaction_that_did_not_end_has_no_row(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(), [{"type": "compaction", "auto": True}])
    db.connection.execute("CREATE TABLE session_message (id, session_id, type, time_created, data)")
    db.connection.execute("INSERT INTO session_message VALUES ('msg_x', 'ses_1', 'system', 0, '{\"text\": \"t\"}')")
    found = explained(compared(db, run, [], "rows"))
    assert found["compaction.started", "", "ours"]
