"""Compile the tables and lists of a mapping file, including special tables that combine several parts.

    { any = [...] }                               the first value that exists
    { choose = "x", true = "auto", ... }          the value whose key is the field (`other`: for all other values)
    { each = "a.b", as = {...} }                  one value for each element of a list, without the first `skip`
    { parts = "subtype", as = {...} }             one value for each part of a subtype
    { first = "subtype", of = "x" }               the field of the first part that has it; `last`: of the last part
    { union = "subtype", of = "x" }               the elements of the lists of all parts of a subtype, each once
    { join = ["subtype"], of = "x", with = "y" }  the texts of all parts of these subtypes, in the order of the message

In `join`, `of` may be a table with one value for each subtype. In a list, the values of an `each` are separate
elements. A table does not have keys whose value is missing, and is missing itself without keys.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pawtui.replay.mapping.codegen import Code, Getter
from pawtui.replay.mapping.expressions import ExpressionError, write_expression
from pawtui.replay.mapping.mapping_context import MISSING

TomlTable = Mapping[str, Any]


def compile_template(value: Any, *, reads_events: bool = False) -> Getter:
    """Return the compiled function of a value. Raises `ExpressionError`, and `KeyError` for a missing key."""
    code = Code(reads_events=reads_events)
    return code.function(write_template(code, value))


def write_template(code: Code, value: Any) -> str:
    """Add the statements of a value to the code and return its expression. Raises the errors of `compile_template`."""
    if isinstance(value, str):
        return write_expression(code, value)
    if isinstance(value, list):
        return _write_list(code, value)
    if isinstance(value, int | float):
        return code.literal(value)
    if not isinstance(value, dict):
        raise ExpressionError(f'{value} is a date or a time. Make it a text: "={value}".')
    if not value:
        return "{}"
    if special := _SPECIAL.keys() & value.keys():
        return _SPECIAL[next(iter(special))](code, value)
    return _write_table(code, value)


def _write_table(code: Code, value: TomlTable) -> str:
    built = code.new_name()
    code.add(f"{built} = {{}}")
    for key, item in value.items():
        found = code.new_name()
        code.add(f"{found} = {write_template(code, item)}")
        code.add(f"if {found} is not M: {built}[{key!r}] = {found}")
    return f"({built} or M)"


def _write_list(code: Code, value: list[Any]) -> str:
    built = code.new_name()
    code.add(f"{built} = []")
    for item in value:
        found = code.new_name()
        code.add(f"{found} = {write_template(code, item)}")
        spread = isinstance(item, dict) and "each" in item
        code.add(f"if {found} is not M: {built}.{'extend' if spread else 'append'}({found})")
    return built


def _write_any(code: Code, value: TomlTable) -> str:
    found = code.new_name()
    code.add(f"{found} = M")
    for item in value["any"]:
        with code.block(f"if {found} is M:"):
            code.add(f"{found} = {write_template(code, item)}")
    return found


def _write_choose(code: Code, value: TomlTable) -> str:
    chosen, found = code.new_name(), code.new_name()
    code.add(f"{chosen} = {write_template(code, value['choose'])}")
    word = "if"
    for key, item in value.items():
        if key in ("choose", "other"):
            continue
        # Keys in TOML are texts: `true` and `false` are booleans, `missing` is a missing value.
        literal = {"true": "True", "false": "False", "missing": "M"}.get(key)
        with code.block(f"{word} {chosen} is {literal}:" if literal else f"{word} {chosen} == {key!r}:"):
            code.add(f"{found} = {write_template(code, item)}")
        word = "elif"
    with code.block("else:" if word == "elif" else "if True:"):
        code.add(f"{found} = {write_template(code, value.get('other', ''))}")
    return found


def _write_each(code: Code, value: TomlTable) -> str:
    found, skip = code.new_name(), int(value.get("skip", 0))
    elements = f"type({found} := {write_template(code, value['each'])}) is list and len({found}) > {skip}"
    getter = code.value(compile_template(value["as"]))
    return f"({code.value(_all)}({getter}, {found}[{skip}:], c) if {elements} else M)"


def _write_of_parts(code: Code, value: TomlTable) -> str:
    found = code.new_name()
    key = next(key for key in _OF_PARTS if key in value)
    getter = code.value(compile_template(value["as" if key == "parts" else "of"]))
    call = f"{code.value(_OF_PARTS[key])}({code.value(_all)}({getter}, {found}, c))"
    return f"({call} if ({found} := c.parts.get({_text(value[key])!r})) else M)"


def _text(value: Any) -> str:
    """Return a value that must be a text. Raises `ExpressionError`."""
    if not isinstance(value, str):
        raise ExpressionError(f"{value!r} is not a text.")
    return value


def _all(getter: Getter, elements: list[Any], context: Any) -> list[Any]:
    return [value for element in elements if (value := getter(element, context)) is not MISSING]


def _union(values: list[Any]) -> Any:
    lists = [value for value in values if isinstance(value, list)]
    flat = [item for items in lists for item in items]
    if not lists:
        return MISSING
    return list(dict.fromkeys(flat)) if all(isinstance(item, str) for item in flat) else flat


# Return one value for the values of all parts of a subtype.
_OF_PARTS: Mapping[str, Callable[[list[Any]], Any]] = {
    "parts": lambda values: values,
    "first": lambda values: values[0] if values else MISSING,
    "last": lambda values: values[-1] if values else MISSING,
    "union": _union,
}


def _write_join(code: Code, value: TomlTable) -> str:
    of = value["of"]
    fields = {name: compile_template(of if isinstance(of, str) else of[name]) for name in value["join"]}
    return f"{code.value(partial(_join, fields, _text(value.get('with', ''))))}(c)"


def _join(fields: Mapping[str, Getter], separator: str, context: Any) -> str:
    return separator.join(
        text
        for subtype, part in context.ordered_parts
        if subtype in fields and isinstance(text := fields[subtype](part, context), str)
    )


_SPECIAL: Mapping[str, Callable[[Code, TomlTable], str]] = {
    "any": _write_any,
    "choose": _write_choose,
    "each": _write_each,
    "join": _write_join,
    **dict.fromkeys(_OF_PARTS, _write_of_parts),
}
