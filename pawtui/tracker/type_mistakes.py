"""Explain a value that does not fit the types of a tracker: its place, the allowed values, and the nearest word."""

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any, get_args

import msgspec

from pawtui.tracker.mistake import KeyPath, Mistake, nearest, value_at
from pawtui.tracker.tracker_types import PROBE_TYPES, Probe, Tracker, kind_of

_TEXT_AND_PATH = re.compile(r"^(?P<text>.*?)(?: - at `(?P<path>\$[^`]*)`)?$", re.DOTALL)
_PATH_KEY = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]|\[\.\.\.\]")

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
_KINDS: Mapping[str, type[Probe]] = {kind_of(probe): probe for probe in PROBE_TYPES}
# For each key, the names that it has in other tools and in earlier versions.
_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "from": ("since", "start", "after", "begin"),
    "until": ("to", "till", "end", "before"),
    "name": ("branch", "ref"),
    "pattern": ("regex", "regexp", "match"),
    "met": ("max", "limit", "threshold"),
    "partial": ("partly",),
    "partial_share": ("partly_share",),
    "days_partial": ("days_partly",),
    "releases_partial": ("releases_partly",),
    "query_partial": ("query_partly",),
    "kind": ("type",),
    "ask": ("question",),
    "url": ("address",),
    "field": ("key",),
    "watch": ("numbers",),
    "about": ("description",),
    "title": ("name",),
    "files": ("file",),
    "paths": ("path",),
}
# Examples of tables in lists that are often written as texts.
_ELEMENT_EXAMPLES = {"parts": '{ id = "open", title = "Open" }', "related": '{ ref = "owner/repo#1" }'}


def type_mistake(error: str, data: Mapping[str, Any]) -> Mistake:
    """Return the mistake that an error message of `msgspec` about `data` describes."""
    matched = _TEXT_AND_PATH.match(error)
    text, path = (matched["text"], _key_path(matched["path"] or "", data)) if matched else (error, ())
    node = _value_at_path(path, data)
    if unknown := re.match(r"Object contains unknown field `(.+)`", text, re.DOTALL):
        return Mistake((*path, unknown[1]), _unknown_key(unknown[1], path, data))
    if missing := re.match(r"Object missing required field `(.+)`", text):
        return Mistake(path, _missing_key(missing[1], node))
    if wrong := re.match(r"Invalid (?:enum )?value (.*)$", text, re.DOTALL):
        return Mistake(path, _bad_value(wrong[1].strip("'"), path, data))
    return Mistake(path, _wrong_type(text, node, path, data))


def _key_path(text: str, data: Mapping[str, Any]) -> KeyPath:
    """Return the path in a message of `msgspec`, such as `$.surfaces[...][0]`.

    `[...]` is any key of a table of names. The path has the first key whose value does not fit.
    """
    path: KeyPath = ()
    for found in _PATH_KEY.finditer(text):
        if found[1] or found[2]:
            path = (*path, found[1] or int(found[2]))
            continue
        # The type of the values in `Mapping[str, TYPE]`.
        value_type = getattr(_type_at(path, data), "__args__", (str, Any))[-1]
        name = next((name for name, value in _value_at_path(path, data).items() if not _fits(value, value_type)), None)
        if name is None:
            return path
        path = (*path, name)
    return path


def _fits(value: Any, type_: Any) -> bool:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return False
    return True


def _value_at_path(path: KeyPath, data: Mapping[str, Any]) -> Any:
    """Return the value at a path; None if the path does not exist."""
    return reduce(value_at, path, data)


def _type_at(path: KeyPath, data: Mapping[str, Any]) -> Any:
    """Return the type of the value at a path, or of the list or table that it is an element of."""
    type_: Any = Tracker
    node: Any = data
    for key in path:
        node = value_at(node, key)
        struct = next(_structs_in(type_), None)
        fields = msgspec.structs.fields(struct) if struct is not None else ()
        # A key that is not a field is an index, or a name in a table of names (`limits.events`).
        type_ = next((field.type for field in fields if field.encode_name == key), type_)
        kind = node.get("kind") if isinstance(node, dict) else None
        type_ = _KINDS.get(str(kind), type_)
    return type_


def _structs_in(type_: Any) -> Iterator[Any]:
    """Yield every struct type in a type, at any depth (`tuple[str | RefRule, ...]`)."""
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        yield type_
    for inner in getattr(type_, "__args__", ()):
        yield from _structs_in(inner)


def _allowed_keys(path: KeyPath, data: Mapping[str, Any]) -> tuple[str, ...]:
    owner = next(_structs_in(_type_at(path, data)), None)
    if owner is None:
        return ()
    if owner not in PROBE_TYPES:
        return tuple(owner.__struct_encode_fields__)
    return ("kind", *owner.__struct_encode_fields__) if value_at(_value_at_path(path, data), "kind") else ("kind",)


def _unknown_key(key: str, path: KeyPath, data: Mapping[str, Any]) -> str:
    allowed = _allowed_keys(path, data)
    renamed = (name for name in allowed if key in _OTHER_NAMES.get(name, ()))
    if close := nearest(key, allowed, cutoff=0.6) or next(renamed, ""):
        return f"there is no key {key[:60]!r}; did you mean {close!r}?"
    if allowed:
        return f"there is no key {key[:60]!r}; allowed keys: {', '.join(allowed)}."
    return f"there is no key {key[:60]!r} here. Remove it."


def _missing_key(key: str, node: Any) -> str:
    if key == "kind":
        return f"the key 'kind' is missing. Add it with one of: {', '.join(_KINDS)}."
    found = f"; found {', '.join(map(repr, list(node)[:6]))}" if isinstance(node, dict) and node else ""
    return f"the key {key!r} is missing{found}. Add it."


def _allowed_words(path: KeyPath, data: Mapping[str, Any]) -> list[str]:
    words = _KINDS if path[-1:] == ("kind",) else get_args(_type_at(path, data))
    return [word for word in words if word and isinstance(word, str)]


def _bad_value(value: str, path: KeyPath, data: Mapping[str, Any]) -> str:
    allowed = _allowed_words(path, data)
    if not allowed:
        return f"found {value[:60]!r}, which is not allowed here. Remove it."
    close = nearest(value, allowed)
    hint = f" (did you mean {close!r}?)" if close else ""
    return f"found {value[:60]!r}; allowed: {', '.join(allowed)}{hint}."


def _wrong_type(text: str, node: Any, path: KeyPath, data: Mapping[str, Any]) -> str:
    if "RFC3339" in text:
        return f"found {str(node)[:60]!r}; expected {_TYPE_WORDS['date']}, without quotes."
    expected = re.match(r"Expected `(.+?)`, got `(.+?)`", text)
    if expected is None:
        return f"found {str(node)[:60]!r}: {text[:1].lower()}{text[1:]}."
    types = [name.strip() for name in expected[1].split("|") if name.strip() != "null"]
    got = _TYPE_WORDS.get(expected[2], expected[2])
    found = got if isinstance(node, dict | list | bool) else f"{node!r}, {got}"[:120]
    if allowed := _allowed_words(path, data):
        return f"found {found}; allowed: {', '.join(map(repr, allowed))}."
    wanted = " or ".join(_TYPE_WORDS.get(name, name) for name in types)
    names = [key for key in path if isinstance(key, str)]
    remedy = ""
    if types == ["array"] and expected[2] == "object":
        remedy = f" Write [[{'.'.join(names)}]] with double brackets."
    elif types == ["object"] and expected[2] == "array":
        remedy = f" Write [{'.'.join(names)}] with single brackets."
    elif types == ["object"] and names[-1] in _ELEMENT_EXAMPLES:
        remedy = f" Write {_ELEMENT_EXAMPLES[names[-1]]}."
    elif types == ["array"] and isinstance(node, str):
        remedy = f" Write [{node[:60]!r}]."
    elif set(types) <= {"int", "float"} and isinstance(node, str):
        number = re.fullmatch(r"#?(\d{1,9})", node)
        remedy = f" Write {number[1] if number else 'a number'} without quotes."
    return f"found {found}; expected {wanted}.{remedy}"
