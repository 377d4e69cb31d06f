"""Compile the expressions and conditions in a mapping file.

    "a.b.0"               a field of the input; a number is an index in a list
    "$message"            a value of the context; "$info.agent" is a field of such a value
    "=text"               a literal text; within a function it is 'text'; "0" is a number
    "x | y"               the first value that exists
    "json(x)"             a function of `FUNCTIONS`
    ""                    no value

The input is the part, the message or the data of an event. In a projection it is a group of events:

    "step.ended/cost"     a field of the data of the event `step.ended`
    "step.ended/@"        the time of this event

A value that does not exist is `MISSING`. An expression with a missing value is missing too.

A condition on a part, a message or an event is a table. Its keys are expressions, such as a field:

    { ignored = true }                   the field exists and is not false, zero, empty or null
    { synthetic = false }                the field does not exist, or is false, zero, empty or null
    { "state.status" = "completed" }     the field is this text; a text with `*` is a pattern
    { reason = ["aborted", "shutdown"] } the field is one of these texts
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from inspect import signature
from typing import Any
from urllib.parse import unquote_to_bytes

from pawtui.replay.mapping.codegen import Code
from pawtui.replay.mapping.mapping_context import MISSING, NAMES, NO_EVENT, renamed
from pawtui.replay.reading.decode import encode
from pawtui.replay.replay_errors import ReplayError

_CALL = re.compile(r"([a-z_0-9]+)\((.*)\)")
# A percent sign without two hexadecimal digits.
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Half of a surrogate pair has no UTF-8 form: JavaScript encodes it as U+FFFD.
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_FIELD = re.compile(r"[^\s|()='\"\\]+")

# A compiled condition: (input, context) -> true or false.
Condition = Callable[[Any, Any], Any]
Wanted = bool | int | str | list[str]
# A table of conditions: the wanted value of each expression. All of them must be met.
Conditions = Mapping[str, Wanted]


class ExpressionError(ValueError):
    """An expression is invalid; `str()` is the reason."""


@contextmanager
def locate_errors(generation: str, place: str) -> Iterator[None]:
    """Add the place in the mapping file to an error. Raises `ReplayError`."""
    try:
        yield
        return
    except ExpressionError as error:
        reason = str(error)
    except KeyError as key:
        reason = f"the key {key} is missing. Add it."
    except (TypeError, ValueError) as error:
        reason = f"a value has the wrong type ({error}). Correct it."
    raise ReplayError(f"The mapping {generation!r} is wrong at {place}: {reason}")


def write_expression(code: Code, text: str) -> str:
    """Return the Python code of a mapping file's expression. Raises `ExpressionError`."""
    if not text or text[0] == "=":
        return code.literal(text[1:]) if text else "M"
    if len(text) > 1 and text[0] == text[-1] == "'":
        return code.literal(text[1:-1])
    if text.isdecimal():
        return str(int(text))
    alternatives = _split(text, "|")
    if len(alternatives) > 1:
        *others, last = [write_expression(code, part) for part in alternatives]
        for other in reversed(others):
            name = code.new_name()
            last = f"({name} if ({name} := {other}) is not M else {last})"
        return last
    if call := _CALL.fullmatch(text):
        return _write_call(code, call[1], _split(call[2], ","))
    if not _FIELD.fullmatch(text):
        raise ExpressionError(f"{text!r} is not a value: use a field, $name, =text or a function.")
    return _write_name(code, text[1:]) if text[0] == "$" else _write_field(code, text)


def _write_call(code: Code, name: str, texts: list[str]) -> str:
    if name not in FUNCTIONS:
        raise ExpressionError(f"there is no function {name!r}; use one of {', '.join(FUNCTIONS)}.")
    try:
        signature(FUNCTIONS[name]).bind(*texts)
    except TypeError as error:
        raise ExpressionError(f"the function {name!r} has the wrong number of values: {error}.") from None
    arguments = {code.new_name(): text for text in texts}
    checks = [f"({variable} := {write_expression(code, text)}) is M" for variable, text in arguments.items()]
    return f"(M if {' or '.join(checks)} else {code.value(FUNCTIONS[name])}({', '.join(arguments)}))"


def _write_name(code: Code, text: str) -> str:
    name, *path = text.split(".")
    if name not in NAMES:
        raise ExpressionError(f"there is no ${name}; use one of {', '.join(f'${known}' for known in NAMES)}.")
    return code.path(code.table(f"c.{name}"), path) if path else f"c.{name}"


def _write_field(code: Code, path: str) -> str:
    """Return the Python code of a field of the input. If the input is not a table, the field is missing."""
    if not code.reads_events:
        return code.path(code.table("s"), path.split("."))
    event_type, _, rest = path.partition("/")
    event = code.hoist(f"s.get({event_type!r}, {code.value(NO_EVENT)})")
    return f"{event}.at" if rest == "@" else code.path(code.hoist(f"{event}.data"), rest.split("."))


def compile_condition(wanted: Conditions) -> Condition:
    """Return a function that is true if all conditions in `wanted` are met. Raises `ExpressionError`."""
    code = Code()
    return code.function(write_condition(code, wanted))


def write_condition(code: Code, wanted: Conditions) -> str:
    """Return the Python code that is true if all conditions in `wanted` are met. Raises `ExpressionError`."""
    tests = [_test(code, write_expression(code, name), value) for name, value in wanted.items()]
    return " and ".join(tests) or "True"


def _test(code: Code, value: str, wanted: Wanted) -> str:
    """Return an expression that is true if the value of the expression `value` is the wanted one."""
    if wanted is True:
        return f"bool({value})"
    if wanted is False:
        return f"(not {value})"
    if isinstance(wanted, list):
        name = code.new_name()
        return f"(type({name} := {value}) is str and {name} in {code.value(frozenset(wanted))})"
    if isinstance(wanted, str) and "*" in wanted:
        name = code.new_name()
        matches = code.value(fnmatchcase)
        return f"(type({name} := {value}) is str and {matches}({name}, {wanted!r}))"
    return f"({value} == {wanted!r})"


def _split(text: str, mark: str) -> list[str]:
    """Split at marks outside parentheses and quotes, and strip each part."""
    parts, depth, is_quoted = [""], 0, False
    for char in text:
        if char == "'":
            is_quoted = not is_quoted
        elif char == "(" and not is_quoted:
            depth += 1
        elif char == ")" and not is_quoted:
            depth -= 1
        if char == mark and depth == 0 and not is_quoted:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def _base64(url: Any) -> Any:
    """Return the data of a data URL, encoded in base64. Missing if JavaScript's `decodeURIComponent` refuses it."""
    header, comma, data = str(url).partition(",")
    if not comma:
        return MISSING
    if header.endswith(";base64"):
        return data
    decoded = unquote_to_bytes(_HALF_PAIR.sub("\ufffd", data))
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return MISSING
    return MISSING if _BAD_ESCAPE.search(data) else b64encode(decoded).decode()


def _text(pattern: Any, *values: Any) -> Any:
    for value in values:
        pattern = str(pattern).replace("{}", str(value), 1)
    return pattern


def _without(table: Any, name: Any) -> Any:
    if not (isinstance(table, dict) and isinstance(name, str) and name in table):
        return table
    return {key: value for key, value in table.items() if key != name} or MISSING


def _with_true(table: Any, name: Any) -> Any:
    return {**table, name: True} if isinstance(table, dict) and isinstance(name, str) else MISSING


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    # A value as a text of JSON.
    "json": lambda value: encode(value).decode("utf-8", "surrogatepass"),
    "renamed": renamed,
    "base64": _base64,
    # A text in which each `{}` is replaced by a value.
    "text": _text,
    # A value that is not an empty text.
    "nonempty": lambda value: MISSING if value == "" else value,
    # A value that is a text.
    "only_text": lambda value: value if isinstance(value, str) else MISSING,
    # A table without a field. Missing if it is the only field.
    "without": _without,
    # A table in which a field is true.
    "with_true": _with_true,
    # The second value, if the first one exists: a call is missing if one of its arguments is.
    "if": lambda _condition, value: value,
}
