"""Find the messages and parts that the upstream's reader skips, because their data is invalid for it."""

from collections.abc import Mapping

from pawtui.replay.checking.openapi_schema import OpenApiSchema, Validator
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.reading.decode import encode
from pawtui.replay.reading.session_types import Message


class Acceptance:
    """The validators of `Generation.accepts`."""

    def __init__(self, generation: Generation) -> None:
        """Compile the validators. Raises `SchemaError`."""
        self._accepts = generation.accepts
        self._messages: Mapping[str, Validator] = {}
        self._parts: Mapping[str, Validator] = {}
        if self._accepts is not None:
            document = encode({"components": {"schemas": self._accepts.schemas}})
            schema = OpenApiSchema(document, f"The mapping {generation.name!r}")
            self._messages = schema.variants("Message", "role") or {}
            self._parts = schema.variants("Part", "type") or {}

    def refuse_invalid(self, message: Message) -> bool:
        """Set `refused` of a message and of its parts if the upstream skips them. Return whether it skips any.

        A message or part of an unknown type has no rule, so that its loss has another reason.
        """
        if self._accepts is None or message.data is None:
            return bool(message.refused)
        role = message.data.get("role")
        validator = self._messages.get(role) if type(role) is str else None
        if validator is not None and (error := validator.error(message.data)):
            message.refused = f"{self._accepts.message} ({error})."
        is_refused = bool(message.refused)
        for part in message.parts:
            data = part.data
            if data is None:
                continue
            if part.is_foreign:
                part.refused = self._accepts.foreign
                is_refused = True
                continue
            part_type = data.get("type")
            validator = self._parts.get(part_type) if type(part_type) is str else None
            if validator is not None and (error := validator.error(data)):
                part.refused = f"{self._accepts.part} ({error})."
                is_refused = True
        return is_refused
