"""Compile the conditions of a mapping file on the fields of a part, a message or an event.

{ ignored = true }                   the field exists and is not false, zero, empty or null
{ synthetic = false }                the field does not exist, or is false, zero, empty or null
{ "state.status" = "completed" }     the field is this text; a text with `*` is a pattern
{ reason = ["aborted", "shutdown"] } the field is one of these texts
"""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pawtui.replay.mapping.codegen import Code
from pawtui.replay.mapping.expressions import Language

Condition = Callable[[Any, Any], Any]
Wanted = bool | int | str | list[str]


def compile_condition(wanted: Mapping[str, Wanted], language: Language) -> Condition | None:
    """Return a function that is true if all conditions in `wanted` are met, or None if `wanted` is empty.

    Raises `ExpressionError`.
    """
    if not wanted:
        return None
    code = Code()
    return code.function(write_condition(code, wanted, language))


def write_condition(code: Code, wanted: Mapping[str, Wanted], language: Language) -> str:
    """Return an expression that is true if all conditions in `wanted` are met.

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
