"""Values of a mapping file with structure: tables, lists, and the special tables that gather from several parts.

    { any = [...] }                            the first value that is there
    { if = "x", as = {...} }                   the value, where the field is there
    { choose = "x", true = "auto", ... }       another value for each value (`other` for all others)
    { each = "a.b", as = {...} }               one value for each element of a list (behind the first `skip`)
    { parts = "sort", as = {...} }             one value for each part of a sort
    { first = "sort", of = "x" }               the field of the first part of a sort that has it; `last` likewise
    { union = "sort", of = "x" }               the lists of all parts of a sort, each element once
    { join = ["sort"], of = "x", with = "y" }  the texts of all parts of these sorts, in the order of the message

A key whose value is missing is left out of its table, and a table of which nothing is left is missing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pawtui.replay.codegen import MISSING, Code, Getter
from pawtui.replay.expressions import Language

Table = Mapping[str, Any]


class Templates:
    """Compiles templates.

    `language` is that of the subject; `element` that of an element of a list or a part, the subject of `as` and `of`.
    """

    def __init__(self, language: Language, element: Language | None = None) -> None:
        self.language = language
        self.element = element or language

    def compile(self, value: Any) -> Getter:
        """Return the function of a template. Raises `ExpressionError`, and `KeyError` for a key that is missing."""
        code = Code()
        return code.function(self.write(code, value))

    def write(self, code: Code, value: Any) -> str:
        """Write a value into the code and return its expression. Raises like `compile`."""
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
        # The values come after their table, so that those of inner tables are written before they are used.
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
        """Return whether a value is never missing."""
        if isinstance(value, str):
            return self.language.is_always(value)
        if isinstance(value, dict):
            special = (_WRITTEN | _CALLED).keys() & value.keys()
            return bool(value) and not special and all(map(self._is_always, value.values()))
        return isinstance(value, bool | int | float)

    def of_part(self, value: Any) -> Getter:
        """Return the function of what is said of an element of a list, or of a part."""
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
        # TOML's keys are texts: true and false are spelled as it spells them, a missing value is `missing`.
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
        return [item for each in found[skip:] if (item := made(each, context)) is not MISSING]

    return get


def _parts(templates: Templates, value: Table) -> Getter:
    sort, made = value["parts"], templates.of_part(value["as"])

    def get(_subject: Any, context: Any) -> Any:
        found = context.parts.get(sort)
        if not found:
            return MISSING
        return [item for part in found if (item := made(part, context)) is not MISSING]

    return get


def _first(templates: Templates, value: Table) -> Getter:
    return _nth(value["first"], templates.of_part(value["of"]), 1)


def _last(templates: Templates, value: Table) -> Getter:
    return _nth(value["last"], templates.of_part(value["of"]), -1)


def _nth(sort: str, of: Getter, step: int) -> Getter:
    def get(_subject: Any, context: Any) -> Any:
        found = context.parts.get(sort)
        if found:
            for part in found[::step]:
                value = of(part, context)
                if value is not MISSING:
                    return value
        return MISSING

    return get


def _union(templates: Templates, value: Table) -> Getter:
    sort, of = value["union"], templates.of_part(value["of"])

    def get(_subject: Any, context: Any) -> Any:
        found = context.parts.get(sort)
        if not found:
            return MISSING
        lists = [of(part, context) for part in found]
        if len(lists) == 1:
            return lists[0]
        flat = [item for one in lists if isinstance(one, list) for item in one]
        return list(dict.fromkeys(flat)) if all(isinstance(item, str) for item in flat) else flat

    return get


def _join(templates: Templates, value: Table) -> Getter:
    sorts, mark = tuple(value["join"]), value.get("with", "")
    of = value["of"]
    fields = {sort: templates.of_part(of if isinstance(of, str) else of[sort]) for sort in sorts}

    def get(_subject: Any, context: Any) -> Any:
        order = context.order
        if len(order) == 1:
            # A message with one part is the usual prompt.
            sort, part = order[0]
            text = fields[sort](part, context) if sort in fields else ""
            return text if isinstance(text, str) else ""
        texts = [
            text for sort, part in order if sort in fields and isinstance(text := fields[sort](part, context), str)
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
