"""Mistakes in single values of a tracker file: wrong types and keys, numbers out of range, empty values.

A mistake has the path of the value, and a message with the allowed values and the most similar one.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from pawtui.phrases import shortened
from pawtui.similar_names import nearest
from pawtui.tracker.mistake import KeyPath, Mistake
from pawtui.tracker.probe_types import PROBE_TYPES, Contract, Probe, kind_of

_TYPE_WORDS: Mapping[Any, str] = {
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    bool: "true or false",
    list: "a list in [brackets]",
    tuple: "a list in [brackets]",
    dict: "a table",
    dt.date: "a date such as 2026-06-28",
    dt.datetime: "a date with a time",
    dt.time: "a time of day",
}
# Tables in which an empty value is always a mistake, because it is the same as no key. In others, an optional key may
# be empty.
_NEVER_EMPTY = (*PROBE_TYPES, Contract)
# The kinds of probes, as the tracker file spells them.
_KINDS: Mapping[str, type[Probe]] = {kind_of(probe): probe for probe in PROBE_TYPES}
# Usual names to which none or another of the allowed keys is similar, with the keys that they mean; `look` is the name
# of version 0.1.0.
_OTHER_NAMES = {
    "since": ("from",),
    "to": ("until",),
    "path": ("file", "exist", "files", "paths"),
    "gone": ("absent",),
    "look": ("paths",),
}
# A user name and a password in an address, which may be a secret.
_LOGIN = re.compile(r"(?<=//)[^/\s]*@")


def value_mistakes(value: Any, type_: Any, path: KeyPath = ()) -> Iterator[Mistake]:
    """Yield the mistakes in the value at a path of the file, as `tomllib` returns it, that must have this type."""
    options = get_args(type_) if get_origin(type_) in (Union, UnionType) else (type_,)
    if isinstance(value, dict) and (structs := [option for option in options if _is_struct(option)]):
        yield from _table_mistakes(value, structs, path)
    elif isinstance(value, dict) and get_origin(type_) is dict:
        for name, item in value.items():
            yield from _required_value_mistakes(item, get_args(type_)[1], (*path, name))
    elif isinstance(value, list) and get_origin(type_) is tuple:
        seen: set[str] = set()
        for index, item in enumerate(value):
            yield from _required_value_mistakes(item, get_args(type_)[0], (*path, index))
            # Tables may be equal.
            if repr(item) in seen and not isinstance(item, dict):
                yield (*path, index), f"{shortened(_shown(item), 100)} is given twice. Remove one."
            seen.add(repr(item))
    elif not _fits(value, type_, options):
        yield path, _wrong_value(value, options, path)


def _required_value_mistakes(value: Any, type_: Any, path: KeyPath, *, optional: bool = False) -> Iterator[Mistake]:
    """Yield the mistakes in a value that must not be empty. It may be removed if its key is `optional`."""
    mistakes = list(value_mistakes(value, type_, path))
    yield from mistakes
    is_empty = not value.strip() if isinstance(value, str) else value in ([], {})
    if not mistakes and is_empty:
        yield path, f"the value is empty. Give one{', or remove the key' if optional else ''}."


def _is_struct(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, msgspec.Struct)


def _fits(value: Any, type_: Any, options: Sequence[Any]) -> bool:
    """Return whether a value has the type (one of the options), and is in its range or has its form."""
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return False
    forms = (get_args(option)[1].extra for option in options if get_origin(option) is Annotated)
    return not value or all(re.fullmatch(form["pattern"], value) for form in forms if form)


def _table_mistakes(table: Mapping[str, Any], structs: Sequence[Any], path: KeyPath) -> Iterator[Mistake]:
    """Yield the mistakes in a table of one of these types. Only probes have several: `kind` names the type."""
    kind = table.get("kind")
    if structs[0] not in PROBE_TYPES:
        yield from _key_mistakes(table, structs[0], path)
    elif "kind" not in table:
        yield path, f"the key 'kind' is missing. Add it with one of: {', '.join(_KINDS)}."
    elif not isinstance(kind, str) or kind not in _KINDS:
        yield (*path, "kind"), _wrong_word(kind, tuple(_KINDS))
    else:
        yield from _key_mistakes(table, _KINDS[kind], path)


def _key_mistakes(table: Mapping[str, Any], struct: Any, path: KeyPath) -> Iterator[Mistake]:
    fields = _fields(struct)
    allowed = ("kind", *fields) if struct in PROBE_TYPES else tuple(fields)
    for key, value in table.items():
        if key in fields:
            field, place = fields[key], (*path, key)
            if field.required or (struct in _NEVER_EMPTY and key != "why"):
                yield from _required_value_mistakes(value, field.type, place, optional=not field.required)
            else:
                yield from value_mistakes(value, field.type, place)
        elif key not in allowed:
            yield (*path, key), _unknown_key(key, allowed)
    for key, field in fields.items():
        if field.required and key not in table:
            found = f"; found {', '.join(map(repr, list(table)[:6]))}" if table else ""
            what, remedy = ("table", f"Add [{key}]") if _is_struct(field.type) else ("key", "Add it")
            yield path, f"the {what} {key!r} is missing{found}. {remedy}."


@cache
def _fields(struct: Any) -> Mapping[str, msgspec.structs.FieldInfo]:
    """Return the fields of a struct by their keys in the file."""
    return {field.encode_name: field for field in msgspec.structs.fields(struct)}


def _unknown_key(key: str, allowed: Sequence[str]) -> str:
    meant = (name for name in _OTHER_NAMES.get(key, ()) if name in allowed)
    if close := next(meant, "") or nearest(key, allowed):
        return f"there is no key {key[:60]!r}; did you mean {close!r}?"
    return f"there is no key {key[:60]!r}; allowed keys: {', '.join(allowed)}."


def _wrong_word(value: Any, words: Sequence[str]) -> str:
    # The empty text is a default, which is not written.
    allowed = [word for word in words if word]
    close = nearest(value, allowed) if isinstance(value, str) else ""
    hint = f" (did you mean {close!r}?)" if close else ""
    return f"found {_describe(value)}; allowed: {', '.join(allowed)}{hint}."


def _describe(value: Any) -> str:
    """Return a value with its type; only the type of a list, a table, a truth value or a very large number."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return "a number with more than 18 digits"
    word = _TYPE_WORDS.get(type(value), type(value).__name__)
    return word if isinstance(value, dict | list | bool) else f"{shortened(_shown(value), 100)}, {word}"


def _shown(value: Any) -> str:
    return repr(_LOGIN.sub("***@", value)) if isinstance(value, str) else str(value)


def _wrong_value(value: Any, options: Sequence[Any], path: KeyPath) -> str:
    if get_origin(options[0]) is Literal:
        return _wrong_word(value, get_args(options[0]))
    types = [_plain_type(option) for option in options if option != NoneType]
    wanted = " or ".join(dict.fromkeys(_expected(option, value) for option in options if option != NoneType))
    return f"found {_describe(value)}; expected {wanted}.{_remedy(value, types, path)}"


def _plain_type(type_: Any) -> type:
    """Return the type of a value as `tomllib` returns it, a list as `tuple`."""
    if get_origin(type_) is Annotated:
        return _plain_type(get_args(type_)[0])
    return dict if _is_struct(type_) else get_origin(type_) or type_


def _expected(type_: Any, value: Any) -> str:
    """Return a type in words for a value that does not have it, with the range of a number or the form of a text."""
    plain = _plain_type(type_)
    words = _TYPE_WORDS[plain]
    if get_origin(type_) is not Annotated:
        return words
    _, meta = get_args(type_)
    if plain is str:
        return meta.description if isinstance(value, str) else words
    return f"{words} from {meta.ge:,} to {meta.le:,}"


def _remedy(value: Any, types: Sequence[type], path: KeyPath) -> str:
    """Return how to write the value, as a sentence after a space; empty for an unusual mistake."""
    names = [key for key in path if isinstance(key, str)]
    if types == [tuple] and isinstance(value, dict):
        return f" Write [[{'.'.join(names)}]] with double brackets."
    if types == [dict] and isinstance(value, list):
        return f" Write [{'.'.join(names)}] with single brackets."
    if types == [dict] and names[-1] == "parts":
        return ' Write { id = "open", title = "Open" }.'
    return ""
