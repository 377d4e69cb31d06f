"""Parts are kept, changed or lost: each loss is counted once, and no other loss is counted."""

import json
from pathlib import Path

import pytest

from pawtui.replay.checking.proof import proofs_of_checks, proofs_of_semantics
from pawtui.replay.mapping.mapper import Mapper
from pawtui.replay.mapping.read_generation import all_generations, find_generation
from pawtui.replay.reading.session_types import Message, MessagePart
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.replay_document import replay_document
from tests.replay.conftest import Replay, lost_parts, whole_losses
from tests.replay.session_db import (
    MODEL,
    NOTICE,
    SKILL,
    STEP_FINISH,
    STEP_START,
    SUBTASK,
    TEXT,
    Json,
    SessionDb,
    assistant,
    tool,
    user,
)

GENERATIONS = [generation.name for generation in all_generations()]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_all_parts_of_a_plain_turn_are_kept(db: SessionDb, run: Replay, generation: str) -> None:
    db.turn({**TEXT, "time": {"start": 1_000, "end": 2_000}}, tool("completed"))
    result = run(generation=generation)
    total = result.counts()
    assert (total.total, total.kept, total.changed, total.lost, total.unstated) == (5, 5, 0, 0, 0)
    assert result.complete


def test_a_separate_message_of_a_part_has_an_id_that_is_derived_from_the_part() -> None:
    mapper = Mapper(find_generation("session.next"))
    mapper.start("ses_1")
    synthetic = {**TEXT, "synthetic": True}
    parts = [MessagePart(f"prt_{number}", data) for number, data in enumerate((TEXT, synthetic, synthetic))]
    events = mapper.map(Message("msg_9", 1, 1, user(), parts)).events
    ids = [event.data["messageID"] for event in events if event.type in ("prompted", "synthetic")]
    assert ids == ["msg_9", "msg_1", "msg_2"]


@pytest.mark.parametrize(
    ("generation", "ids"),
    [("session", {"msg_9", "msg_synthetic_9"}), ("session.next", {"msg_agent_9", "msg_model_9", "msg_9", "msg_92"})],
)
def test_the_events_of_a_message_have_ids_that_are_derived_from_its_id(generation: str, ids: set[str]) -> None:
    mapper = Mapper(find_generation(generation))
    mapper.start("ses_1")
    found: set[str] = set()
    for number, model in ((8, MODEL), (9, {**MODEL, "modelID": "fake-2"})):
        parts = [MessagePart(f"prt_{number}1", TEXT), MessagePart(f"prt_{number}2", {**TEXT, "synthetic": True})]
        data = user(agent=f"agent {number}", model=model)
        events = mapper.map(Message(f"msg_{number}", 1, 1, data, parts)).events
        found = {event.data.get("inboxID") or event.data["messageID"] for event in events}
    assert found == ids


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    "part",
    [TEXT, {**TEXT, "synthetic": True}, {"type": "compaction", "auto": True}],
    ids=["prompt", "synthetic", "compaction"],
)
def test_a_field_that_no_message_of_the_user_keeps_has_a_reason_in_each_message(
    db: SessionDb, run: Replay, generation: str, part: Json
) -> None:
    fields = ("summary", "tools", "system", "format", "locale", "automationID", "replay", "diagnostics")
    valid = {"summary": {"diffs": []}, "tools": {"read": True}, "format": {"type": "text"}}
    data = {**dict.fromkeys(fields, "a text"), **valid}
    db.message(db.session(), {**user(), **data}, [part])
    found = {each.field: each for each in run(generation=generation).outside_differences() if each.field in fields}
    assert found.keys() == set(fields)
    assert all(each.stated and each.kind == "lost" for each in found.values())


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_field_that_no_reply_keeps_has_a_reason(db: SessionDb, run: Replay, generation: str) -> None:
    fields = ("path", "structured", "diagnostics", "tokensCumulative")
    db.message(db.session(), {**assistant(), **{field: {"x": 1} for field in fields[1:]}}, [TEXT])
    found = {each.field: each for each in run(generation=generation).outside_differences() if each.field in fields}
    assert found.keys() == set(fields)
    assert all(each.stated and each.kind == "lost" for each in found.values())


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("part", "semantics"),
    [
        (SUBTASK, "subtask"),
        (NOTICE, "notice"),
        (SKILL, "skill"),
        ({"type": "text", "text": "only for the user", "ignored": True}, "message"),
    ],
)
def test_a_part_that_no_event_carries_is_lost_once_with_a_reason(
    db: SessionDb, run: Replay, generation: str, part: Json, semantics: str
) -> None:
    message = db.message(db.session(), user(), [TEXT])
    lost = db.part("ses_1", message, part)
    result = run(generation=generation)
    (found,) = [found for found in result.differences() if found.part == lost and found.difference.kind == "lost"]
    assert found.difference.semantics == semantics
    assert found.difference.stated
    assert found.difference.reason
    assert lost_parts(result) == [(lost, part["type"], found.difference.reason)]
    assert not proofs_of_semantics(result)[semantics].proven if semantics != "message" else True
    differences = plain_text(replay_document(result)).partition("\nDifferences\n")[2].splitlines()
    assert differences[1].split()[:5] == ["1", part["type"], semantics, "lost", "(all)"]


def test_counts_by_type_and_by_semantics_add_up_to_the_rows(db: SessionDb, run: Replay) -> None:
    session = db.turn(tool("completed"), tool("error", "call_2", error="no"), tool("running", "call_3"))
    db.message(session, user(), [SUBTASK, NOTICE, SKILL, {"type": "made-later", "x": 1}])
    result = run()
    rows = db.connection.execute("SELECT count(*) FROM part").fetchone()[0]
    total = result.counts()
    assert total.total == rows == total.kept + total.changed + total.lost
    assert sum(counts.total for _name, counts in result.by_type()) == rows
    assert sum(counts.total for _name, counts in result.by_semantics()) == rows


def test_lost_parts_are_the_first_differences_then_changed_content_then_details(db: SessionDb, run: Replay) -> None:
    image = {"type": "file", "mime": "text/plain", "url": "file:///w/a.txt"}
    timed = {**TEXT, "time": {"start": 1, "end": 2}}
    db.message(db.session(), user(), [timed, timed, image, image, SUBTASK])
    lines = plain_text(replay_document(run(generation="session"))).partition("\nDifferences\n")[2].splitlines()
    types = [line.split()[1] for line in lines[1 : lines.index("")]]
    assert list(dict.fromkeys(types)) == ["subtask", "file", "text"]


def test_an_unknown_type_of_part_is_counted_and_never_proven(db: SessionDb, run: Replay) -> None:
    db.turn({"type": "made-later", "x": 1})
    result = run()
    assert result.by_type()[0][0] == "made-later"
    ((entry, _parts),) = whole_losses(result)
    assert not entry.stated


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("part", "name"),
    [
        ({"type": "file", "mime": "text/plain", "url": "file:///a"}, "file"),
        ({"type": "made-later"}, "made-later"),
        ({"text": "x"}, "(no type)"),
        ({"type": 7}, "(type is not a text)"),
        ({"type": {}}, "(type is not a text)"),
    ],
)
def test_a_part_without_a_rule_has_the_reason(
    db: SessionDb, run: Replay, generation: str, part: Json, name: str
) -> None:
    db.turn(part)
    result = run(generation=generation)
    assert name in dict(result.by_type())
    ((entry, _parts),) = whole_losses(result)
    reason = "The mapping has no rule for such a part in such a message."
    assert (entry.type, entry.reason, entry.stated) == (name, reason, False)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_part_without_a_rule_or_message_counts_for_the_semantics_of_its_type(
    db: SessionDb, run: Replay, generation: str
) -> None:
    db.turn(tool("completed"), tool("weird", "call_2"))
    db.part("ses_1", "msg_gone", tool("completed", "call_3"))
    db.message("ses_1", {"role": "made-later"}, [{"type": "retry", "attempt": 1}])
    counted = dict(run(generation=generation).by_semantics())
    assert (counted["tool"].total, counted["tool"].lost) == (3, 2)
    assert counted["recovery"].total == 1


def test_the_parts_of_a_message_that_cannot_be_read_name_the_message(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), "{", [TEXT, "{"])
    db.message("ses_1", {"role": "made-later"}, [TEXT])
    assert [found.difference.reason for found in run().differences() if found.difference.kind == "lost"] == [
        "Its message cannot be read as JSON.",
        "It cannot be read as JSON.",
        "The mapping has no rule for its message.",
    ]


def test_a_running_tool_is_recovery_and_the_session_is_mid_tool(db: SessionDb, run: Replay) -> None:
    prompt = db.message(db.session(), user(), [TEXT])
    db.message("ses_1", assistant(prompt, time={"created": 1_000}), [tool("running")])
    result = run()
    assert result.totals.stopped_in == {"mid-tool": 1}
    text = plain_text(replay_document(result))
    assert "Today: Reports the interrupted call to the model" in text
    assert "After migration: Has the error" in text
    assert "States: pawtui help sessions\n" in text
    assert [part_type for part_type, _counts in result.by_type("recovery")] == ["tool"]


def test_a_session_whose_last_message_cannot_be_decoded_has_an_unknown_state(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), "{", [TEXT])
    result = run()
    assert result.totals.stopped_in == {"unknown": 1}
    assert proofs_of_checks(result)["resume"] == (False, "1 stopped in an unknown state")
    assert "Unknown: see Problems." in plain_text(replay_document(result))


def test_nothing_is_proven_without_a_schema_and_resume_needs_an_unfinished_session(db: SessionDb, run: Replay) -> None:
    db.turn(tool("completed"))
    result = run()
    assert {name for name, proof in proofs_of_semantics(result).items() if proof.proven} == set()
    checks = proofs_of_checks(result)
    assert checks["open"].proven
    assert checks["export"].proven
    assert checks["resume"].reason == "the data has no unfinished session"
    assert not checks["read"].proven


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("prompt", "reply"),
    [
        ({"system": "answer in verse"}, {}),
        ({"tools": {"bash": False}}, {}),
        ({"format": {"type": "json_schema", "schema": {}}}, {}),
        ({}, {"structured": {"answer": 42}}),
    ],
)
def test_a_message_that_lost_fields_for_the_model_or_the_user_is_not_proven(
    db: SessionDb, run: Replay, generation: str, prompt: Json, reply: Json
) -> None:
    session = db.session()
    parent = db.message(session, user(**prompt), [TEXT])
    db.message(session, assistant(parent, **reply), [STEP_START, STEP_FINISH])
    proof = proofs_of_semantics(run(generation=generation))["message"]
    assert (proof.proven, proof.reason) == (False, "fields of messages lost")


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_reply_keeps_its_parent_if_the_prompt_has_a_synthetic_text(
    db: SessionDb, run: Replay, generation: str
) -> None:
    session, synthetic = db.session(), {**TEXT, "synthetic": True}
    for parts in ([TEXT, synthetic], [synthetic]):
        prompt = db.message(session, user(), parts)
        db.message(session, assistant(prompt), [STEP_START, TEXT, STEP_FINISH])
    differences = run(generation=generation).outside_differences()
    assert {difference.subject for difference in differences} >= {"step", "synthetic"}
    assert not [difference for difference in differences if difference.field == "parentID"]


def test_groups_with_equal_counts_are_ordered_by_name(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(), [{"type": "b"}, {"type": "c"}, {"type": "a"}])
    assert [name for name, _counts in run().by_type()] == ["a", "b", "c"]


def test_a_field_of_an_exported_session_that_the_upstream_does_not_have_is_lost(tmp_path: Path, run: Replay) -> None:
    path = tmp_path / "session.json"
    info: Json = {
        "id": "ses_1",
        "title": "t",
        "skill": "deploy",
        "permission": None,
        "madeLater": {"x": 1},
        "madeNull": None,
        "madeEmpty": [],
    }
    path.write_text(json.dumps({"info": info, "messages": []}), encoding="utf-8")
    found = {found.field: found for found in run(path).outside_differences()}
    assert set(found) == {"skill", "madeLater"}
    assert found["skill"].semantics == "skill"
    assert not found["madeLater"].stated


@pytest.mark.parametrize(("columns", "rows"), [("project_id, data", 1), ("project_id, action", 0)])
def test_permissions_of_projects_are_lost_in_the_form_that_the_upstream_drops(
    db: SessionDb, run: Replay, columns: str, rows: int
) -> None:
    db.connection.execute(f"CREATE TABLE permission ({columns})")
    db.connection.execute("INSERT INTO permission VALUES ('p', '[]')")
    found = [
        (found.subject, found.field, found.count) for found in run().outside_differences() if found.scope == "table"
    ]
    assert found == [("permission", "permission.data", 1)] * rows


def test_a_compaction_arrives_only_with_its_end(db: SessionDb, run: Replay) -> None:
    session = db.session()
    for times in ([{"created": 1_000}], [{"created": 1_000}, {"created": 1_000, "completed": 2_000}]):
        request = db.message(session, user(), [{"type": "compaction", "auto": True}])
        for time in times:
            db.message(session, assistant(request, summary=True, time=time), [TEXT])
    result = run(generation="session.next")
    assert [(part, part_type) for part, part_type, _ in lost_parts(result)] == [
        ("prt_2", "text"),
        ("prt_4", "text"),
        ("prt_1", "compaction"),
    ]
    assert not result.counts().unstated


def test_a_retry_arrives_without_its_message(db: SessionDb, run: Replay) -> None:
    error = {"name": "APIError", "data": {"message": "busy", "isRetryable": True}}
    db.turn({"type": "retry", "attempt": 1, "error": error, "time": {"created": 1_000}})
    (found,) = [found for found in run(generation="session.next").differences() if found.difference.type == "retry"]
    assert (found.difference.kind, found.difference.field, found.difference.semantics) == (
        "lost",
        "(place)",
        "recovery",
    )


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("status", ["completed", "error", "running"])
@pytest.mark.parametrize("metadata", [{"providerExecuted": True}, {"providerExecuted": True, "fake": {"id": "x"}}])
def test_a_tool_that_the_provider_ran_is_read_back_as_one(
    db: SessionDb, run: Replay, generation: str, status: str, metadata: Json
) -> None:
    part = {**tool(status, **({"error": "no"} if status == "error" else {})), "metadata": metadata}
    message = db.message(db.session(), assistant(), [part])
    lost = {entry.field for entry, _ in run(generation=generation).difference_counts()}
    assert not {field for field in lost if field.startswith("metadata")}
    mapper = Mapper(find_generation("session.next"))
    mapper.start("ses_1")
    events = mapper.map(Message(message, 0, 0, assistant(), [MessagePart("prt_1", part)])).events
    # In the upstream's schema, the metadata of a provider has only tables.
    (provider,) = [event.data["provider"] for event in events if event.type == "tool.called"]
    assert provider == {"executed": True, **({"metadata": {"fake": {"id": "x"}}} if "fake" in metadata else {})}
