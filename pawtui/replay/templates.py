"""Values of a mapping file with structure: tables, lists, and the special tables that gather from several parts.

    { each = "a.b", as = {...} }               one value for each element of a list (behind the first `skip`)
    { any = [...] }                            the first value that is there
    { if = "x", as = {...} }                   the value, where the field is there
    { choose = "x", true = "auto", ... }       another value for each value (`other` for all others)
    { parts = "sort", as = {...} }             one value for each part of a sort
    { first = "sort", of = "x" }               the field of the first part of a sort that has it; `last` likewise
    { union = "sort", of = "x" }               the lists of all parts of a sort, each element once
    { join = ["sort"], of = "x", with = "y" }  the texts of all parts of these sorts, in the order of the message

A key whose value is missing is left out of its table, and a table of which nothing is left is missing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pawtui.replay.expressions import MISSING, Getter, constant

Compile = Callable[[str], Getter]
SPECIAL = frozenset({"any", "each", "choose", "if", "parts", "first", "last", "union", "join"})


def compile_template(value: Any, expression: Compile, element: Compile | None = None) -> Getter:
    """Compile a template.

    Args:
        value: what the file holds: a text is an expression, any other scalar is itself.
        expression: compiles an expression about the subject.
        element: compiles one about an element of a list or a part, the subject of `as` and `of`.

    Raises:
        ExpressionError: a text or a table is not of the language.
    """
    element = element or expression
    if isinstance(value, str):
        return expression(value)
    if isinstance(value, list):
        return _list(
            [(compile_template(item, expression, element), isinstance(item, dict) and "each" in item) for item in value]
        )
    if not isinstance(value, dict) or not value:
        return constant(value)
    special = SPECIAL & value.keys()
    if not special:
        return _table({key: compile_template(item, expression, element) for key, item in value.items()})
    return _COMPILERS[next(iter(special))](value, expression, element)


def _table(fields: Mapping[str, Getter]) -> Getter:
    items = tuple(fields.items())

    def get(subject: Any, context: Any) -> Any:
        built = {}
        for key, getter in items:
            value = getter(subject, context)
            if value is not MISSING:
                built[key] = value
        return built or MISSING

    return get


def _list(getters: list[tuple[Getter, bool]]) -> Getter:
    """Return the getter of a list; the elements of a getter that is marked become elements of it."""

    def get(subject: Any, context: Any) -> Any:
        built: list[Any] = []
        for getter, spread in getters:
            value = getter(subject, context)
            if value is MISSING:
                continue
            if spread:
                built += value
            else:
                built.append(value)
        return built

    return get


def _each(value: Mapping[str, Any], expression: Compile, element: Compile) -> Getter:
    of = expression(value["each"])
    made, skip = compile_template(value["as"], element), int(value.get("skip", 0))

    def get(subject: Any, context: Any) -> Any:
        found = of(subject, context)
        if not isinstance(found, list) or len(found) <= skip:
            return MISSING
        return [item for each in found[skip:] if (item := made(each, context)) is not MISSING]

    return get


def _any(value: Mapping[str, Any], expression: Compile, element: Compile) -> Getter:
    getters = [compile_template(item, expression, element) for item in value["any"]]

    def get(subject: Any, context: Any) -> Any:
        for getter in getters:
            found = getter(subject, context)
            if found is not MISSING:
                return found
        return MISSING

    return get


def _if(value: Mapping[str, Any], expression: Compile, element: Compile) -> Getter:
    of, made = expression(value["if"]), compile_template(value["as"], expression, element)
    return lambda subject, context: MISSING if of(subject, context) is MISSING else made(subject, context)


def _choose(value: Mapping[str, Any], expression: Compile, element: Compile) -> Getter:
    of = expression(value["choose"])
    choices = {
        key: compile_template(item, expression, element)
        for key, item in value.items()
        if key not in ("choose", "other")
    }
    other = compile_template(value["other"], expression, element) if "other" in value else constant(MISSING)

    def get(subject: Any, context: Any) -> Any:
        found = of(subject, context)
        # TOML's keys are texts: true and false are spelled as it spells them, a missing value is `missing`.
        key = "true" if found is True else "false" if found is False else "missing" if found is MISSING else found
        return choices.get(key, other)(subject, context) if isinstance(key, str) else other(subject, context)

    return get


def _parts(value: Mapping[str, Any], _expression: Compile, element: Compile) -> Getter:
    sort, made = value["parts"], compile_template(value["as"], element)

    def get(_subject: Any, context: Any) -> Any:
        found = context.parts.get(sort)
        if not found:
            return MISSING
        return [item for part in found if (item := made(part, context)) is not MISSING]

    return get


def _first(value: Mapping[str, Any], _expression: Compile, element: Compile) -> Getter:
    return _nth(value["first"], element(value["of"]), 1)


def _last(value: Mapping[str, Any], _expression: Compile, element: Compile) -> Getter:
    return _nth(value["last"], element(value["of"]), -1)


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


def _union(value: Mapping[str, Any], _expression: Compile, element: Compile) -> Getter:
    sort, of = value["union"], element(value["of"])

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


def _join(value: Mapping[str, Any], _expression: Compile, element: Compile) -> Getter:
    sorts, mark = tuple(value["join"]), value.get("with", "")
    of = value["of"]
    fields = {sort: element(of if isinstance(of, str) else of[sort]) for sort in sorts}
    if len(sorts) == 1:
        return _join_one(sorts[0], fields[sorts[0]], mark)

    def get(_subject: Any, context: Any) -> Any:
        texts = [
            text
            for sort, part in context.order
            if sort in fields and isinstance(text := fields[sort](part, context), str)
        ]
        return mark.join(texts)

    return get


def _join_one(sort: str, of: Getter, mark: str) -> Getter:
    def get(_subject: Any, context: Any) -> Any:
        found = context.parts.get(sort)
        if not found:
            return ""
        texts = [text for part in found if isinstance(text := of(part, context), str)]
        return texts[0] if len(texts) == 1 else mark.join(texts)

    return get


_COMPILERS: Mapping[str, Callable[[Mapping[str, Any], Compile, Compile], Getter]] = {
    "any": _any,
    "if": _if,
    "each": _each,
    "choose": _choose,
    "parts": _parts,
    "first": _first,
    "last": _last,
    "union": _union,
    "join": _join,
}
