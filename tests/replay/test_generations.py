"""The mapping files: they name their sources, and a new generation needs no code."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pawtui.replay.checking.importer import UpstreamReader
from pawtui.replay.checking.openapi_schema import OpenApiSchema
from pawtui.replay.mapping.generation import emitted_types
from pawtui.replay.mapping.mapper import Mapper
from pawtui.replay.mapping.read_generation import all_generations, find_generation, parse_generation
from pawtui.replay.reading.session_types import Message, MessagePart
from pawtui.replay.replay_errors import ReplayError
from pawtui.replay.replay_sources import choose_generation, replay_sources
from tests.replay.session_db import TEXT, SessionDb, assistant, tool, user

FILES = Path(__file__).resolve().parents[2] / "pawtui" / "replay" / "generations"


def test_the_newest_generation_is_chosen_without_a_schema() -> None:
    assert [generation.name for generation in all_generations()] == ["session", "session.next"]
    assert choose_generation(None).name == "session"


def test_a_schema_of_no_known_generation_is_refused() -> None:
    with pytest.raises(ReplayError, match="does not define the events of any mapping"):
        choose_generation(OpenApiSchema(b'{"components": {"schemas": {}}}', "other.json"))


@pytest.mark.parametrize("generation", [generation.name for generation in all_generations()])
def test_every_generation_has_the_sources_of_its_rules(generation: str) -> None:
    assert all("/" in place or "." in place for place in find_generation(generation).sources.values())


def test_an_unknown_generation_and_an_invalid_file_are_errors() -> None:
    with pytest.raises(ReplayError, match="no mapping"):
        find_generation("3.x")
    with pytest.raises(ReplayError):
        parse_generation("name = 3", "mine.toml")


def test_a_mapping_without_a_needed_key_names_the_key_and_its_place() -> None:
    text = (FILES / "session.toml").read_text(encoding="utf-8").replace(", as = {", ", at = {")
    with pytest.raises(ReplayError, match=r"wrong at messages\.prompt: the key 'as' is missing"):
        Mapper(parse_generation(text, "mine.toml"))


def test_another_generation_is_only_a_file(tmp_path: Path) -> None:
    """With other event names, the events change and the counts stay the same."""
    text = (FILES / "session_next.toml").read_text(encoding="utf-8")
    other = parse_generation(text.replace('prefix = "session.next."', 'prefix = "session.later."'), "later.toml")
    assert other.events.prefix == "session.later."
    db = SessionDb(tmp_path / "a.db")
    session = db.turn(TEXT, tool("completed"))
    db.message(session, user(), [TEXT])
    results = [replay_sources([db.path], generation) for generation in (find_generation("session.next"), other)]
    counts = [(result.by_type(), result.by_semantics()) for result in results]
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "value",
    [
        {"any": 5},
        {"union": {}, "of": "x"},
        {"join": [], "of": "x", "with": 5},
        {"each": "x", "as": "x", "skip": "x"},
        date(2026, 1, 2),
    ],
)
def test_a_value_of_a_wrong_type_is_an_error(value: object) -> None:
    generation = find_generation("session.next")
    rule = generation.messages[0]
    wrong = msgspec.structs.replace(generation, messages=(msgspec.structs.replace(rule, data={"x": value}),))
    with pytest.raises(
        ReplayError, match=rf"^The mapping 'session\.next' is wrong at messages\.{rule.name}: .* (type|text)"
    ):
        Mapper(wrong)


def test_every_role_and_type_that_arrives_has_a_schema_of_what_the_importer_accepts() -> None:
    generation = find_generation("session")
    assert generation.accepts is not None
    types = {name.partition(".")[0] for rule in generation.rules if not rule.dropped for name in rule.subtypes}
    assert types <= generation.accepts.parts.keys()
    assert {rule.role for rule in generation.messages} <= generation.accepts.messages.keys()


@pytest.mark.parametrize("wrong", [{"type": "nonsense"}, {"$ref": "v1:#/Gone"}])
def test_an_error_in_a_schema_of_accepts_names_the_mapping(wrong: dict[str, Any]) -> None:
    generation = find_generation("session")
    assert generation.accepts is not None
    accepts = msgspec.structs.replace(generation.accepts, parts={"text": wrong})
    with pytest.raises(ReplayError, match=r"^The mapping 'session' is wrong at accepts: [^\n]+\. Correct it\.$"):
        UpstreamReader(msgspec.structs.replace(generation, accepts=accepts))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", "is not UTF-8 text: save it as UTF-8"),
        (b"name = ", r"is not a mapping file: .*\. Correct it"),
        (b"name = 3", r"is not a mapping file: .*\. Correct it"),
        (None, r"no such file or directory\. Check the path and its permissions"),
    ],
    ids=["encoding", "syntax", "type", "gone"],
)
def test_a_mapping_file_that_cannot_be_read_is_an_error(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReplayError, match=message):
        find_generation(str(path))


def test_a_rule_has_the_keys_of_the_rule_that_it_extends(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = (FILES / "session_next.toml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    rules = {rule.name: rule for rule in find_generation(str(path)).messages}
    assert rules["step.subtask"].begin == rules["step"].begin
    assert rules["step.subtask"].some != rules["step"].some
    assert rules["step.subtask"].lost == rules["step"].lost
    assert {"path", "structured"} <= rules["step"].lost.keys()
    # Its own keys remain.
    assert rules["summary.failed"].merged != rules["summary"].merged
    path.write_text(text.replace('extends = "step"', 'extends = "stepp"'), encoding="utf-8")
    with pytest.raises(ReplayError, match=r"extends 'stepp', which does not exist\. Correct the name"):
        find_generation(str(path))


def test_a_statement_of_a_rule_has_priority_over_that_of_its_role() -> None:
    text = (FILES / "session.toml").read_text(encoding="utf-8")
    own = text.replace('agent = "A compaction has no agent."', 'tools = "Not in a compaction."', 1)
    rules = {rule.name: rule for rule in parse_generation(own, "mine.toml").messages}
    assert rules["compaction"].lost["tools"] == "Not in a compaction."
    assert rules["prompt"].lost["tools"] == rules["synthetic"].lost["tools"] != "Not in a compaction."


def test_own_statements_replace_those_of_the_rule_that_it_extends_but_not_those_of_its_role() -> None:
    text = (FILES / "session_next.toml").read_text(encoding="utf-8")
    own = text.replace('extends = "step"', 'extends = "step"\nlost = { mode = "Not in a subtask." }')
    generation = parse_generation(own, "mine.toml")
    rules = {rule.name: rule for rule in generation.messages}
    assert rules["step.subtask"].lost == {**generation.lost_by_role["assistant"], "mode": "Not in a subtask."}


def test_a_rule_for_the_first_reply_can_be_without_a_condition_on_the_parent(tmp_path: Path) -> None:
    text = (
        (FILES / "session.toml")
        .read_text(encoding="utf-8")
        .replace('parent = ["compaction"]\nonce = true', "once = true")
    )
    db = SessionDb(tmp_path / "a.db")
    db.message(db.session(), assistant("msg_gone", summary=True), [TEXT])
    assert replay_sources([db.path], parse_generation(text, "mine.toml")).totals.messages == {"assistant": 1}


@pytest.mark.parametrize("condition", ['parent = ["compaction"]', 'parent_has = ["compaction"]', ""])
def test_only_the_first_reply_has_a_rule_with_once(condition: str) -> None:
    text = (FILES / "session.toml").read_text(encoding="utf-8")
    mapper = Mapper(parse_generation(text.replace('parent = ["compaction"]', condition), "mine.toml"))
    mapper.start("ses_1")
    mapper.map(Message("msg_1", 1, 1, user(), [MessagePart("prt_1", {"type": "compaction", "auto": True})]))
    replies = [Message(name, 1, 1, assistant("msg_1", summary=True), []) for name in ("msg_2", "msg_3")]
    rules = [mapper.map(reply).rule for reply in replies]
    assert [rule.name for rule in rules if rule] == ["summary", "step"]


@pytest.mark.parametrize("data", ['{ text = "gone" }', '{ any = ["text"] }'])
def test_an_event_whose_data_is_missing_or_not_a_table_has_no_data(tmp_path: Path, data: str) -> None:
    text = (FILES / "session_next.toml").read_text(encoding="utf-8")
    for fields in ('data = { sessionID = "$session" }', 'data = { messageID = "$new", text = "text" }'):
        assert fields in text
        text = text.replace(fields, f"data = {data}")
    db = SessionDb(tmp_path / "a.db")
    db.message(db.session(), user(), [{"type": "text", "text": "added", "synthetic": True}])
    totals = replay_sources([db.path], parse_generation(text, "mine.toml")).totals
    assert totals.events == {"synthetic": 1}


@pytest.mark.parametrize("part", [{"text": "gone"}, {"any": ["=text"]}])
def test_a_part_that_is_missing_or_not_a_table_is_not_read_back(tmp_path: Path, part: dict[str, Any]) -> None:
    generation = find_generation("session.next")
    projections = tuple(msgspec.structs.replace(projection, part=part) for projection in generation.projections)
    db = SessionDb(tmp_path / "a.db")
    db.message(db.session(), user(), [TEXT])
    result = replay_sources([db.path], msgspec.structs.replace(generation, projections=projections))
    assert result.counts().lost == 1


def test_the_newest_generation_that_a_schema_defines_is_chosen() -> None:
    for generation in all_generations():
        for version in ("", ".1"):
            events = {
                name: {"properties": {"type": {"const": f"{generation.events.prefix}{name}{version}"}, "data": {}}}
                for name in emitted_types(generation)
            }
            document = json.dumps({"components": {"schemas": events}}).encode()
            assert choose_generation(OpenApiSchema(document)).name == generation.name
