"""Conditions of a mapping file: which fields a part or message must have, compiled to one function.

{ ignored = true }                   the field is there and neither false, zero, empty nor null
{ synthetic = false }                the field is not there, or is one of these
{ "state.status" = "completed" }     the field is this text; a text with `*` is a pattern
{ reason = ["aborted", "shutdown"] } the field is one of these
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pawtui.replay.codegen import Code
from pawtui.replay.expressions import Language

Condition = Callable[[Any, Any], Any]
Wanted = bool | int | str | list[str]


def compile_condition(wanted: Mapping[str, Wanted], language: Language) -> Condition | None:
    """Return the condition that all of `wanted` hold, as true or false values; None where nothing is wanted.

    Raises `ExpressionError`.
    """
    if not wanted:
        return None
    code = Code()
    return code.function(write_condition(code, wanted, language))


def write_condition(code: Code, wanted: Mapping[str, Wanted], language: Language) -> str:
    """Write the condition that all of `wanted` hold into the code and return its expression.

    Raises `ExpressionError`.
    """
    tests = [_test(code, language.write(code, name), value) for name, value in wanted.items()]
    return " and ".join(tests) or "True"


def _test(code: Code, value: str, wanted: Wanted) -> str:
    if wanted is True:
        return f"bool({value})"
    if wanted is False:
        return f"(not {value})"
    if isinstance(wanted, list):
        name = code.name()
        return f"(type({name} := {value}) is str and {name} in {code.value(frozenset(wanted))})"
    if isinstance(wanted, str) and "*" in wanted:
        name = code.name()
        matches = code.value(fnmatchcase)
        return f"(type({name} := {value}) is str and {matches}({name}, {wanted!r}))"
    return f"({value} == {wanted!r})"
