"""Compile the tables and lists of a mapping file, including special tables that combine several parts.

    { any = [...] }                               the first value that exists
    { choose = "x", true = "auto", ... }          the value whose key is the field (`other`: for all other values)
    { each = "a.b", as = {...} }                  one value for each element of a list, without the first `skip`
    { parts = "subtype", as = {...} }             one value for each part of a subtype
    { first = "subtype", of = "x" }               the field of the first part that has it; `last`: of the last part
    { union = "subtype", of = "x" }               the elements of the lists of all parts of a subtype, each once
    { join = ["subtype"], of = "x", with = "y" }  the texts of all parts of these subtypes, in the order of the message

A table does not have keys whose value is missing. A table without keys is missing itself.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pawtui.replay.mapping.codegen import MISSING, Code, Getter
from pawtui.replay.mapping.expressions import Language

TomlTable = Mapping[str, Any]


class Templates:
    """Compiles the values of a mapping file.

    `language` is for the input. `element` is for an element of a list or a part: the input of `as` and `of`.
    """

    def __init__(self, language: Language, element: Language | None = None) -> None:
        self.language = language
        self.element = element or language

    def compile(self, value: Any) -> Getter:
        """Return the compiled function of a value. Raises `ExpressionError`, and `KeyError` for a missing key."""
        code = Code()
        return code.function(self.write(code, value))

    def write(self, code: Code, value: Any) -> str:
        """Add the statements of a value to the code and return its expression. Raises the errors of `compile`."""
        if isinstance(value, str):
            return self.language.write(code, value)
        if isinstance(value, list):
            return self._list(code, value)
        if not isinstance(value, dict):
            return code.literal(value)
        if not value:
            return "{}"
        if special := _SPECIAL.keys() & value.keys():
            return _SPECIAL[next(iter(special))](self, code, value)
        return self._table(code, value)

    def _table(self, code: Code, value: TomlTable) -> str:
        built = code.new_name()
        code.add(f"{built} = {{}}")
        for key, item in value.items():
            found = code.new_name()
            code.add(f"{found} = {self.write(code, item)}")
            code.add(f"if {found} is not M: {built}[{key!r}] = {found}")
        return f"({built} or M)"

    def _list(self, code: Code, value: list[Any]) -> str:
        built = code.new_name()
        code.add(f"{built} = []")
        for item in value:
            found = code.new_name()
            code.add(f"{found} = {self.write(code, item)}")
            spread = isinstance(item, dict) and "each" in item
            code.add(f"if {found} is not M: {built}.{'extend' if spread else 'append'}({found})")
        return built

    def compile_for_element(self, value: Any) -> Getter:
        """Return the compiled function of a value whose input is an element of a list or a part."""
        return Templates(self.element).compile(value)


def _write_any(templates: Templates, code: Code, value: TomlTable) -> str:
    found = code.new_name()
    code.add(f"{found} = M")
    for item in value["any"]:
        with code.block(f"if {found} is M:"):
            code.add(f"{found} = {templates.write(code, item)}")
    return found


def _write_choose(templates: Templates, code: Code, value: TomlTable) -> str:
    chosen, found = code.new_name(), code.new_name()
    code.add(f"{chosen} = {templates.write(code, value['choose'])}")
    word = "if"
    for key, item in value.items():
        if key in ("choose", "other"):
            continue
        # Keys in TOML are texts: `true` and `false` are booleans, `missing` is a missing value.
        literal = {"true": "True", "false": "False", "missing": "M"}.get(key)
        with code.block(f"{word} {chosen} is {literal}:" if literal else f"{word} {chosen} == {key!r}:"):
            code.add(f"{found} = {templates.write(code, item)}")
        word = "elif"
    with code.block("else:" if word == "elif" else "if True:"):
        code.add(f"{found} = {templates.write(code, value.get('other', ''))}")
    return found


def _write_each(templates: Templates, code: Code, value: TomlTable) -> str:
    found, skip = code.new_name(), int(value.get("skip", 0))
    elements = f"type({found} := {templates.write(code, value['each'])}) is list and len({found}) > {skip}"
    of = code.value(templates.compile_for_element(value["as"]))
    return f"({code.value(_all)}({of}, {found}[{skip}:], c) if {elements} else M)"


def _write_of_parts(templates: Templates, code: Code, value: TomlTable) -> str:
    found = code.new_name()
    key = next(key for key in _OF_PARTS if key in value)
    of = code.value(templates.compile_for_element(value["as" if key == "parts" else "of"]))
    call = f"{code.value(_OF_PARTS[key])}({of}, {found}, c)"
    return f"({call} if ({found} := c.parts.get({value[key]!r})) else M)"


def _all(of: Getter, elements: list[Any], context: Any) -> Any:
    return [value for element in elements if (value := of(element, context)) is not MISSING]


def _first(of: Getter, elements: list[Any], context: Any) -> Any:
    values = (of(element, context) for element in elements)
    return next((value for value in values if value is not MISSING), MISSING)


def _last(of: Getter, elements: list[Any], context: Any) -> Any:
    return _first(of, elements[::-1], context)


def _union(of: Getter, elements: list[Any], context: Any) -> Any:
    lists = [items for element in elements if isinstance(items := of(element, context), list)]
    flat = [item for items in lists for item in items]
    if not lists:
        return MISSING
    return list(dict.fromkeys(flat)) if all(isinstance(item, str) for item in flat) else flat


# Return one value for the parts of a subtype: (function of a part, parts, context).
_OF_PARTS: Mapping[str, Callable[[Getter, list[Any], Any], Any]] = {
    "parts": _all,
    "first": _first,
    "last": _last,
    "union": _union,
}


def _write_join(templates: Templates, code: Code, value: TomlTable) -> str:
    of = value["of"]
    fields = {name: templates.compile_for_element(of if isinstance(of, str) else of[name]) for name in value["join"]}
    return f"{code.value(partial(_join, fields, value.get('with', '')))}(c)"


def _join(fields: Mapping[str, Getter], separator: str, context: Any) -> str:
    return separator.join(
        text
        for subtype, part in context.ordered_parts
        if subtype in fields and isinstance(text := fields[subtype](part, context), str)
    )


_SPECIAL: Mapping[str, Callable[[Templates, Code, TomlTable], str]] = {
    "any": _write_any,
    "choose": _write_choose,
    "each": _write_each,
    "join": _write_join,
    **dict.fromkeys(_OF_PARTS, _write_of_parts),
}
