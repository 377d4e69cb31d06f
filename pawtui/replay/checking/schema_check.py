"""Validate messages, and the events that are mapped from them, with the upstream's schema and that of its reader."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from pawtui.replay.checking.openapi_schema import OpenApiSchema, Validator, new_registry
from pawtui.replay.mapping.generation import AcceptedData, Generation, emitted_types
from pawtui.replay.reading.session_types import Json, Message, Session

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

    def check(self, session: Session) -> Iterator[Message]:
        """Yield the messages of a session, with the data that the upstream's reader adds to them.

        Sets `refused` of a message and of its parts if the upstream skips them. A message or part of an unknown type
        has no rule, so that its loss has another reason.
        """
        previous_user = ""
        for message, reply in _with_replies(session.messages()):
            if self._accepts is not None and message.data is not None:
                role = message.role
                data = message.data
                if role == "user":
                    data = _with_model(data, reply, session.info)
                    previous_user = message.id
                elif role == "assistant" and data.get("parentID") is None and previous_user:
                    # Also for the mapping: the reply can be the summary of a compaction.
                    data = message.data = {**data, "parentID": previous_user}
                self._refuse(message, data, self._accepts)
            message.refused = message.refused or session.refused
            yield message

    def _refuse(self, message: Message, data: Json, accepts: AcceptedData) -> None:
        validator = self._messages.get(message.role)
        if validator is not None and (error := validator.error(data)):
            message.refused = f"{accepts.message} ({error})."
        for part in message.parts:
            if part.data is None:
                continue
            validator = self._parts.get(part.type)
            if part.is_foreign:
                part.refused = accepts.foreign
            elif validator is not None and (error := validator.error(part.data)):
                part.refused = f"{accepts.part} ({error})."


def _with_replies(messages: Iterable[Message]) -> Iterator[tuple[Message, Json]]:
    """Yield each message with the data of the next reply, or of the last one if no reply follows."""
    reply: Json = {}
    waiting: list[Message] = []
    for message in messages:
        waiting.append(message)
        if message.role == "assistant" and message.data is not None:
            reply = message.data
            yield from ((each, reply) for each in waiting)
            waiting.clear()
    yield from ((each, reply) for each in waiting)


def _with_model(data: Json, reply: Json, session: Json) -> Json:
    """Return the data of a user message, with the model of the reply or of the session if it has no model."""
    if data.get("model") is not None:
        return data
    own = session.get("model")
    own = own if isinstance(own, dict) else {}
    for provider, model in ((reply.get("providerID"), reply.get("modelID")), (own.get("providerID"), own.get("id"))):
        if isinstance(provider, str) and isinstance(model, str):
            return {**data, "model": {"providerID": provider, "modelID": model}}
    return data


# Validators have no state: all sources share them.
@lru_cache(8)
def _accepted(generation: Generation) -> tuple[Mapping[str, Validator], Mapping[str, Validator]]:
    """Return the validators of messages by role and of parts by type; none if everything is accepted."""
    if generation.accepts is None:
        return {}, {}
    accepts = generation.accepts
    registry = new_registry("v1:", accepts.schemas)
    messages, parts = (
        {name: Validator(schema, registry) for name, schema in schemas.items()}
        for schemas in (accepts.messages, accepts.parts)
    )
    return messages, parts


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
