"""Compare what was read back with the original, field by field, and find the mapping's reason for each difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pawtui.replay.generation import Statement, Statements
from pawtui.replay.model import Json

Kind = Literal["lost", "changed", "added"]
Weight = Literal["content", "detail"]

# The field of a loss that concerns all of a part or a message.
WHOLE = ""
# The step into a list, whichever element it is.
ANY = "*"
_UNSTATED: Mapping[Kind, str] = {
    "lost": "The mapping names no place for this field.",
    "changed": "The value that is read back differs, and the mapping does not say why.",
    "added": "The original has no such field, and the mapping does not say where it is from.",
}


class Difference(NamedTuple):
    """One field that differs.

    `field` is its dotted path, with `*` for places in lists; empty for the whole. `stated` says whether the mapping
    gives the reason; `means` is the semantics that its statement names, if any.
    """

    kind: Kind
    field: str
    reason: str
    weight: Weight = "content"
    means: str = ""
    stated: bool = True


class _Field:
    """A field by its path, with what is said of it: looked up once, then found again by its steps."""

    __slots__ = ("below", "differences", "inner", "path", "stated")

    def __init__(
        self, path: str, above: Mapping[Kind, Statement], tables: Mapping[Kind, Mapping[str, Statement]]
    ) -> None:
        self.path = path
        # Statements about this field, or else about the nearest one above it.
        own = {kind: table[path] for kind, table in tables.items() if path in table}
        self.stated: Mapping[Kind, Statement] = own or above
        # Whether there are statements about fields below: then a missing table is looked into.
        self.inner = any(name.startswith(f"{path}.") for table in tables.values() for name in table) if path else True
        self.below: dict[str, _Field] = {}
        self.differences: dict[Kind, Difference] = {}

    def difference(self, kind: Kind) -> Difference:
        """Return the difference of this field, the same one each time."""
        found = self.differences.get(kind)
        if found is None:
            found = self.differences[kind] = self._explained(kind)
        return found

    def _explained(self, kind: Kind) -> Difference:
        # What a statement calls lost is lost also where something else is in its place, and the other way round.
        kinds: tuple[Kind, ...] = ("lost", "changed") if kind == "lost" else ("changed", "lost")
        for stated in kinds:
            statement = self.stated.get(stated)
            if statement is not None:
                as_kind = kind if kind == "added" else stated
                return Difference(as_kind, self.path, statement.reason, statement.weight, statement.means)
        return Difference(kind, self.path, _UNSTATED[kind], stated=False)


class Explainer:
    """Compares originals of one rule with what was read back."""

    def __init__(self, lost: Statements, changed: Statements) -> None:
        self._tables: dict[Kind, dict[str, Statement]] = {
            "lost": {path: _statement(value, "detail") for path, value in lost.items()},
            "changed": {path: _statement(value, "content") for path, value in changed.items()},
        }
        self._root = _Field("", {}, self._tables)

    def compare(self, original: Json, back: Json) -> list[Difference]:
        """Return the differences, each field once."""
        found: list[Difference] = []
        if original != back:
            self._walk(original, back, self._root, found)
        return found

    def explain(self, kind: Kind, path: str) -> Difference:
        """Return the difference of a field, given by its dotted path."""
        field = self._root
        for step in path.split("."):
            field = self._step(field, step)
        return field.difference(kind)

    def _step(self, field: _Field, step: str) -> _Field:
        below = field.below.get(step)
        if below is None:
            path = f"{field.path}.{step}" if field.path else step
            below = field.below[step] = _Field(path, field.stated, self._tables)
        return below

    def _walk(self, original: Json, back: Json, field: _Field, found: list[Difference]) -> None:
        """Walk two tables that differ."""
        below = field.below
        common = 0
        for key, value in original.items():
            if key in back:
                common += 1
                other = back[key]
                if value != other:
                    self._values(value, other, below.get(key) or self._step(field, key), found)
                continue
            inner = below.get(key) or self._step(field, key)
            if inner.inner and value and type(value) is dict:
                self._walk(value, {}, inner, found)
            elif inner.inner and value and type(value) is list:
                self._values(value, [{}] * len(value), inner, found)
            else:
                found.append(inner.difference("lost"))
        if common != len(back):
            found += [self._step(field, key).difference("added") for key in back if key not in original]

    def _values(self, value: Any, other: Any, field: _Field, found: list[Difference]) -> None:
        """Walk two values that differ."""
        if type(value) is dict and type(other) is dict:
            self._walk(value, other, field, found)
        elif type(value) is list and type(other) is list and len(value) == len(other):
            each: list[Difference] = []
            element = self._step(field, ANY)
            for one, two in zip(value, other, strict=True):
                if one != two:
                    self._values(one, two, element, each)
            # Several elements that differ in the same field are one difference.
            found += dict.fromkeys(each)
        else:
            found.append(field.difference("changed"))


def _statement(value: str | Statement, weight: Weight) -> Statement:
    return Statement(reason=value, weight=weight) if isinstance(value, str) else value
