"""Find the reason why the mapping has no rule for a part, and the semantics of such a part."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from pawtui.replay.codegen import MISSING
from pawtui.replay.expressions import subject_field
from pawtui.replay.mapping import MappedMessage, Mapper
from pawtui.replay.session_types import Json
from pawtui.replay.totals import REST

_NO_TYPE = "It has no type."
_TYPE_IS_NOT_TEXT = "Its type is not a text."
_NO_RULE = "The mapping has no rule for this type of part."
_NO_MESSAGE_RULE = "The mapping has no rule for its message."
# Other values can be the content of a session, which is private.
_NAME = re.compile(r"[\w.-]{1,40}")
_EVERY = "*"


class UnmappedReasons:
    """The reasons and semantics for the mapping of one generation."""

    def __init__(self, mapper: Mapper) -> None:
        self._mapper = mapper
        generation = mapper.generation
        self._handled = {subtype for rule in generation.rules for subtype in rule.subtypes} - {_EVERY}
        # By type: its own semantics, or that of the rule for exactly this type.
        self._semantics = {rule.subtypes[0]: rule.semantics for rule in generation.rules if len(rule.subtypes) == 1}
        self._semantics |= {name: name for name in generation.semantics}
        # By type that has subtypes: the field that decides the subtype.
        self._deciding: dict[str, str] = {}
        for subtype in generation.subtypes:
            if subtype.when:
                self._deciding.setdefault(subtype.type, next(iter(subtype.when)))

    def semantics(self, kind: str) -> str:
        """Return the semantics of a part of this type that no rule applies to."""
        return self._semantics.get(kind, REST)

    def find(self, data: Json, mapped: MappedMessage) -> str:
        """Return the reason for a part with this data in a mapped message."""
        kind = data.get("type")
        if kind is None or kind == "":
            return _NO_TYPE
        if not isinstance(kind, str):
            return _TYPE_IS_NOT_TEXT
        if self._is_handled(self._mapper.subtype(data)):
            if mapped.rule is None:
                return _NO_MESSAGE_RULE
            return f"The mapping has no rule for this type of part in a message of the rule {mapped.rule.name!r}."
        field = self._deciding.get(kind)
        return _NO_RULE if field is None else _unknown_state(field, data)

    def _is_handled(self, subtype: str) -> bool:
        return any(fnmatchcase(subtype, pattern) for pattern in self._handled)


def _unknown_state(field: str, data: Json) -> str:
    """Return the reason for a part of a known type whose field `field` has no known value."""
    value = subject_field(field)(data, None)
    if value is MISSING or value is None:
        return f"It has no field `{field}`."
    if isinstance(value, str) and _NAME.fullmatch(value):
        return f"The mapping has no rule for the value `{value}` of the field `{field}`."
    return f"The mapping has no rule for the value of the field `{field}`."
