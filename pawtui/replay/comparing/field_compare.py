"""Compare an original with what was read back, field by field, and find the reason for each difference."""

from collections.abc import Mapping
from typing import Any

from pawtui.replay.mapping.generation import FieldStatement, FieldStatements
from pawtui.replay.mapping.mapping_context import MISSING
from pawtui.replay.reading.session_types import Json
from pawtui.replay.results.totals import Difference, DifferenceKind, Weight

# The step into any element of a list.
ANY = "*"
_UNSTATED: Mapping[DifferenceKind, str] = {
    "lost": "The mapping has no place for this field.",
    "changed": "The value that is read back differs, and the mapping has no reason for it.",
    "added": "The original has no such field, and the mapping has no reason for it.",
}

# The statements about one field by kind, and those of a rule by kind and path.
_Statements = Mapping[DifferenceKind, FieldStatement]
_StatementsByPath = Mapping[DifferenceKind, Mapping[str, FieldStatement]]


class _FieldNode:
    """A field and the statements about it. Fields form a tree, so that each path is resolved once."""

    __slots__ = ("children", "differences", "path", "statements")

    def __init__(self, path: str, inherited: _Statements, by_path: _StatementsByPath) -> None:
        self.path = path
        # The statements about this field, or about the nearest field above it.
        own = {kind: table[path] for kind, table in by_path.items() if path in table}
        self.statements: _Statements = own or inherited
        self.children: dict[str, _FieldNode] = {}
        self.differences: dict[DifferenceKind, Difference] = {}

    def difference(self, kind: DifferenceKind) -> Difference:
        """Return the difference of this field. It is created once."""
        if kind not in self.differences:
            self.differences[kind] = self._explain(kind)
        return self.differences[kind]

    def _explain(self, kind: DifferenceKind) -> Difference:
        # The statement decides: a field with a statement in `lost` is lost, even if another value is read back, and a
        # field with a statement in `changed` is changed, even if no value is read back.
        kinds: tuple[DifferenceKind, ...] = ("lost", "changed") if kind == "lost" else ("changed", "lost")
        for stated_kind in kinds:
            if statement := self.statements.get(stated_kind):
                found: DifferenceKind = kind if kind == "added" else stated_kind
                return Difference(found, self.path, statement.reason, statement.weight, statement.semantics)
        return Difference(kind, self.path, _UNSTATED[kind], stated=False)


class FieldComparer:
    """Compares the originals of one rule with what was read back, and explains each difference."""

    def __init__(self, lost: FieldStatements, changed: FieldStatements) -> None:
        self._by_path: _StatementsByPath = {
            "lost": {path: _statement(value, "detail") for path, value in lost.items()},
            "changed": {path: _statement(value, "content") for path, value in changed.items()},
        }
        self._root = _FieldNode("", {}, self._by_path)

    def compare(self, original: Json, back: Json) -> list[Difference]:
        """Return the differences, one for each field."""
        found: list[Difference] = []
        if original != back:
            self._compare_objects(original, back, self._root, found)
        return found

    def explain(self, kind: DifferenceKind, path: str) -> Difference:
        """Return the difference of the field at a dotted path."""
        field = self._root
        for step in path.split("."):
            field = self._child(field, step)
        return field.difference(kind)

    def _child(self, field: _FieldNode, step: str) -> _FieldNode:
        child = field.children.get(step)
        if child is None:
            path = f"{field.path}.{step}" if field.path else step
            child = field.children[step] = _FieldNode(path, field.statements, self._by_path)
        return child

    def _compare_objects(self, original: Json, back: Json, field: _FieldNode, found: list[Difference]) -> None:
        """Add the differences of two objects that differ."""
        for key, value in original.items():
            other = back.get(key, MISSING)
            if value == other:
                continue
            child = field.children.get(key) or self._child(field, key)
            if other is MISSING:
                found.append(child.difference("lost"))
            else:
                self._compare_values(value, other, child, found)
        if not back.keys() <= original.keys():
            found += [self._child(field, key).difference("added") for key in back if key not in original]

    def _compare_values(self, value: Any, other: Any, field: _FieldNode, found: list[Difference]) -> None:
        """Add the differences of two values that differ."""
        if type(value) is dict and type(other) is dict:
            self._compare_objects(value, other, field, found)
        elif type(value) is list and type(other) is list and len(value) == len(other):
            in_elements: list[Difference] = []
            element = self._child(field, ANY)
            for first, second in zip(value, other, strict=True):
                if first != second:
                    self._compare_values(first, second, element, in_elements)
            # Several elements that differ in the same field are one difference.
            found += dict.fromkeys(in_elements)
        else:
            found.append(field.difference("changed"))


def _statement(value: str | FieldStatement, weight: Weight) -> FieldStatement:
    return FieldStatement(reason=value, weight=weight) if isinstance(value, str) else value
