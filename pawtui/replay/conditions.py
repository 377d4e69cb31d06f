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

from pawtui.replay.expressions import MISSING, Getter

Condition = Callable[[Any, Any], bool]
Wanted = bool | int | str | list[str]


def compile_condition(wanted: Mapping[str, Wanted], expression: Callable[[str], Getter]) -> Condition | None:
    """Return the condition that all of `wanted` hold, or None where nothing is wanted.

    Raises `ExpressionError`.
    """
    tests = [(expression(name), _test(value)) for name, value in wanted.items()]
    if not tests:
        return None
    if len(tests) == 1:
        getter, test = tests[0]
        return lambda subject, context: test(getter(subject, context))
    return lambda subject, context: all(test(getter(subject, context)) for getter, test in tests)


def _test(wanted: Wanted) -> Callable[[Any], bool]:
    if wanted is True:
        return bool
    if wanted is False:
        return lambda value: not value
    if isinstance(wanted, list):
        return lambda value: isinstance(value, str) and value in wanted
    if isinstance(wanted, str) and "*" in wanted:
        return lambda value: isinstance(value, str) and fnmatchcase(value, wanted)
    return lambda value: value is not MISSING and value == wanted
