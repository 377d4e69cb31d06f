"""A replay with the upstream's schema: its events, the messages of V1, and what is proven."""

import json

import pytest

from pawtui.replay.checking.openapi_schema import OpenApiSchema
from pawtui.replay.checking.proof import proofs_of_checks, proofs_of_semantics
from pawtui.replay.mapping.generation import emitted_types
from pawtui.replay.mapping.read_generation import find_generation
from pawtui.replay.replay_sources import replay_sources
from pawtui.replay.results.result import Result
from tests.replay.session_db import TEXT, Json, SessionDb, assistant, tool, user

GENERATION = find_generation("session.next")


def tagged(tag: str, *names: str, **more: Json) -> Json:
    """Return a union of objects that have one of the names in the field `tag`."""
    properties: Json = {tag: {"type": "string"}, **more}
    return {"anyOf": [{"properties": {**properties, tag: {"enum": [name]}}} for name in names]}


def run(db: SessionDb, *, without: str = "", data: Json | None = None, schemas: Json | None = None) -> Result:
    """Replay with a document that defines the mapping's events, except `without`, and other schemas.

    `data` is the schema of the event `text.ended`.
    """
    events = {
        event: {
            "properties": {
                "type": {"const": f"session.next.{event}.{GENERATION.events.versions.get(event, 1)}"},
                "data": data if data is not None and event == "text.ended" else {},
            }
        }
        for event in emitted_types(GENERATION) - {without}
    }
    document = {"info": {"title": "up", "version": "9"}, "components": {"schemas": {**events, **(schemas or {})}}}
    return replay_sources([db.path], GENERATION, schema=OpenApiSchema(json.dumps(document).encode(), "up.json"))


def test_everything_is_proven_that_arrives_with_valid_events(db: SessionDb) -> None:
    db.turn(TEXT, tool("completed"))
    result = run(db, data={"required": ["timestamp", "sessionID", "assistantMessageID", "textID", "text"]})
    assert not result.totals.event_errors
    proofs = proofs_of_semantics(result)
    assert proofs["tool"] == (True, "all arrive: 1 part")
    assert proofs["message"] == (True, "all arrive: 4 parts")
    assert proofs["subtask"] == (False, "the data has no such part")
    assert proofs_of_checks(result)["read"] == (True, "all pass: 1 session")
    assert result.schema is not None
    assert (result.schema.title, result.schema.version, result.schema.path) == ("up", "9", "up.json")
    assert result.schema.events == len(emitted_types(GENERATION))


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"data": {"required": ["nope"]}}, 'data: "nope" is a required property'),
        ({"without": "text.ended"}, "The schema does not define this event."),
    ],
)
def test_an_invalid_event_prevents_every_proof_of_a_semantics(db: SessionDb, document: Json, error: str) -> None:
    db.turn(TEXT)
    result = run(db, **document)
    ((name, found),) = result.totals.event_errors.items()
    assert (name, found.count, found.examples) == (("text.ended", error), 1, ["msg_2"])
    assert result.invalid_events() == 1
    assert proofs_of_semantics(result)["message"] == (False, "1 event invalid in the schema")
    assert proofs_of_checks(result)["read"].proven


@pytest.mark.parametrize(
    ("part", "message", "error"),
    [
        (tagged("type", "text"), {}, "part of unknown type tool"),
        (tagged("type", "text", "tool", callID={"type": "number"}), {}, "tool part: callID: callID/type"),
        # The document has the ids that a database has in columns.
        (tagged("type", "text", "tool", messageID={"const": "x"}), {}, "text part: messageID: messageID/const"),
        ({}, tagged("role", "user"), "message: unknown role"),
        ({}, tagged("role", "user", "assistant", cost={"type": "string"}), "assistant message: cost: cost/type"),
        ({}, tagged("role", "user", "assistant", id={"const": "x"}), "user message: id: id/const"),
    ],
)
def test_the_upstream_refuses_to_read_a_session_with_an_invalid_message(
    db: SessionDb, part: Json, message: Json, error: str
) -> None:
    session = db.session()
    db.message(session, user(), [TEXT])
    db.message(session, assistant(), [tool("completed")])
    result = run(db, schemas={name: union for name, union in (("Part", part), ("Message", message)) if union})
    errors = result.totals.event_errors
    assert ("(V1 data)", error) in errors
    assert {event for event, _ in errors} == {"(V1 data)"}
    assert result.invalid_events() == 0
    assert proofs_of_checks(result)["read"] == (False, "1 invalid in the upstream's schema")
