"""Compare what was read back with the original, field by field, and find the mapping's reason for each difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from pawtui.replay.generation import Statement, Statements
from pawtui.replay.model import Json

Kind = Literal["lost", "changed", "added"]
Weight = Literal["content", "detail"]
Path = tuple[str, ...]

# The field of a loss that concerns all of a part or a message.
WHOLE = ""
_UNSTATED: Mapping[Kind, str] = {
    "lost": "The mapping names no place for this field.",
    "changed": "The value that is read back differs, and the mapping does not say why.",
    "added": "The original has no such field, and the mapping does not say where it is from.",
}
_ABSENT = object()


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


class Explainer:
    """Compares originals of one rule with what was read back."""

    def __init__(self, lost: Statements, changed: Statements) -> None:
        self._tables: dict[Kind, dict[str, Statement]] = {
            "lost": {path: _statement(value, "detail") for path, value in lost.items()},
            "changed": {path: _statement(value, "content") for path, value in changed.items()},
        }
        # Most differences are fields that a statement calls lost: they are looked for first, without walking the rest.
        simple = [tuple(path.split(".")) for path in lost if path and "*" not in path]
        self._simple = tuple(sorted(simple, key=len, reverse=True))
        steps = [tuple(path.split(".")) for path in (*lost, *changed)]
        # Paths below which there are statements: there a missing table is looked into.
        self._inner = frozenset(path[:size] for path in steps for size in range(1, len(path)))
        self._known: dict[tuple[Kind, str], Difference] = {}

    def compare(self, original: Json, back: Json) -> list[Difference]:
        """Return the differences, each field once. Takes fields out of `original`."""
        if original == back:
            return []
        found = [
            self.explain("lost", ".".join(path))
            for path in self._simple
            if _lacks(back, path) and _take(original, path, back)
        ]
        if original != back:
            walked = dict.fromkeys(_differences(original, back, (), self._inner))
            found += [self.explain(kind, path) for kind, path in walked]
        return found

    def explain(self, kind: Kind, path: str) -> Difference:
        """Return the difference at a path with its reason: the statement of the path itself or of one above it."""
        known = self._known.get((kind, path))
        if known is None:
            known = self._known[kind, path] = self._explained(kind, path)
        return known

    def _explained(self, kind: Kind, path: str) -> Difference:
        # What a statement calls lost is lost also where something else is in its place, and the other way round.
        kinds: tuple[Kind, ...] = ("lost", "changed") if kind == "lost" else ("changed", "lost")
        steps = path.split(".")
        for size in range(len(steps), 0, -1):
            above = ".".join(steps[:size])
            for stated in kinds:
                if statement := self._tables[stated].get(above):
                    as_kind = kind if kind == "added" else stated
                    return Difference(as_kind, path, statement.reason, statement.weight, statement.means)
        return Difference(kind, path, _UNSTATED[kind], stated=False)


def _statement(value: str | Statement, weight: Weight) -> Statement:
    return Statement(reason=value, weight=weight) if isinstance(value, str) else value


def _lacks(back: Any, path: Path) -> bool:
    for step in path:
        if type(back) is not dict or step not in back:
            return True
        back = back[step]
    return False


def _take(original: Any, path: Path, back: Any) -> bool:
    """Take a field out and return whether it was there. A table that is left empty goes too, where `back` has none."""
    if len(path) == 1:
        return original.pop(path[0], _ABSENT) is not _ABSENT
    inner = original.get(path[0])
    if type(inner) is not dict:
        return False
    inner_back = back.get(path[0], _ABSENT) if type(back) is dict else _ABSENT
    taken = _take(inner, path[1:], inner_back)
    if taken and not inner and inner_back is _ABSENT:
        del original[path[0]]
    return taken


def _differences(original: Any, back: Any, path: Path, inner: frozenset[Path]) -> Iterator[tuple[Kind, str]]:
    if isinstance(original, dict) and isinstance(back, dict):
        for key, value in original.items():
            below = (*path, key)
            if key in back:
                if value != back[key]:
                    yield from _differences(value, back[key], below, inner)
            elif below in inner and isinstance(value, dict) and value:
                yield from _differences(value, {}, below, inner)
            elif below in inner and isinstance(value, list) and value:
                yield from _differences(value, [{}] * len(value), below, inner)
            else:
                yield "lost", ".".join(below)
        for key in back:
            if key not in original:
                yield "added", ".".join((*path, key))
    elif isinstance(original, list) and isinstance(back, list) and len(original) == len(back):
        for value, other in zip(original, back, strict=True):
            if value != other:
                yield from _differences(value, other, (*path, "*"), inner)
    else:
        yield "changed", ".".join(path)
