"""The difference of one field."""

from __future__ import annotations

from typing import Literal, NamedTuple

DifferenceKind = Literal["lost", "changed", "added"]
Weight = Literal["content", "detail"]

# The field of a difference that concerns a whole part or message.
WHOLE = ""


class Difference(NamedTuple):
    """A difference of one field.

    `field` is the dotted path, with `*` for elements of lists; it is empty for a whole part or message. `stated` is
    true if the mapping has the reason. `semantics` is that of the statement, if it names one. `of` adds the `type` of
    the part and its semantics.
    """

    kind: DifferenceKind
    field: str
    reason: str
    weight: Weight = "content"
    semantics: str = ""
    stated: bool = True
    type: str = ""

    @property
    def is_whole_loss(self) -> bool:
        """Whether a whole part or message is lost, not only a field."""
        return self.kind == "lost" and self.field == WHOLE

    def of(self, part_type: str, semantics: str) -> Difference:
        """Return the difference with this type and semantics; outside parts, the type is the name of what differs."""
        kind, field, reason, weight, own, stated, _ = self
        return Difference(kind, field, reason, weight, own or semantics, stated, part_type)
