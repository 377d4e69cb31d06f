"""The upstream's schema: references are followed, and invalid events have a reason without their values."""

import json
from typing import Any

import pytest

from pawtui.replay.checking.openapi_schema import OpenApiSchema
from pawtui.replay.replay_errors import SchemaError


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


@pytest.mark.parametrize("value", ["half of a pair: \ud800", 1 << 70])
def test_values_that_json_schema_cannot_represent_are_validated(value: object) -> None:
    validator = schema({"properties": {"x": {"type": ["string", "number"]}}}).event_validator("session.x", 1)
    assert validator is not None
    assert validator.error({"x": value}) == ""


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
    with pytest.raises(SchemaError, match="The schema document is damaged"):
        document.event_validator("session.x", 1)
