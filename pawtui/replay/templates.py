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
        if called := _CALLED.keys() & value.keys():
            return f"{code.value(_CALLED[next(iter(called))](self, value))}(s, c)"
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
            special = (_WRITTEN | _CALLED).keys() & value.keys()
            return bool(value) and not special and all(map(self._is_always, value.values()))
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


def _each(templates: Templates, value: Table) -> Getter:
    of = templates.compile(value["each"])
    made, skip = templates.of_part(value["as"]), int(value.get("skip", 0))

    def get(subject: Any, context: Any) -> Any:
        found = of(subject, context)
        if not isinstance(found, list) or len(found) <= skip:
            return MISSING
        return [item for element in found[skip:] if (item := made(element, context)) is not MISSING]

    return get


def _parts(templates: Templates, value: Table) -> Getter:
    subtype, made = value["parts"], templates.of_part(value["as"])

    def get(_subject: Any, context: Any) -> Any:
        found = context.parts.get(subtype)
        if not found:
            return MISSING
        return [item for part in found if (item := made(part, context)) is not MISSING]

    return get


def _first(templates: Templates, value: Table) -> Getter:
    return _nth(value["first"], templates.of_part(value["of"]), 1)


def _last(templates: Templates, value: Table) -> Getter:
    return _nth(value["last"], templates.of_part(value["of"]), -1)


def _nth(subtype: str, of: Getter, step: int) -> Getter:
    def get(_subject: Any, context: Any) -> Any:
        found = context.parts.get(subtype)
        if found:
            for part in found[::step]:
                value = of(part, context)
                if value is not MISSING:
                    return value
        return MISSING

    return get


def _union(templates: Templates, value: Table) -> Getter:
    subtype, of = value["union"], templates.of_part(value["of"])

    def get(_subject: Any, context: Any) -> Any:
        found = context.parts.get(subtype)
        if not found:
            return MISSING
        lists = [of(part, context) for part in found]
        if len(lists) == 1:
            return lists[0]
        flat = [item for items in lists if isinstance(items, list) for item in items]
        return list(dict.fromkeys(flat)) if all(isinstance(item, str) for item in flat) else flat

    return get


def _join(templates: Templates, value: Table) -> Getter:
    subtypes, mark = tuple(value["join"]), value.get("with", "")
    of = value["of"]
    fields = {subtype: templates.of_part(of if isinstance(of, str) else of[subtype]) for subtype in subtypes}

    def get(_subject: Any, context: Any) -> Any:
        order = context.order
        if len(order) == 1:
            # Fast path: most prompts have one part.
            subtype, part = order[0]
            text = fields[subtype](part, context) if subtype in fields else ""
            return text if isinstance(text, str) else ""
        texts = [
            text
            for subtype, part in order
            if subtype in fields and isinstance(text := fields[subtype](part, context), str)
        ]
        return mark.join(texts)

    return get


_WRITTEN: dict[str, Callable[[Templates, Code, Table], str]] = {
    "any": _write_any,
    "if": _write_if,
    "choose": _write_choose,
}
_CALLED: dict[str, Callable[[Templates, Table], Getter]] = {
    "each": _each,
    "parts": _parts,
    "first": _first,
    "last": _last,
    "union": _union,
    "join": _join,
}
