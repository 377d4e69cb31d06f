"""The upstream's schema: references are followed, and invalid events have a reason without their values."""

import json
from pathlib import Path
from typing import Any

import pytest

from pawtui.replay.checking.openapi_schema import OpenApiSchema
from pawtui.replay.replay_errors import ReplayError


def schema(data: dict[str, Any], **others: dict[str, Any]) -> OpenApiSchema:
    """Return a document with the event `session.x` with this data, and with other schemas."""
    event = {"properties": {"type": {"const": "session.x"}, "data": data}}
    return OpenApiSchema(json.dumps({"components": {"schemas": {"Event": event, **others}}}).encode())


def test_references_are_followed_and_an_error_names_the_field_but_no_value() -> None:
    document = schema({"$ref": "#/components/schemas/Data"}, Data={"properties": {"count": {"type": "integer"}}})
    validator = document.event_validator("session.x", 1)
    assert validator is not None
    assert validator.error({"count": 1}) == ""
    assert validator.error({"count": "a secret"}) == "count: count/type"
    assert document.event_validator("session.y", 1) is None


HALF = "half of a pair: \ud800"


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (HALF, ""),
        (1 << 70, ""),
        ({HALF: 1}, "x: x/type"),
        ([HALF], "x: x/type"),
        ([HALF, {HALF: 10**400}], "x: x/type"),
    ],
)
def test_values_that_json_schema_cannot_represent_are_validated(value: object, error: str) -> None:
    validator = schema({"properties": {"x": {"type": ["string", "number"]}}}).event_validator("session.x", 1)
    assert validator is not None
    assert validator.error({"x": value}) == error


def test_an_integer_next_to_half_of_a_pair_is_still_an_integer() -> None:
    data = {"properties": {"n": {"type": "integer", "maximum": 5}}, "additionalProperties": {"type": "string"}}
    validator = schema(data).event_validator("session.x", 1)
    assert validator is not None
    assert validator.error({HALF: "x", "n": 5}) == ""
    assert validator.error({HALF: "x", "n": 6}) == "n: n/maximum"


@pytest.mark.parametrize(
    "document", ["", "[]", "{}", '{"components": []}', '{"components": {}}', '{"components": {"schemas": []}}']
)
def test_a_document_without_schemas_is_an_error(document: str) -> None:
    message = r"^The schema is not an OpenAPI document with components\.schemas\. Give the upstream's openapi\.json\.$"
    with pytest.raises(ReplayError, match=message):
        OpenApiSchema(document.encode())


def test_an_event_can_be_wrapped_and_have_a_version() -> None:
    def event(name: str) -> dict[str, Any]:
        return {"properties": {"type": {"enum": [name]}, "data": {}}}

    wrapped = {"properties": {"syncEvent": event("session.y.2"), "event": event("session.y")}}
    others = {"no-data": {"properties": {"type": {"const": "session.z"}}}, "no-event": event("text")}
    document = schema({}, Wrapped=wrapped, **others)
    assert document.events.keys() == {"session.x", "session.y", "session.y.2"}
    assert document.event_validator("session.y", 2) is not None
    assert document.event_validator("session.z", 1) is None


def test_the_version_of_an_event_decides_which_data_is_valid() -> None:
    events = {
        name: {"properties": {"type": {"const": name}, "data": {"required": [name]}}} for name in ("a.b", "a.b.2")
    }
    document = schema({}, **events)
    for version, required in ((1, "a.b"), (2, "a.b.2")):
        validator = document.event_validator("a.b", version)
        assert validator is not None
        assert validator.error({}) == f'data: "{required}" is a required property'


def test_the_members_of_a_union_accept_unknown_properties() -> None:
    text = {
        "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    }
    document = schema({}, Part={"anyOf": [{"$ref": "#/components/schemas/Text"}]}, Text=text)
    variants = document.variants("Part", "type")
    assert variants is not None
    assert variants["text"].error({"type": "text", "text": "", "later": 1}) == ""
    assert "is a required property" in variants["text"].error({"type": "text"})


def test_a_reference_to_a_missing_schema_is_an_error() -> None:
    document = schema({"$ref": "#/components/schemas/Gone"})
    with pytest.raises(ReplayError, match="The schema document is damaged"):
        document.event_validator("session.x", 1)


@pytest.mark.parametrize("address", ["https://example.org/schema.json", Path(__file__).as_uri()])
def test_no_other_document_is_read(address: str) -> None:
    document = schema({"$ref": address})
    with pytest.raises(ReplayError, match="retrieving it failed: ValueError: the document must contain it"):
        document.event_validator("session.x", 1)


@pytest.mark.parametrize("union", [{"anyOf": 5}, {"oneOf": [5]}, {"anyOf": [{"$ref": "#/components/schemas/Gone"}]}])
def test_a_damaged_union_is_an_error_of_one_line(union: dict[str, Any]) -> None:
    with pytest.raises(
        ReplayError, match=r"^The schema document is damaged: [^\n]+\. Give the upstream's openapi\.json\.$"
    ):
        schema({}, Part=union).variants("Part", "type")
