"""The importer of 2.x: what it skips, drops and rewrites is not counted as kept."""

import json
from pathlib import Path

import pytest

from pawtui.replay.checking.proof import proofs_of_semantics
from pawtui.replay.mapping.mapper import Mapper
from pawtui.replay.mapping.mapping_context import MISSING, SessionEvent
from pawtui.replay.mapping.read_generation import find_generation
from pawtui.replay.mapping.templates import compile_template
from pawtui.replay.reading.session_types import Message, MessagePart
from tests.replay.conftest import Replay, lost_parts
from tests.replay.session_db import (
    STEP_FINISH,
    STEP_START,
    SUBTASK,
    TEXT,
    Json,
    SessionDb,
    assistant,
    tool,
    user,
    without,
)

IMAGE: Json = {"type": "file", "mime": "image/png", "url": "data:image/png;base64,AA=="}

MENTION: Json = {"value": "@a", "start": 0, "end": 2}

ABORTED: Json = {"name": "MessageAbortedError", "data": {"message": "stopped"}}


def running(start: float) -> Json:
    """Return a tool that runs since a time."""
    part = tool("running")
    part["state"]["time"] = {"start": start}
    return part


@pytest.mark.parametrize(
    ("part", "error"),
    [
        # V1 of 2025 wrote steps without a reason (upstream issue 29908).
        (without(STEP_FINISH, "reason"), 'data: "reason" is a required property'),
        ({**STEP_FINISH, "cost": 10**400}, "cost: Finite/maximum"),
        ({"type": "retry", "attempt": 1, "error": ABORTED, "time": {"created": 1}}, "error.name: name/const"),
        ({"type": "reasoning", "text": "hm"}, 'data: "time" is a required property'),
        (tool("completed", attachments=[IMAGE]), 'state.attachments.*: "id" is a required property'),
        (tool("error"), 'state: "error" is a required property'),
        # PawWork accepts a time with a fraction.
        (running(0.5), "state.time.start: Count/type"),
        (running(2**53), "state.time.start: Count/maximum"),
        ({**TEXT, "metadata": None}, "metadata: metadata/type"),
        ({"type": "agent", "name": "a", "source": {**MENTION, "start": -1}}, "source.start: Count/minimum"),
        ({**IMAGE, "source": {"type": "file", "text": MENTION}}, 'source: "path" is a required property'),
    ],
)
def test_a_part_that_the_importer_cannot_decode_is_lost(db: SessionDb, run: Replay, part: Json, error: str) -> None:
    db.turn(part)
    result = run(generation="session")
    ((_, part_type, reason),) = lost_parts(result)
    assert (part_type, reason) == (part["type"], f"The importer skips a part with invalid data ({error}).")
    assert result.totals.checks["read"].reasons == {"some data is skipped by the upstream": 1}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (without(assistant(), "mode"), 'data: "mode" is a required property'),
        (without(assistant(), "tokens"), 'data: "tokens" is a required property'),
        # V1 of 2025 wrote an empty parent when it converted older sessions.
        (assistant(parent=""), "parentID: parentID/pattern"),
        # PawWork accepts a path as a text, and a summary without changed files.
        (assistant(path="/w"), "path: path/type"),
        (assistant(error={"name": "MadeLater", "data": {"message": "no"}}), "error.name: name/enum"),
        (user(summary={"title": "t"}), 'summary: "diffs" is a required property'),
        # A key that is not the name of a field can be private.
        (user(tools={"\x1b[2J": 1}), "tools.*: additionalProperties/type"),
    ],
)
def test_a_message_that_the_importer_cannot_decode_is_lost_with_its_parts(
    db: SessionDb, run: Replay, data: Json, error: str
) -> None:
    session = db.session()
    db.message(session, user(), [TEXT])
    message = db.message(session, data, [TEXT])
    result = run(generation="session")
    reason = f"The importer skips a message with invalid data ({error})."
    assert lost_parts(result) == [("prt_2", "text", reason)]
    assert result.totals.checks["read"].reasons == {"some data is skipped by the upstream": 1}
    (found,) = [found for found in result.outside_differences() if found.kind == "lost" and not found.field]
    assert (found.subject, found.reason, found.examples) == (data["role"], reason, [message])


def test_an_agent_that_is_not_a_text_is_replaced_by_the_mode(db: SessionDb, run: Replay) -> None:
    session = db.session()
    prompt = db.message(session, user(), [TEXT])
    db.message(session, assistant(prompt, agent=1, mode="plan"), [STEP_START, TEXT, STEP_FINISH])
    result = run(generation="session")
    reasons = [
        found.reason for found in result.outside_differences() if (found.subject, found.field) == ("step", "agent")
    ]
    assert reasons == ["The importer uses `mode` if the agent is not a text."]


def test_a_session_whose_last_message_the_importer_skips_is_not_resumed(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(summary={"title": "t"}), [TEXT])
    check = run(generation="session").totals.checks["resume"]
    assert (check.passed, check.reasons) == (0, {"last message skipped by the upstream": 1})


@pytest.mark.parametrize(
    ("revert", "reasons"), [("", {}), ('{"messageID": "msg_2"}', {"reverted": 1})], ids=["plain", "reverted"]
)
def test_the_importer_brings_reverted_messages_back(
    db: SessionDb, run: Replay, revert: str, reasons: dict[str, int]
) -> None:
    db.connection.execute("ALTER TABLE session ADD COLUMN revert text")
    db.turn(TEXT, session=db.session(revert=revert or None))
    assert run(generation="session").totals.checks["resume"].reasons == reasons
    assert not run(generation="session.next").totals.checks["resume"].reasons


def test_the_importer_drops_a_compaction_whose_first_summary_failed(db: SessionDb, run: Replay) -> None:
    session = db.session()
    request = db.message(session, user(), [{"type": "compaction", "auto": True}])
    db.message(session, assistant(request, summary=True, error=ABORTED), [TEXT])
    # V1 runs the compaction again before the next prompt.
    db.message(session, assistant(request, summary=True), [TEXT])
    result = run(generation="session")
    assert lost_parts(result) == [
        ("prt_2", "text", "The importer drops a summary that failed or did not end, and its request."),
        (
            "prt_1",
            "compaction",
            "The importer drops a compaction without a summary, or whose first summary failed or did not end.",
        ),
    ]
    # The second summary is an ordinary reply.
    assert {found.field for found in result.outside_differences() if found.subject == "step"} >= {
        "summary",
        "parentID",
    }


@pytest.mark.parametrize("name", ["task", "read"])
def test_only_the_reply_that_ran_a_subtask_is_dropped(db: SessionDb, run: Replay, name: str) -> None:
    prompt = db.message(db.session(), user(), [SUBTASK])
    db.message("ses_1", assistant(prompt), [TEXT, {**tool("completed"), "tool": name}])
    lost = [part_type for _, part_type, _ in lost_parts(run())]
    assert lost == (["subtask", "text", "tool"] if name == "task" else ["subtask"])


def test_a_second_reply_to_a_compaction_can_be_that_of_a_subtask(db: SessionDb, run: Replay) -> None:
    session = db.session()
    request = db.message(session, user(), [{"type": "compaction", "auto": True}, SUBTASK])
    db.message(session, assistant(request, summary=True), [TEXT])
    db.message(session, assistant(request), [{**tool("completed"), "tool": "task"}])
    assert [part for part, _, _ in lost_parts(run(generation="session"))] == ["prt_2", "prt_4"]


def test_the_importer_clears_the_permissions_of_a_session(db: SessionDb, run: Replay) -> None:
    db.connection.execute("ALTER TABLE session ADD COLUMN permission text")
    rules = '[{"permission": "bash", "pattern": "*", "action": "deny"}]'
    db.turn(session=db.session(permission=rules))
    proof = proofs_of_semantics(run(generation="session"))["message"]
    assert (proof.proven, proof.reason) == (False, "fields of messages lost")


def test_the_importer_reads_parts_by_the_id_of_the_session(db: SessionDb, run: Replay) -> None:
    message = db.message(db.session(), user(), [TEXT])
    db.part(db.session(), message, TEXT)
    result = run(generation="session")
    reason = "The importer skips a part that has the id of another session than its message."
    assert lost_parts(result) == [("prt_2", "text", reason)]
    assert result.totals.issues["part of another session"].count == 1
    assert result.totals.checks["read"].reasons == {"some data is skipped by the upstream": 1}
    assert not lost_parts(run(generation="session.next"))


@pytest.mark.parametrize("generation", ["session", "session.next"])
def test_the_parts_of_a_session_without_a_row_are_lost(db: SessionDb, run: Replay, generation: str) -> None:
    db.message("ses_gone", user(), [TEXT])
    result = run(generation=generation)
    assert lost_parts(result) == [("prt_1", "text", "Its session has no row.")]
    assert result.totals.checks["read"].passed == 0


def test_a_role_and_a_type_that_are_no_texts_are_lost_without_an_error(db: SessionDb, run: Replay) -> None:
    session = db.session()
    db.message(session, {**user(), "role": ["user"]}, [TEXT])
    db.message(session, user(), [{**TEXT, "type": ["text"]}])
    result = run(generation="session")
    assert [part for part, _, _ in lost_parts(result)] == ["prt_1", "prt_2"]
    assert result.complete


def test_the_importer_clears_the_attachments_of_a_cleared_output(db: SessionDb, run: Replay) -> None:
    attachment = {**IMAGE, "id": "prt_a", "sessionID": "ses_1", "messageID": "msg_2"}
    cleared = tool("completed", attachments=[attachment])
    cleared["state"]["time"]["compacted"] = 3_000
    db.turn(tool("completed", attachments=[attachment]), cleared)
    fields = [(found.part, found.difference.field) for found in run(generation="session").differences()]
    left_out = [part for part, field in fields if field == "state.attachments"]
    assert left_out == [part for part, field in fields if field == "state.output"]
    assert len(left_out) == 1


@pytest.mark.parametrize(
    ("url", "lost"), [("data:text/plain,a%20b", 0), ("data:text/plain;base64,YQ==", 0), ("data:text/plain", 1)]
)
def test_the_importer_drops_an_attachment_without_data(db: SessionDb, run: Replay, url: str, lost: int) -> None:
    db.message(db.session(), user(), [TEXT, {"type": "file", "mime": "text/plain", "url": url}])
    total = run(generation="session").counts()
    assert (total.kept, total.lost, total.unstated) == (2 - lost, lost, 0)


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("data:,a%20b", "YSBi"),
        ("data:image/png;base64,AA==", "AA=="),
        ("data:,", ""),
        ("data:,100%", MISSING),
        ("data:,%ff", MISSING),
        ("data:,\ud800a", "77+9YQ=="),
    ],
)
def test_the_data_of_an_attachment_is_base64(url: str, data: object) -> None:
    assert compile_template("base64(url)")({"url": url}, None) == data


def test_an_error_without_a_message_has_that_of_the_importer() -> None:
    mapper = Mapper(find_generation("session"))
    mapper.start("ses_1")
    error = {"name": "MessageOutputLengthError", "data": {}}
    failed = mapper.map(Message("msg_1", 0, 0, assistant(error=error), [])).events[-1]
    assert failed.data["error"] == {
        "type": "provider.invalid-output",
        "message": "The model exceeded its output limit",
    }


def test_reasoning_that_did_not_end_has_no_end_in_2_x(db: SessionDb, run: Replay) -> None:
    db.turn({"type": "reasoning", "text": "hm", "time": {"start": 1_000}})
    result = run(generation="session")
    assert not [entry for entry, _parts in result.difference_counts() if entry.type == "reasoning"]


@pytest.mark.parametrize(("name", "compacted", "noted"), [("read", 0, 1), ("grep", 0, 0), ("read", 1, 0)])
def test_the_importer_appends_a_message_about_changed_tools(
    db: SessionDb, run: Replay, name: str, compacted: bool, noted: int
) -> None:
    session = db.turn({**tool("completed"), "tool": name})
    if compacted:
        request = db.message(session, user(), [{"type": "compaction", "auto": True}])
        db.message(session, assistant(request, summary=True), [TEXT])
    found = [found for found in run(generation="session").outside_differences() if found.kind == "added"]
    assert [difference.count for difference in found if difference.scope == "session"] == [1] * noted


def test_the_importer_appends_no_message_about_a_tool_that_it_drops(db: SessionDb, run: Replay) -> None:
    session = db.session()
    request = db.message(session, user(), [{"type": "compaction", "auto": True}])
    failed = assistant(request, summary=True, error={"name": "APIError", "data": {"message": "", "isRetryable": False}})
    db.message(session, failed, [{**tool("completed"), "tool": "read"}])
    result = run(generation="session")
    assert len(lost_parts(result)) == 2
    assert not [found for found in result.outside_differences() if found.kind == "added"]


def test_the_importer_adds_up_the_cost_of_the_replies_that_it_reads(db: SessionDb, run: Replay) -> None:
    db.connection.execute("ALTER TABLE session ADD COLUMN cost real")
    session = db.session(cost=0.002)
    for reply in (assistant(), assistant(path="/w")):
        db.message(session, reply)
    found = [found.field for found in run(generation="session").outside_differences() if found.scope == "session"]
    assert found == ["cost"]


def mapped_events(data: Json, *parts: Json) -> dict[str, SessionEvent]:
    """Return the events of a message with these parts, by type."""
    mapper = Mapper(find_generation("session"))
    mapper.start("ses_1")
    numbered = [MessagePart(f"prt_{number}", part) for number, part in enumerate(parts)]
    return {event.type: event for event in mapper.map(Message("msg_1", 5, 6, data, numbered)).events}


@pytest.mark.parametrize(
    ("more", "ended"),
    [
        ({}, ("step.ended", 6)),
        # V1 was killed after it stored the cost of the step.
        ({"time": {"created": 1}}, ("step.ended", MISSING)),
        ({"time": {"created": 1}, "finish": None}, ("step.ended", MISSING)),
        ({"time": {"created": 1}, "finish": None, "cost": 0}, None),
        ({"error": ABORTED}, ("step.failed", 6)),
        ({"error": ABORTED, "time": {"created": 1}}, ("step.failed", MISSING)),
    ],
)
def test_the_cost_of_a_reply_that_did_not_end_arrives_without_an_end_time(
    more: Json, ended: tuple[str, object] | None
) -> None:
    data = {key: value for key, value in assistant(**more).items() if value is not None}
    last = list(mapped_events(data, STEP_START, STEP_FINISH).values())[-1]
    assert ((last.type, last.at) if ended else None) == ended
    assert (last.data.get("cost") == 0.001) is bool(ended)


def test_nothing_is_lost_of_a_reply_that_was_killed_after_its_step(db: SessionDb, run: Replay) -> None:
    session = db.session()
    prompt = db.message(session, user(), [TEXT])
    killed = assistant(prompt, time={"created": 1_000})
    db.message(
        session, killed, [STEP_START, TEXT, STEP_FINISH, {"type": "patch", "hash": "a" * 40, "files": ["b.txt"]}]
    )
    result = run(generation="session")
    assert not result.difference_counts()
    assert not {found.field for found in result.outside_differences()} & {"cost", "finish", "time.completed"}


def test_the_importer_ignores_empty_snapshots() -> None:
    events = mapped_events(
        assistant(), {**STEP_START, "snapshot": ""}, {"type": "patch", "hash": "h", "files": []}, STEP_FINISH
    )
    assert events["step.started"].data["snapshot"] == "h"
    assert "snapshot" not in mapped_events(assistant(), {**STEP_FINISH, "snapshot": ""})["step.ended"].data


def test_the_importer_leaves_out_the_empty_name_of_an_attachment(db: SessionDb, run: Replay) -> None:
    unnamed = {**IMAGE, "filename": ""}
    attachment = {**unnamed, "id": "prt_a", "sessionID": "ses_1", "messageID": "msg_2"}
    session = db.session()
    prompt = db.message(session, user(), [TEXT, unnamed])
    db.message(session, assistant(prompt), [tool("completed", attachments=[attachment])])
    result = run(generation="session")
    assert {entry.field: entry.stated for entry, _ in result.difference_counts() if "filename" in entry.field} == {
        "filename": True,
        "state.attachments.*.filename": True,
    }


@pytest.mark.parametrize(("output", "content"), [("half", [{"type": "text", "text": "half"}]), (5, None), (None, None)])
def test_only_a_text_is_the_output_of_a_failed_tool(output: object, content: object) -> None:
    failed = {**tool("error", error="no", metadata={"output": output})}
    assert mapped_events(assistant(), failed)["tool.failed"].data.get("content") == content


def test_the_summary_of_a_compaction_has_no_empty_texts() -> None:
    mapper = Mapper(find_generation("session"))
    mapper.start("ses_1")
    mapper.map(Message("msg_1", 0, 0, user(), [MessagePart("prt_0", {"type": "compaction", "auto": True})]))
    texts = [MessagePart(f"prt_{number}", {**TEXT, "text": text}) for number, text in enumerate(("a", "", "b"))]
    *_, ended = mapper.map(Message("msg_2", 0, 0, assistant(summary=True), texts)).events
    assert ended.data["text"] == "a\n\nb"


@pytest.mark.parametrize("generation", ["session", "session.next"])
def test_numbers_that_are_too_large_do_not_stop_the_replay(db: SessionDb, run: Replay, generation: str) -> None:
    db.connection.execute("ALTER TABLE session ADD COLUMN cost real")
    session = db.session(cost=0.002)
    db.message(session, assistant(cost=10**400), [TEXT, {**STEP_FINISH, "cost": -(10**400)}])
    assert run(generation=generation).counts().total == 2


def test_a_cost_that_is_too_large_differs_from_the_sum_of_the_messages(tmp_path: Path, run: Replay) -> None:
    path = tmp_path / "large.json"
    path.write_text(json.dumps({"info": {"id": "ses_1", "cost": 10**400}, "messages": []}), encoding="utf-8")
    outside = run(path, generation="session").outside_differences()
    assert [(found.kind, found.field) for found in outside] == [("changed", "cost")]


def test_the_other_fields_of_an_empty_text_are_lost(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(), [{"type": "text", "text": "", "metadata": {"a": 1}}])
    ((entry, count),) = run(generation="session").difference_counts()
    assert (entry.kind, entry.field, count) == ("lost", "metadata", 1)
