"""Find the reason why the mapping has no rule for a part, and the semantics of such a part."""

import re
from fnmatch import fnmatchcase

from pawtui.replay.mapping.codegen import MISSING
from pawtui.replay.mapping.expressions import subject_field
from pawtui.replay.mapping.mapper import MappedMessage, Mapper
from pawtui.replay.reading.session_types import Json
from pawtui.replay.results.totals import DEFAULT_SEMANTICS

# Other values can be the content of a session, which is private.
_NAME = re.compile(r"[\w.-]{1,40}")


class UnmappedReasons:
    """The reasons and semantics for the mapping of one generation."""

    def __init__(self, mapper: Mapper) -> None:
        self._mapper = mapper
        generation = mapper.generation
        self._handled = {subtype for rule in generation.rules for subtype in rule.subtypes} - {"*"}
        # By type of part: the semantics with the name of the type, otherwise that of a rule for only this subtype.
        self._semantics = {rule.subtypes[0]: rule.semantics for rule in generation.rules if len(rule.subtypes) == 1}
        self._semantics |= {name: name for name in generation.semantics}
        # By type: the field that decides the subtype.
        self._deciding: dict[str, str] = {}
        for subtype in generation.subtypes:
            if subtype.when:
                self._deciding.setdefault(subtype.type, next(iter(subtype.when)))

    def semantics(self, part_type: str) -> str:
        """Return the semantics of a part of this type that no rule applies to."""
        return self._semantics.get(part_type, DEFAULT_SEMANTICS)

    def find(self, data: Json, mapped: MappedMessage) -> str:
        """Return the reason for a part with this data in a mapped message."""
        part_type = data.get("type")
        if part_type is None or part_type == "":
            return "It has no type."
        if not isinstance(part_type, str):
            return "Its type is not a text."
        subtype = self._mapper.subtype(data)
        if any(fnmatchcase(subtype, pattern) for pattern in self._handled):
            if mapped.rule is None:
                return "The mapping has no rule for its message."
            return f"The mapping has no rule for this type of part in a message of the rule {mapped.rule.name!r}."
        if part_type not in self._deciding:
            return "The mapping has no rule for this type of part."
        return _unknown_state(self._deciding[part_type], data)


def _unknown_state(field: str, data: Json) -> str:
    """Return the reason for a part of a known type whose field `field` has no known value."""
    value = subject_field(field)(data, None)
    if value is MISSING or value is None:
        return f"It has no field `{field}`."
    if isinstance(value, str) and _NAME.fullmatch(value):
        return f"The mapping has no rule for the value `{value}` of the field `{field}`."
    return f"The mapping has no rule for the value of the field `{field}`."
