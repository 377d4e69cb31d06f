"""Validate messages, and the events that are mapped from them, with the upstream's published schema.

The document is OpenAPI 3.1, and its schemas are JSON Schema 2020-12. An event is an object that has `data` and whose
`type` allows exactly one text, so that the document of another generation needs no change here. jsonschema-rs validates
an event in 0.2 to 0.4 microseconds: a cache is not necessary.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import jsonschema_rs

from pawtui.replay.mapping.generation import Generation, emitted_types
from pawtui.replay.reading.decode import Undecodable, decode_object
from pawtui.replay.reading.session_types import Json, Message
from pawtui.replay.replay_errors import ReplayError
from pawtui.replay.results.result import SchemaInfo

_URI = "urn:openapi"
UNKNOWN_EVENT = "The schema does not define this event."
# A step of a path that can be the name of a field; another step is an index, or a text as a key, which is private.
_NAME = re.compile(r"[A-Za-z_][\w-]{0,39}", re.ASCII)


class OpenApiSchema:
    """A schema document. `info` describes it in a result."""

    def __init__(self, document: bytes, path: str = "") -> None:
        """Read the document. Raises `ReplayError`."""
        name = path or "The schema"
        try:
            # With absolute references, each schema in the document can be compiled alone.
            self._root = decode_object(document.replace(b'"#/components/', f'"{_URI}#/components/'.encode()))
            # A value that is not an object raises TypeError.
            self._schemas: Json = {**self._root["components"]["schemas"]}
        except (Undecodable, KeyError, TypeError):
            raise ReplayError(
                f"{name} is not an OpenAPI document with components.schemas. Give the upstream's openapi.json."
            ) from None
        named = _object(self._root.get("info"))
        self.document = document
        with schema_errors():
            self._registry = new_registry(_URI, self._root)
        # The schemas of the data of events, by type, with or without a version as in the document.
        self.events = _find_events(self._schemas)
        self.info = SchemaInfo(
            path=path,
            sha256=hashlib.sha256(document).hexdigest(),
            title=str(named.get("title", "")),
            version=str(named.get("version", "")),
            events=len(self.events),
        )

    def event_validator(self, event_type: str, version: int) -> Validator | None:
        """Return the validator for the data of an event, or None if the document does not define the event."""
        data = self.events.get(f"{event_type}.{version}", self.events.get(event_type))
        with schema_errors():
            return None if data is None else Validator(data, self._registry)

    def variants(self, name: str, tag: str) -> Mapping[str, Validator] | None:
        """Return the validators of the members of a union by the value of `tag`, or None if there is no such union.

        They accept unknown properties, because the upstream ignores them when it reads its database. Raises
        `ReplayError`.
        """
        union = self._schemas.get(name)
        if not isinstance(union, dict):
            return None
        validators: dict[str, Validator] = {}
        with schema_errors():
            # It raises an error if the union is damaged.
            Validator(union, self._registry)
            registry = new_registry(_URI, _allow_unknown(self._root))
            for member in union.get("anyOf") or union.get("oneOf") or (union,):
                reference = str(_object(member).get("$ref", "")).rpartition("/")[2]
                if value := _constant(_properties(self._schemas.get(reference, member)).get(tag)):
                    validators[value] = Validator(_allow_unknown(member), registry)
        return validators


class Validator:
    """Validates values with one schema of a document."""

    def __init__(self, schema: Json, registry: jsonschema_rs.Registry) -> None:
        """Compile the schema; `registry` has the document. `schema_errors` handles its errors."""
        self._validator = jsonschema_rs.Draft202012Validator(schema, registry=registry, retriever=_retrieve)

    def error(self, value: Any) -> str:
        """Return the field that is invalid and the reason, without the value; empty if the value is valid."""
        try:
            return "" if self._validator.is_valid(value) else self._deepest_error(value)
        except (ValueError, OverflowError):
            # jsonschema-rs does not accept half of a surrogate pair, or an integer of more than 64 bits.
            data = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
            return self._deepest_error(json.loads(data, parse_int=float))

    def _deepest_error(self, value: Any) -> str:
        errors = list(self._validator.iter_errors(value))
        if not errors:
            return ""
        deepest = max(errors, key=lambda error: len(list(error.instance_path)))
        field = ".".join(step if _NAME.fullmatch(step) else "*" for step in map(str, deepest.instance_path))
        # Messages other than these two can have the value.
        if deepest.message.endswith("is a required property"):
            reason = deepest.message
        elif "dditional properties" in deepest.message:
            reason = "has properties that the schema does not allow"
        else:
            reason = "/".join(str(step) for step in list(deepest.schema_path)[-2:])
        return f"{field or 'data'}: {reason}"


class SchemaCheck:
    """The validators that one generation needs."""

    def __init__(self, generation: Generation, schema: OpenApiSchema) -> None:
        """Compile the validators. Raises `ReplayError`."""
        self.schema = schema
        self._prefix = generation.events.prefix
        self._versions = generation.events.versions
        self._validators: dict[str, Validator | None] = {}
        # For V1: parts by type, messages by role. None if the schema does not define them.
        self._parts = schema.variants(generation.documents.get("part", ""), "type")
        self._messages = schema.variants(generation.documents.get("message", ""), "role")

    def event_error(self, event_type: str, data: Json) -> str:
        """Return the reason why an event is invalid, or an empty text."""
        try:
            validator = self._validators[event_type]
        except KeyError:
            version = self._versions.get(event_type, 1)
            validator = self._validators[event_type] = self.schema.event_validator(self._prefix + event_type, version)
        return UNKNOWN_EVENT if validator is None else validator.error(data)

    def message_errors(self, session_id: str, message: Message) -> list[str]:
        """Return the reasons why a message of V1, or its parts, are invalid.

        The upstream refuses to read a whole session if one part is invalid (measured with opencode 1.18.34).
        """
        reasons = []
        # As in an export: with the ids that a database has in columns.
        ids = {"sessionID": session_id, "messageID": message.id}
        if self._messages is not None and message.data is not None:
            validator = self._messages.get(message.role)
            if validator is None:
                reasons.append("message: unknown role")
            elif error := validator.error({**message.data, "id": message.id, "sessionID": session_id}):
                reasons.append(f"{message.role} message: {error}")
        for part in message.parts:
            if self._parts is None or part.data is None:
                continue
            validator = self._parts.get(part.type)
            if validator is None:
                reasons.append(f"part of unknown type {part.type}")
            elif error := validator.error({**part.data, "id": part.id, **ids}):
                reasons.append(f"{part.type} part: {error}")
        return reasons


def defines_events(schema: OpenApiSchema, generation: Generation) -> bool:
    """Return whether a schema defines at least half of the events that the rules of a generation emit."""
    emitted = emitted_types(generation)
    # In some documents, the type has the version of the event.
    defined = {re.sub(r"\.\d+$", "", event_type) for event_type in schema.events}
    known = [event_type for event_type in emitted if generation.events.prefix + event_type in defined]
    return 2 * len(known) >= len(emitted)


def new_registry(uri: str, document: Json) -> jsonschema_rs.Registry:
    """Return a registry with one document, whose schemas have references to this URI.

    `schema_errors` handles its errors.
    """
    return jsonschema_rs.Registry([(uri, document)], draft=jsonschema_rs.Draft202012)


def _retrieve(_address: str) -> NoReturn:
    """Refuse to read another document: jsonschema-rs would request any address or file that a schema names."""
    raise ValueError("the document must contain it")


@contextmanager
def schema_errors(
    problem: str = "The schema document is damaged", remedy: str = "Give the upstream's openapi.json."
) -> Iterator[None]:
    """Raise the errors of an invalid schema as `ReplayError`."""
    try:
        yield
    except (jsonschema_rs.ReferencingError, ValueError) as error:
        # The other lines have details of the library.
        cause = str(error).partition("\n")[0]
        raise ReplayError(f"{problem}: {cause}. {remedy}") from None


def _allow_unknown(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: _allow_unknown(value)
            for key, value in schema.items()
            if not (key == "additionalProperties" and value is False)
        }
    return [_allow_unknown(item) for item in schema] if isinstance(schema, list) else schema


def _find_events(schemas: Json) -> dict[str, Json]:
    """Return the schema of the data of each event, by the type of the event."""
    events: dict[str, Json] = {}
    for schema in schemas.values():
        # Some events are in a property of another object.
        for each in (schema, *_properties(schema).values()):
            properties = _properties(each)
            event_type = _constant(properties.get("type"))
            if "data" in properties and "." in event_type:
                events.setdefault(event_type, properties["data"])
    return events


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _properties(schema: Any) -> Json:
    return _object(_object(schema).get("properties"))


def _constant(schema: Any) -> str:
    """Return the only text that a schema allows, or an empty text."""
    schema = _object(schema)
    allowed = [schema["const"]] if "const" in schema else schema.get("enum")
    return allowed[0] if isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], str) else ""
