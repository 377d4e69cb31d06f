"""Hold the events of a mapping, and the parts that they are made from, against the upstream's schema."""

from __future__ import annotations

from pawtui.replay.exporting import exported_part
from pawtui.replay.generation import Generation
from pawtui.replay.model import Json, Message
from pawtui.replay.schema import Schema, Validator

UNKNOWN_EVENT = "The schema does not define this event."


class SchemaCheck:
    """The validators that one generation needs."""

    def __init__(self, generation: Generation, schema: Schema) -> None:
        """Look the events up. Raises `SchemaError`."""
        self.schema = schema
        self._prefix = generation.events.prefix
        self._versions = generation.events.versions
        self._validators: dict[str, Validator | None] = {}
        self._parts = schema.variants(generation.documents.get("part", ""), "type")
        self._messages = schema.variants(generation.documents.get("message", ""), "role")

    def event_error(self, kind: str, data: Json) -> str:
        """Return why an event is refused, or nothing."""
        try:
            validator = self._validators[kind]
        except KeyError:
            version = self._versions.get(kind, 1)
            validator = self._validators[kind] = self.schema.event_validator(self._prefix + kind, version)
        if validator is None:
            return UNKNOWN_EVENT
        return "" if validator.accepts(data) else validator.error(data)

    def refused(self, session_id: str, message: Message) -> list[str]:
        """Return why the upstream would refuse to read a message of the first model, a reason for each part or field.

        One refused part makes the upstream refuse its whole session (measured: 1.18.34).
        """
        found = []
        if self._messages is not None and message.data is not None:
            role = message.data.get("role")
            validator = self._messages.get(role) if isinstance(role, str) else None
            info = {**message.data, "id": message.id, "sessionID": session_id}
            if validator is None:
                found.append("message: unknown role")
            elif not validator.accepts(info):
                found.append(f"{role} message: {validator.error(info)}")
        for part in message.parts if self._parts is not None else ():
            if part.data is None:
                continue
            validator = self._parts.get(part.type) if self._parts is not None else None
            if validator is None:
                found.append(f"part of unknown type {part.type}")
                continue
            exported = exported_part(session_id, message.id, part.id, part.data)
            if not validator.accepts(exported):
                found.append(f"{part.type} part: {validator.error(exported)}")
        return found


def fits(generation: Generation, schema: Schema) -> bool:
    """Return whether a schema defines the events of a generation: at least half of those that its rules emit."""
    kinds = {event.type for rule in generation.messages for event in (*rule.begin, *rule.end)}
    kinds |= {event.type for part in generation.rules for event in part.events}
    defined = schema.event_types()
    prefix = generation.events.prefix
    known = sum(prefix + kind in defined or any(f"{prefix}{kind}.{n}" in defined for n in (1, 2, 3)) for kind in kinds)
    return known * 2 >= len(kinds)
