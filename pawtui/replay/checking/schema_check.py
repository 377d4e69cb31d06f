"""Validate messages, and the events that are mapped from them, with the upstream's schema and that of its reader."""

from collections.abc import Mapping
from functools import lru_cache

from pawtui.replay.checking.openapi_schema import OpenApiSchema, Validator
from pawtui.replay.mapping.generation import Generation, emitted_types
from pawtui.replay.reading.decode import encode
from pawtui.replay.reading.session_types import Json, Message

UNKNOWN_EVENT = "The schema does not define this event."


class SchemaCheck:
    """The validators that one generation needs."""

    def __init__(self, generation: Generation, schema: OpenApiSchema) -> None:
        """Compile the validators. Raises `ReplayError`."""
        self.schema = schema
        self._prefix = generation.events.prefix
        self._versions = generation.events.versions
        self._validators: dict[str, Validator | None] = {}
        # For the first model (V1): parts by type, messages by role. None if the schema does not define them.
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
        """Return the reasons why a message of the first model, or its parts, are invalid.

        The upstream refuses to read a whole session if one part is invalid (measured with opencode 1.18.34).
        """
        reasons = []
        # As in an export: with the ids that a database has in columns.
        ids = {"sessionID": session_id, "messageID": message.id}
        if self._messages is not None and message.data is not None:
            role = message.data.get("role")
            validator = self._messages.get(role) if isinstance(role, str) else None
            if validator is None:
                reasons.append("message: unknown role")
            elif error := validator.error({**message.data, "id": message.id, "sessionID": session_id}):
                reasons.append(f"{role} message: {error}")
        for part in message.parts:
            if self._parts is None or part.data is None:
                continue
            validator = self._parts.get(part.type)
            if validator is None:
                reasons.append(f"part of unknown type {part.type}")
            elif error := validator.error({**part.data, "id": part.id, **ids}):
                reasons.append(f"{part.type} part: {error}")
        return reasons


class Acceptance:
    """The validators of `Generation.accepts`: what the upstream's reader skips, because the data is invalid for it."""

    def __init__(self, generation: Generation) -> None:
        """Compile the validators. Raises `ReplayError`."""
        self._accepts = generation.accepts
        self._messages, self._parts = _accepted(generation)

    def refuse_invalid(self, message: Message) -> None:
        """Set `refused` of a message and of its parts if the upstream skips them.

        A message or part of an unknown type has no rule, so that its loss has another reason.
        """
        if self._accepts is None or message.data is None:
            return
        role = message.data.get("role")
        validator = self._messages.get(role) if type(role) is str else None
        if validator is not None and (error := validator.error(message.data)):
            message.refused = f"{self._accepts.message} ({error})."
        for part in message.parts:
            if part.data is None:
                continue
            validator = self._parts.get(part.type)
            if part.is_foreign:
                part.refused = self._accepts.foreign
            elif validator is not None and (error := validator.error(part.data)):
                part.refused = f"{self._accepts.part} ({error})."


# Validators have no state: all sources share them.
@lru_cache(8)
def _accepted(generation: Generation) -> tuple[Mapping[str, Validator], Mapping[str, Validator]]:
    """Return the validators of messages by role and of parts by type; none if everything is accepted."""
    if generation.accepts is None:
        return {}, {}
    document = encode({"components": {"schemas": generation.accepts.schemas}})
    schema = OpenApiSchema(document, f"The mapping {generation.name!r}")
    return schema.variants("Message", "role") or {}, schema.variants("Part", "type") or {}


def defines_events(schema: OpenApiSchema, generation: Generation) -> bool:
    """Return whether a schema defines at least half of the events that the rules of a generation emit."""
    emitted, defined = emitted_types(generation), schema.event_types()
    prefix = generation.events.prefix
    known = [
        event_type
        for event_type in emitted
        # In some documents, the type has the version of the event.
        if any(f"{prefix}{event_type}{version}" in defined for version in ("", ".1", ".2", ".3"))
    ]
    return 2 * len(known) >= len(emitted)
