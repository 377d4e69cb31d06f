"""The importer of the upstream: the sessions that it does not import, and the messages and parts that it skips."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from pawtui.replay.checking.openapi_schema import Validator, new_registry, schema_errors
from pawtui.replay.mapping.generation import AcceptedData, Generation
from pawtui.replay.reading.db_tables import as_text, quote
from pawtui.replay.reading.decode import decode_column
from pawtui.replay.reading.session_types import Json, Message, Session
from pawtui.replay.reading.v1_database import V1Database

NOT_IMPORTED = "The upstream's import runs once, and ended without this session."


def sessions_not_imported(database: V1Database, generation: Generation) -> frozenset[str]:
    """Return the ids of the sessions that are missing in the upstream's table although its import has ended.

    The importer runs once for each database. It stores its state under `session.import_key` in the table `kv`.
    """
    table, key = generation.upstream.session_table, generation.session.import_key
    try:
        row = database.connection.execute("SELECT value FROM kv WHERE key = ?", (key,)).fetchone()
        state, _ = decode_column(row[0] if row is not None else None)
        if state is None or state.get("phase") != "completed":
            return frozenset()
        rows = database.connection.execute(
            f"SELECT id FROM session WHERE id NOT IN (SELECT id FROM {quote(table)} WHERE id IS NOT NULL)"  # noqa: S608
        )
        return frozenset(as_text(session_id) for (session_id,) in rows)
    except sqlite3.Error:
        # One of the tables does not exist. If the table of sessions is damaged, the replay reports it.
        return frozenset()


class UpstreamReader:
    """Reads sessions as the upstream does: data that is invalid for it is skipped (`Generation.accepts`)."""

    def __init__(self, generation: Generation) -> None:
        """Compile the validators. Raises `ReplayError`."""
        self._accepts = generation.accepts
        self._message_validators, self._part_validators = _validators(generation)

    def messages(self, session: Session) -> Iterator[Message]:
        """Yield the messages of a session, with the data that the upstream's reader adds to them.

        Sets `skip_reason` of a message and of its parts if the upstream skips them. What has no schema (`AcceptedData`)
        is not skipped here: no rule carries it, so that its loss has another reason.
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
                self._set_skip_reasons(message, data, self._accepts)
            message.skip_reason = message.skip_reason or session.skip_reason
            yield message

    def _set_skip_reasons(self, message: Message, data: Json, accepts: AcceptedData) -> None:
        validator = self._message_validators.get(message.role)
        if validator is not None and (error := validator.error(data)):
            message.skip_reason = f"{accepts.message} ({error})."
        for part in message.parts:
            if part.data is None:
                continue
            validator = self._part_validators.get(part.type)
            if part.is_foreign:
                part.skip_reason = accepts.foreign
            elif validator is not None and (error := validator.error(part.data)):
                part.skip_reason = f"{accepts.part} ({error})."


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
def _validators(generation: Generation) -> tuple[Mapping[str, Validator], Mapping[str, Validator]]:
    """Return the validators of messages by role and of parts by type; none if everything is accepted."""
    accepts = generation.accepts
    if accepts is None:
        return {}, {}
    with schema_errors(f"The mapping {generation.name!r} is wrong at accepts", "Correct it."):
        registry = new_registry("v1:", accepts.schemas)
        messages = {role: Validator(schema, registry) for role, schema in accepts.messages.items()}
        parts = {part_type: Validator(schema, registry) for part_type, schema in accepts.parts.items()}
    return messages, parts
