"""Validate events, and the messages that they are made of, against the upstream's schema."""

from __future__ import annotations

from pawtui.replay.export_file import exported_message, exported_part
from pawtui.replay.generation import Generation, emitted_types
from pawtui.replay.schema import Schema, Validator
from pawtui.replay.session_types import Json, Message

UNKNOWN_EVENT = "The schema does not define this event."


class SchemaCheck:
    """The validators that one generation needs."""

    def __init__(self, generation: Generation, schema: Schema) -> None:
        """Compile the validators. Raises `SchemaError`."""
        self.schema = schema
        self._prefix = generation.events.prefix
        self._versions = generation.events.versions
        self._validators: dict[str, Validator | None] = {}
        self._parts = schema.variants(generation.documents.get("part", ""), "type")
        self._messages = schema.variants(generation.documents.get("message", ""), "role")

    def event_error(self, kind: str, data: Json) -> str:
        """Return the reason why an event is invalid, or nothing."""
        try:
            validator = self._validators[kind]
        except KeyError:
            version = self._versions.get(kind, 1)
            validator = self._validators[kind] = self.schema.event_validator(self._prefix + kind, version)
        if validator is None:
            return UNKNOWN_EVENT
        return "" if validator.accepts(data) else validator.error(data)

    def refused(self, session_id: str, message: Message) -> list[str]:
        """Return the reasons why a message of the first model, or its parts, are invalid.

        The upstream refuses to read a whole session if one part is invalid (measured: 1.18.34).
        """
        reasons = []
        if self._messages is not None and message.data is not None:
            role = message.data.get("role")
            validator = self._messages.get(role) if isinstance(role, str) else None
            info = exported_message(session_id, message.id, message.data)
            if validator is None:
                reasons.append("message: unknown role")
            elif not validator.accepts(info):
                reasons.append(f"{role} message: {validator.error(info)}")
        for part in message.parts if self._parts is not None else ():
            if part.data is None:
                continue
            validator = self._parts.get(part.type) if self._parts is not None else None
            if validator is None:
                reasons.append(f"part of unknown type {part.type}")
                continue
            exported = exported_part(session_id, message.id, part.id, part.data)
            if not validator.accepts(exported):
                reasons.append(f"{part.type} part: {validator.error(exported)}")
        return reasons


def fits(generation: Generation, schema: Schema) -> bool:
    """Return whether a schema defines at least half of the events that the rules of a generation emit."""
    kinds = emitted_types(generation)
    defined = schema.event_types()
    prefix = generation.events.prefix
    known = sum(prefix + kind in defined or any(f"{prefix}{kind}.{n}" in defined for n in (1, 2, 3)) for kind in kinds)
    return known * 2 >= len(kinds)
