"""Validate messages, and the events that are mapped from them, with the upstream's schema."""

from pawtui.replay.checking.openapi_schema import OpenApiSchema, Validator
from pawtui.replay.mapping.generation import Generation, emitted_types
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
