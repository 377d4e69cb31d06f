"""Compile the tables and lists of a mapping file, including special tables that combine several parts.

    { any = [...] }                               the first value that exists
    { if = "x", as = {...} }                      the value of `as`, if the field exists
    { choose = "x", true = "auto", ... }          the value whose key is the field (`other`: for all other values)
    { each = "a.b", as = {...} }                  one value for each element of a list, without the first `skip`
    { parts = "subtype", as = {...} }             one value for each part of a subtype
    { first = "subtype", of = "x" }               the field of the first part that has it; `last`: of the last part
    { union = "subtype", of = "x" }               the elements of the lists of all parts of a subtype, each once
    { join = ["subtype"], of = "x", with = "y" }  the texts of all parts of these subtypes, in the order of the message

A table does not have keys whose value is missing. A table without keys is missing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pawtui.replay.codegen import MISSING, Code, Getter
from pawtui.replay.expressions import Language

Table = Mapping[str, Any]


class Templates:
    """Compiles the values of a mapping file.

    `language` is for the subject. `element` is for an element of a list or a part: the subject of `as` and `of`.
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
        if written := _WRITTEN.keys() & value.keys():
            return _WRITTEN[next(iter(written))](self, code, value)
        return self._table(code, value)

    def _table(self, code: Code, value: Table) -> str:
        built = code.name()
        fixed = {key: item for key, item in value.items() if self._is_always(item)}
        literals = ", ".join(f"{key!r}: {self.write(code, item)}" for key, item in fixed.items())
        code.add(f"{built} = {{{literals}}}")
        for key, item in value.items():
            if key in fixed:
                continue
            found = code.name()
            code.add(f"{found} = {self.write(code, item)}")
            code.add(f"if {found} is not M: {built}[{key!r}] = {found}")
        return built if fixed else f"({built} or M)"

    def _list(self, code: Code, value: list[Any]) -> str:
        built = code.name()
        code.add(f"{built} = []")
        for item in value:
            found = code.name()
            code.add(f"{found} = {self.write(code, item)}")
            spread = isinstance(item, dict) and "each" in item
            code.add(f"if {found} is not M: {built}.{'extend' if spread else 'append'}({found})")
        return built

    def _is_always(self, value: Any) -> bool:
        """Return whether a value always exists."""
        if isinstance(value, str):
            return self.language.is_always(value)
        if isinstance(value, dict):
            return bool(value) and not _WRITTEN.keys() & value.keys() and all(map(self._is_always, value.values()))
        return isinstance(value, bool | int | float)

    def of_part(self, value: Any) -> Getter:
        """Return the compiled function of a value whose subject is an element of a list or a part."""
        return Templates(self.element).compile(value)


def _write_any(templates: Templates, code: Code, value: Table) -> str:
    found = code.name()
    indent = code.indent
    for number, item in enumerate(value["any"]):
        if number:
            code.add(f"if {found} is M:")
            code.indent += 1
        code.add(f"{found} = {templates.write(code, item)}")
    code.indent = indent
    return found


def _write_if(templates: Templates, code: Code, value: Table) -> str:
    made = code.name()
    code.add(f"{made} = {templates.write(code, value['if'])}")
    code.add(f"if {made} is not M:")
    code.indent += 1
    code.add(f"{made} = {templates.write(code, value['as'])}")
    code.indent -= 1
    return made


def _write_choose(templates: Templates, code: Code, value: Table) -> str:
    found, made = code.name(), code.name()
    code.add(f"{found} = {templates.write(code, value['choose'])}")
    word = "if"
    for key, item in value.items():
        if key in ("choose", "other"):
            continue
        # Keys in TOML are texts: `true` and `false` are booleans, `missing` is a missing value.
        literal = {"true": "True", "false": "False", "missing": "M"}.get(key)
        code.add(f"{word} {found} is {literal}:" if literal else f"{word} {found} == {key!r}:")
        _write_branch(templates, code, made, item)
        word = "elif"
    code.add("else:" if word == "elif" else "if True:")
    _write_branch(templates, code, made, value.get("other", ""))
    return made


def _write_branch(templates: Templates, code: Code, made: str, item: Any) -> None:
    code.indent += 1
    code.add(f"{made} = {templates.write(code, item)}")
    code.indent -= 1


def _write_each(templates: Templates, code: Code, value: Table) -> str:
    found, skip = code.name(), int(value.get("skip", 0))
    elements = f"type({found} := {templates.write(code, value['each'])}) is list and len({found}) > {skip}"
    return f"({_write_call(code, _all, templates.of_part(value['as']), f'{found}[{skip}:]')} if {elements} else M)"


def _write_parts(templates: Templates, code: Code, value: Table) -> str:
    return _write_of_parts(code, _all, value["parts"], templates.of_part(value["as"]))


def _write_first(templates: Templates, code: Code, value: Table) -> str:
    return _write_of_parts(code, _first, value["first"], templates.of_part(value["of"]))


def _write_last(templates: Templates, code: Code, value: Table) -> str:
    return _write_of_parts(code, _last, value["last"], templates.of_part(value["of"]))


def _write_union(templates: Templates, code: Code, value: Table) -> str:
    return _write_of_parts(code, _union, value["union"], templates.of_part(value["of"]))


# Returns one value for the elements of a list, or for the parts of a subtype: (function of an element, list, context).
Collect = Callable[[Getter, list[Any], Any], Any]


def _write_of_parts(code: Code, collect: Collect, subtype: str, of: Getter) -> str:
    found = code.name()
    return f"({_write_call(code, collect, of, found)} if ({found} := c.parts.get({subtype!r})) else M)"


def _write_call(code: Code, collect: Collect, of: Getter, elements: str) -> str:
    return f"{code.value(collect)}({code.value(of)}, {elements}, c)"


def _all(of: Getter, elements: list[Any], context: Any) -> Any:
    return [value for element in elements if (value := of(element, context)) is not MISSING]


def _first(of: Getter, elements: list[Any], context: Any) -> Any:
    for element in elements:
        value = of(element, context)
        if value is not MISSING:
            return value
    return MISSING


def _last(of: Getter, elements: list[Any], context: Any) -> Any:
    return _first(of, elements[::-1], context)


def _union(of: Getter, elements: list[Any], context: Any) -> Any:
    lists = [of(element, context) for element in elements]
    if len(lists) == 1:
        return lists[0]
    flat = [item for items in lists if isinstance(items, list) for item in items]
    return list(dict.fromkeys(flat)) if all(isinstance(item, str) for item in flat) else flat


def _write_join(templates: Templates, code: Code, value: Table) -> str:
    return f"{code.value(_join(templates, value))}(s, c)"


def _join(templates: Templates, value: Table) -> Getter:
    subtypes, mark = tuple(value["join"]), value.get("with", "")
    of = value["of"]
    fields = {subtype: templates.of_part(of if isinstance(of, str) else of[subtype]) for subtype in subtypes}

    def get(_subject: Any, context: Any) -> Any:
        ordered_parts = context.ordered_parts
        if len(ordered_parts) == 1:
            # Fast path: most prompts have one part.
            subtype, part = ordered_parts[0]
            text = fields[subtype](part, context) if subtype in fields else ""
            return text if isinstance(text, str) else ""
        texts = [
            text
            for subtype, part in ordered_parts
            if subtype in fields and isinstance(text := fields[subtype](part, context), str)
        ]
        return mark.join(texts)

    return get


_WRITTEN: dict[str, Callable[[Templates, Code, Table], str]] = {
    "any": _write_any,
    "if": _write_if,
    "choose": _write_choose,
    "each": _write_each,
    "parts": _write_parts,
    "first": _write_first,
    "last": _write_last,
    "union": _write_union,
    "join": _write_join,
}
