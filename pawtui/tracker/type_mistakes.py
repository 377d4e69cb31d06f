"""Explain a value that does not fit the types of a tracker: its place, the allowed values, and the nearest word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

import msgspec

from pawtui.tracker.locate import Step, value_at
from pawtui.tracker.mistake import Mistake, suggest
from pawtui.tracker.tracker_types import PROBE_TYPES, Probe, Tracker

_AT = re.compile(r"^(?P<text>.*?)(?: - at `(?P<path>\$[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]|\[\.\.\.\]")
# A name that the message of `msgspec` does not contain.
_SOME = "..."

_TYPE_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text in quotes",
    "bool": "true or false",
    "array": "a list in [brackets]",
    "object": "a table",
    "date": "a date such as 2026-06-28",
    "null": "nothing",
}
# The kinds of probes, as the tracker file spells them.
_KINDS: Mapping[str, type[Probe]] = {str(probe.__struct_config__.tag): probe for probe in PROBE_TYPES}
# Keys of other tools and of earlier versions, with the keys to use instead.
_OTHER_KEYS: Mapping[str, str] = {
    "since": "from",
    "start": "from",
    "after": "from",
    "begin": "from",
    "to": "until",
    "till": "until",
    "end": "until",
    "before": "until",
    "branch": "name",
    "ref": "name",
    "regex": "pattern",
    "regexp": "pattern",
    "match": "pattern",
    "max": "met",
    "limit": "met",
    "threshold": "met",
    "partly": "partial",
    "partly_share": "partial_share",
    "days_partly": "days_partial",
    "releases_partly": "releases_partial",
    "query_partly": "query_partial",
    "type": "kind",
    "question": "ask",
    "address": "url",
    "key": "field",
    "numbers": "watch",
    "description": "about",
    "name": "title",
    "file": "files",
    "path": "paths",
}
_ELEMENTS = {"parts": '{ id = "open", title = "Open" }', "related": '{ ref = "owner/repo#1" }'}


def type_mistake(error: str, data: Mapping[str, Any]) -> Mistake:
    """Return the mistake that an error message of `msgspec` about `data` describes."""
    matched = _AT.match(error)
    text, path = (matched["text"], _steps(matched["path"] or "")) if matched else (error, [])
    path = _fill_name(path, data)
    node = _node(path, data)
    if unknown := re.match(r"Object contains unknown field `(.+)`", text, re.DOTALL):
        return Mistake((*path, unknown[1]), _unknown_key(unknown[1], path, data))
    if missing := re.match(r"Object missing required field `(.+)`", text):
        return Mistake(tuple(path), _missing_key(missing[1], node))
    if kind := re.match(r"Invalid (?:enum )?value (.*)$", text, re.DOTALL):
        return Mistake(tuple(path), _bad_value(kind[1].strip("'"), path, data))
    return Mistake(tuple(path), _wrong_type(text, node, path))


def _steps(path: str) -> list[Step]:
    return [found[1] or (int(found[2]) if found[2] else _SOME) for found in _STEP.finditer(path)]


def _node(path: Sequence[Step], data: Mapping[str, Any]) -> Any:
    """Return the value at a path, or the nearest value above it if the path does not exist."""
    node: Any = data
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    return node


def _fill_name(path: list[Step], data: Mapping[str, Any]) -> list[Step]:
    """Return the path with the missing name: the first name whose value does not fit."""
    if _SOME not in path:
        return path
    at = path.index(_SOME)
    table = _node(path[:at], data)
    wanted = _type_at(path[:at], data)
    values = getattr(wanted, "__args__", (str, Any))[-1]
    for name in table if isinstance(table, dict) else ():
        try:
            msgspec.convert(table[name], values)
        except msgspec.ValidationError:
            return [*path[:at], name, *path[at + 1 :]]
    return path[:at]


def _type_at(path: Sequence[Step], data: Mapping[str, Any]) -> Any:
    """Return the type of the field at a path."""
    owner = _owner(path[:-1], data)
    fields = msgspec.structs.fields(owner) if owner is not None else ()
    return next((field.type for field in fields if path and field.encode_name == path[-1]), None)


def _owner(path: Sequence[Step], data: Mapping[str, Any]) -> Any:
    """Return the struct type of the table at a path; None if it is not known."""
    owner: Any = Tracker
    node: Any = data
    for step in path:
        node = value_at(node, step)
        if isinstance(step, str) and owner is not None:
            owner = _struct_of(owner, step)
        kind = node.get("kind") if isinstance(node, dict) else None
        owner = _KINDS.get(str(kind), owner)
    return owner


def _struct_of(owner: Any, key: str) -> Any:
    """Return the struct type of a field, also in a list or a table of names; None if the field has no struct type.

    A key that is not a field is a name in a table of names (`limits.events`).
    """
    field = next((field for field in msgspec.structs.fields(owner) if field.encode_name == key), None)
    return owner if field is None else next(_structs_in(field.type), None)


def _structs_in(kind: Any) -> Iterator[Any]:
    """Yield every struct type in a type, at any depth (`tuple[str | RefRule, ...]`)."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for inner in getattr(kind, "__args__", ()):
        yield from _structs_in(inner)


def _fields_at(path: Sequence[Step], data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys that are allowed in the table at a path."""
    node = _node(path, data)
    owner = _owner(path, data)
    if owner is None:
        return ()
    if owner in PROBE_TYPES and isinstance(node, dict) and node.get("kind") is None:
        return ("kind",)
    fields = tuple(owner.__struct_encode_fields__)
    return ("kind", *fields) if owner in PROBE_TYPES else fields


def _unknown_key(key: str, path: Sequence[Step], data: Mapping[str, Any]) -> str:
    known = _fields_at(path, data)
    other = _OTHER_KEYS.get(key, "")
    close = get_close_matches(key[:60], known, n=1, cutoff=0.6)
    if close or other in known:
        return f"there is no key {key[:60]!r}; did you mean {(close or [other])[0]!r}?"
    if known:
        return f"there is no key {key[:60]!r}; allowed keys: {', '.join(known)}."
    return f"there is no key {key[:60]!r} here. Remove it."


def _missing_key(key: str, node: Any) -> str:
    if key == "kind":
        return f"the key 'kind' is missing. Add it with one of: {', '.join(_KINDS)}."
    found = f" beside {', '.join(map(repr, list(node)[:6]))}" if isinstance(node, dict) and node else ""
    return f"the key {key!r} is missing{found}. Add it."


def _bad_value(value: str, path: Sequence[Step], data: Mapping[str, Any]) -> str:
    words = _KINDS if path[-1:] == ["kind"] else get_args(_type_at(path, data))
    allowed = [word for word in words if word and isinstance(word, str)]
    if not allowed:
        return f"found {value[:60]!r}, which is not allowed here. Remove it."
    return f"found {value[:60]!r}; allowed: {', '.join(allowed)}{suggest(value, allowed)}."


def _wrong_type(text: str, node: Any, path: Sequence[Step]) -> str:
    if "RFC3339" in text:
        return f"found {str(node)[:60]!r}; expected {_TYPE_WORDS['date']}, without quotes."
    expected = re.match(r"Expected `(.+?)`, got `(.+?)`", text)
    if expected is None:
        return f"found {str(node)[:60]!r}: {text[:1].lower()}{text[1:]}."
    kinds = [kind.strip() for kind in expected[1].split("|") if kind.strip() != "null"]
    got = _TYPE_WORDS.get(expected[2], expected[2])
    found = got if isinstance(node, dict | list | bool) else f"{node!r}, {got}"[:120]
    wanted = " or ".join(_TYPE_WORDS.get(kind, kind) for kind in kinds)
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    remedy = ""
    if kinds == ["array"] and expected[2] == "object":
        remedy = f" Write [[{'.'.join(step for step in path if isinstance(step, str))}]] with double brackets."
    elif kinds == ["object"] and expected[2] == "array":
        remedy = f" Write [{'.'.join(step for step in path if isinstance(step, str))}] with single brackets."
    elif kinds == ["object"] and name in _ELEMENTS:
        remedy = f" Write {_ELEMENTS[name]}."
    elif kinds == ["array"] and isinstance(node, str):
        remedy = f" Write [{node[:60]!r}]."
    elif set(kinds) <= {"int", "float"} and isinstance(node, str):
        remedy = " Write it without quotes."
    return f"found {found}; expected {wanted}.{remedy}"
