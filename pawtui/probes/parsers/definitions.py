"""The stored definitions in JavaScript or TypeScript text: `name@version`, and the names of the fields.

Object literals, local constants and spreads are read. The tracker describes the form of definitions (`Contract`).
Ambiguous text raises `Unmeasurable`, or is recorded as `opaque` if it only hides fields. Definitions that are not
stored are ignored.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import regex

from pawtui.probes.parsers.script import Script, line_of, plain_string, span, walk_tree, without_type
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.tracker.probe_types import Contract

if TYPE_CHECKING:
    from tree_sitter import Node

# A key inside a value.
_INNER_KEY = regex.compile(r"[{,]\s*[\"']?([A-Za-z_$][\w$]*)[\"']?\s*:(?!:)")
_NAMES = ("identifier", "shorthand_property_identifier")
_KEYS = ("property_identifier", "number")
# The longest chain of objects of which each spreads the next.
_MAX_SPREADS = 100


class Definition(NamedTuple):
    """One stored definition: its fields with their values as text. `opaque` are the parts that are not in this text.

    `required` are the fields that data must have, if the contract tells them from the others.
    """

    line: int
    fields: Mapping[str, str] = {}
    opaque: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()


class Changes(NamedTuple):
    """The names (`name@version` or `name@version.field`) that were removed, added, or perhaps changed.

    A key inside a field's value that is no longer there is perhaps changed: it may be in another definition now.
    `other_values` are fields whose names are the same and whose values, such as types, are not. `required` are the
    added fields that data must have.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    unsure: tuple[str, ...]
    other_values: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


def read_definitions(text: str, contract: Contract, path: str = "", timeout: float = 1.0) -> dict[str, Definition]:
    """Return every stored definition of the text of the file `path`, by `name@version`.

    Raises `Unmeasurable`, and `TimeoutError` after `timeout` seconds.
    """
    return _Definitions(text, contract, path, timeout).read()


def compare_definitions(old: Mapping[str, Definition], new: Mapping[str, Definition]) -> Changes:
    """Return the changes from the old definitions to the new ones."""
    removed = [key for key in old if key not in new]
    added = [key for key in new if key not in old]
    unsure = []
    other_values = []
    required = []
    for key in old.keys() & new.keys():
        before, after = old[key], new[key]
        gone = sorted(before.fields.keys() - after.fields.keys())
        if before.opaque - after.opaque or (gone and after.opaque):
            # A field may have moved to a part that is not in the text.
            unsure.append(key)
        else:
            removed += [f"{key}.{field}" for field in gone]
        more = sorted(after.fields.keys() - before.fields.keys())
        added += [f"{key}.{field}" for field in more]
        required += [f"{key}.{field}" for field in more if field in after.required]
        changed = [field for field, value in before.fields.items() if after.fields.get(field, value) != value]
        other_values += [f"{key}.{field}" for field in changed]
        unsure += [
            f"{key}.{field}.{inner}"
            for field in changed
            for inner in _inner_keys(before.fields[field]) - _inner_keys(after.fields[field])
        ]
    return Changes(
        removed=tuple(sorted(removed)),
        added=tuple(sorted(added)),
        unsure=tuple(sorted(unsure)),
        other_values=tuple(sorted(other_values)),
        required=tuple(sorted(required)),
    )


def _inner_keys(value: str) -> Counter[str]:
    return Counter(_INNER_KEY.findall(value))


class _Definitions:
    """The definitions of one text."""

    def __init__(self, text: str, contract: Contract, path: str, timeout: float) -> None:
        self._contract, self._end = contract, time.monotonic() + timeout
        self._script = Script(text, path, timeout)
        # The object literals, by the offset of their `{`.
        self._objects = {span(node)[0]: node for node in self._script.nodes("object")}
        # The values that each name is set to.
        self._values: dict[str, list[Node]] = {}
        for kind, left, right in (("variable_declarator", "name", "value"), ("assignment_expression", "left", "right")):
            for node in self._script.nodes(kind):
                name, value = node.child_by_field_name(left), node.child_by_field_name(right)
                if name and value and name.type == "identifier":
                    self._values.setdefault(self._script.text_of(name), []).append(value)

    def read(self) -> dict[str, Definition]:
        found: dict[str, Definition] = {}
        blocks: list[Node] = []
        for match, block in self._matching_blocks():
            blocks.append(block)
            named = self._stored_definition(match, block)
            if named is None:
                continue
            key, definition = named
            if key in found:
                raise Unmeasurable(f"line {definition.line}: {key} is defined twice")
            found[key] = definition
        if self._contract.name:
            self._refuse_names_outside(blocks)
        return found

    def _matching_blocks(self) -> Iterator[tuple[regex.Match[str], Node]]:
        """Yield each match of `block` with the object after it. Raises `Unmeasurable` if there is none."""
        code = self._script.code
        for match in regex.finditer(self._contract.block, code, regex.MULTILINE, timeout=self._seconds_left()):
            start = len(code) - len(code[match.end() :].lstrip())
            if (block := self._objects.get(start)) is None:
                at = code.count("\n", 0, match.start()) + 1
                raise Unmeasurable(f"line {at}: no object after {match[0].strip()}")
            yield match, block

    def _stored_definition(self, match: regex.Match[str], block: Node) -> tuple[str, Definition] | None:
        """Return the `name@version` and the definition of a block; None if it has no name or is not stored."""
        contract, where = self._contract, f"line {line_of(block)}"
        name = self._name_after(block) if contract.name_after else None
        if contract.name_after and name is None:
            return None
        members, opaque = self._members(block)
        # The keys of the contract may be in the parts that are not in this text.
        if opaque and (contract.name or contract.version or contract.stored):
            raise Unmeasurable(f"{where}: {min(opaque)} is not in this file")
        is_stored = match.groupdict().get("stored") or not members.keys().isdisjoint(contract.stored)
        if contract.stored and not is_stored:
            return None
        if contract.name:
            name = plain_string(self._script, members.get(contract.name))
        if name is None:
            raise Unmeasurable(f"{where}: {contract.name} is not a plain string")
        fields, opaque_fields = self._fields(members.get(contract.fields) if contract.fields else block)
        definition = Definition(line_of(block), fields, opaque_fields, self._required(fields))
        return f"{name}@{self._version(members, where)}", definition

    def _name_after(self, block: Node) -> str | None:
        """Return the name in the text after a block (`name_after`); None if there is none."""
        pattern = regex.compile(self._contract.name_after, regex.MULTILINE)
        after = pattern.match(self._script.without_comments, span(block)[1], timeout=self._seconds_left())
        return after[1] if after else None

    def _required(self, fields: Mapping[str, str]) -> frozenset[str]:
        """Return the fields whose values do not match `optional`; none without `optional`."""
        optional = self._contract.optional
        if not optional:
            return frozenset()
        return frozenset(
            name for name, value in fields.items() if not regex.search(optional, value, timeout=self._seconds_left())
        )

    def _seconds_left(self) -> float:
        """Return the seconds until the time limit. Raises `TimeoutError` after it."""
        if (left := self._end - time.monotonic()) <= 0:
            raise TimeoutError
        return left

    def _refuse_names_outside(self, blocks: list[Node]) -> None:
        """Raise `Unmeasurable` for a name outside every block: `block` does not match all definitions."""
        for pair in self._script.nodes("pair"):
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if not (key and value) or self._key(key) != self._contract.name:
                continue
            self._seconds_left()
            is_inside = any(block.start_byte < pair.start_byte < block.end_byte for block in blocks)
            if not is_inside and self._script.text_of(value).startswith(('"', "'", "`")):
                raise Unmeasurable(f"line {line_of(pair)}: a {self._contract.name} outside every definition")

    def _key(self, key: Node) -> str | None:
        return self._script.text_of(key) if key.type in _KEYS else plain_string(self._script, key)

    def _members(self, node: Node, spreads: int = 0) -> tuple[dict[str, Node], set[str]]:
        """Return the keys and values of an object literal, and the parts outside this text.

        `spreads` is the number of objects that spread each other around this one.
        """
        # Constants that spread each other twice take exponential time.
        self._seconds_left()
        if spreads > _MAX_SPREADS:
            raise Unmeasurable(f"line {line_of(node)}: more than {_MAX_SPREADS} objects spread each other")
        members: dict[str, Node] = {}
        opaque: set[str] = set()
        for part in node.named_children:
            key = part.child_by_field_name("key") or part.child_by_field_name("name")
            if part.type == "spread_element":
                inner = self._object(part.named_children[-1])
                if inner is None:
                    opaque.add(self._with_constants(part))
                else:
                    more, more_opaque = self._members(inner, spreads + 1)
                    members |= more
                    opaque |= more_opaque
            elif part.type in _NAMES:
                members[self._script.text_of(part)] = part
            elif key and (name := self._key(key)) is not None:
                members[name] = part.child_by_field_name("value") or part
            elif part.type != "comment":
                raise Unmeasurable(f"line {line_of(part)}: not a key or a spread: {self._on_one_line(part)[:40]}")
        return members, opaque

    def _object(self, node: Node) -> Node | None:
        """Return the object literal that is this value, or the value of this local constant.

        None if the value is something else, such as a call or a member of a constant.
        """
        value = without_type(node)
        if value.type in _NAMES:
            constant = self._constant(self._script.text_of(value))
            value = without_type(constant) if constant else value
        return value if value.type == "object" else None

    def _constant(self, name: str, *, optional: bool = False) -> Node | None:
        """Return the value of a local constant; None if there is no such constant.

        Raises `Unmeasurable` if it is set twice, as in two namespaces; if it is `optional`, returns None.
        """
        values = self._values.get(name, [])
        if len(values) > 1 and not optional:
            raise Unmeasurable(f"line {line_of(values[1])}: {name} is set twice")
        return values[0] if len(values) == 1 else None

    def _with_constants(self, node: Node, *, optional: bool = False) -> str:
        """Return the text of a node, followed by the local constants that it uses: it changes if they change."""
        text = self._on_one_line(node)
        nodes, seen = [node], set[str]()
        # Each constant once: constants may use each other in any number of ways.
        while nodes:
            self._seconds_left()
            names = {self._script.text_of(inner) for inner in walk_tree(nodes.pop()) if inner.type in _NAMES} - seen
            seen |= names
            for name in sorted(names):
                if value := self._constant(name, optional=optional):
                    text += f"; {name} = {self._on_one_line(value)}"
                    nodes.append(value)
        return text

    def _version(self, members: Mapping[str, Node], where: str) -> str:
        """Return the first of the dotted keys that is set; 1 if none is set."""
        for path in self._contract.version:
            value = self._value_at(members, path, where)
            if value is not None:
                number = self._script.text_of(without_type(value))
                if not number.isdecimal():
                    raise Unmeasurable(f"{where}: {path} is not a number")
                return number
        return "1"

    def _value_at(self, members: Mapping[str, Node], path: str, where: str) -> Node | None:
        """Return the value of a dotted key; None if it is not set. Raises `Unmeasurable` if it may be elsewhere."""
        *outer, last = path.split(".")
        for key in outer:
            if key not in members:
                return None
            inner = self._object(members[key])
            members, opaque = self._members(inner) if inner else ({}, {path})
            if opaque:
                raise Unmeasurable(f"{where}: {path} is not in this file")
        return members.get(last)

    def _fields(self, node: Node | None) -> tuple[dict[str, str], frozenset[str]]:
        """Return the fields with their values, and the opaque parts among them."""
        if node is None:
            return {}, frozenset()
        inner = self._object(node)
        if inner is None:
            return {}, frozenset({self._with_constants(node)})
        members, opaque = self._members(inner)
        return {name: self._with_constants(value, optional=True) for name, value in members.items()}, frozenset(opaque)

    def _on_one_line(self, node: Node) -> str:
        """Return the text of a node on one line, without comments and trailing commas."""
        text = " ".join(self._script.without_comments[slice(*span(node))].split())
        return regex.sub(r"(?<=[(\[{]) | ?,?(?= ?[)\]}])", "", text)
