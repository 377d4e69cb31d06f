"""The small language of values in a mapping file, compiled to functions.

    "a.b.0"               a field of the subject; a number is a place in a list
    "$message"            a value of the context; "$info.agent" a field of it
    "=text"               the text itself, and within a function 'text'
    "x | y"               the first of these that is there
    "json(x)"             a function of `FUNCTIONS` applied to values
    ""                    nothing

A value that is not there is `MISSING`, and whatever is made of it is missing too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from pawtui.replay.decode import Undecodable, decode_any, encode


class Missing:
    """The type of `MISSING`."""

    def __repr__(self) -> str:
        """Name it in messages of tests."""
        return "MISSING"

    def __bool__(self) -> bool:
        """Count as false in conditions."""
        return False


MISSING: Final = Missing()
# A value of the subject and the context.
Getter = Callable[[Any, Any], Any]
# Turns a path's first step and the rest into a getter; None where the first step means nothing special.
Root = Callable[[str, tuple[str, ...]], Getter]

_CALL = re.compile(r"([a-z_]+)\((.*)\)")
_FIELD = re.compile(r"[^\s|()=]+")


class ExpressionError(ValueError):
    """An expression is not of the language; `str()` says what is wrong."""


def field(path: tuple[str, ...]) -> Getter:
    """Return the getter of a field of the subject; MISSING where any step of the path is not there."""
    steps: tuple[str | int, ...] = tuple(int(step) if step.isdigit() else step for step in path)
    if len(steps) == 1 and isinstance(steps[0], str):
        return _one_step(steps[0])
    if len(steps) == 2 and isinstance(steps[0], str) and isinstance(steps[1], str):
        return _two_steps(steps[0], steps[1])

    def get(subject: Any, _context: Any) -> Any:
        for step in steps:
            try:
                subject = subject[step]
            except (KeyError, TypeError, IndexError):
                return MISSING
        return subject

    return get


def _one_step(name: str) -> Getter:
    def get(subject: Any, _context: Any) -> Any:
        try:
            return subject[name]
        except (KeyError, TypeError, IndexError):
            return MISSING

    return get


def _two_steps(first: str, second: str) -> Getter:
    def get(subject: Any, _context: Any) -> Any:
        try:
            return subject[first][second]
        except (KeyError, TypeError, IndexError):
            return MISSING

    return get


def constant(value: Any) -> Getter:
    """Return the getter of a value that is always the same."""
    return lambda _subject, _context: value


def compile_expression(text: str, roots: Mapping[str, Root], subject: Callable[[str], Getter]) -> Getter:
    """Compile an expression.

    Args:
        text: the expression.
        roots: what names after a `$` mean: each is given the rest of its path.
        subject: compiles a path into the subject.

    Raises:
        ExpressionError: the text is no expression.
    """
    if not text or text[0] == "=":
        return constant(text[1:] if text else MISSING)
    if len(text) > 1 and text[0] == text[-1] == "'":
        return constant(text[1:-1])
    alternatives = _split(text, "|")
    if len(alternatives) > 1:
        return _first_of([compile_expression(part, roots, subject) for part in alternatives])
    if call := _CALL.fullmatch(text):
        return _call(call[1], _split(call[2], ","), roots, subject)
    if not _FIELD.fullmatch(text):
        raise ExpressionError(f"{text!r} is not a value: use a field, $name, =text or a function.")
    if text.startswith("$"):
        name, *rest = text[1:].split(".")
        if name not in roots:
            raise ExpressionError(f"there is no ${name}; there are: {', '.join(f'${root}' for root in roots)}.")
        return roots[name](name, tuple(rest))
    return subject(text)


def _split(text: str, mark: str) -> list[str]:
    """Split at marks outside of parentheses and quotes, and strip each part."""
    parts, depth, quoted = [""], 0, False
    for char in text:
        quoted ^= char == "'"
        depth += 0 if quoted else (char == "(") - (char == ")")
        if char == mark and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def _first_of(getters: list[Getter]) -> Getter:
    def get(subject: Any, context: Any) -> Any:
        for getter in getters:
            value = getter(subject, context)
            if value is not MISSING:
                return value
        return MISSING

    return get


def _call(name: str, texts: list[str], roots: Mapping[str, Root], subject: Callable[[str], Getter]) -> Getter:
    if name not in FUNCTIONS:
        raise ExpressionError(f"there is no function {name!r}; there are: {', '.join(FUNCTIONS)}.")
    function = FUNCTIONS[name]
    if len(texts) == 1:
        only = compile_expression(texts[0], roots, subject)

        def get_one(item: Any, context: Any) -> Any:
            value = only(item, context)
            return MISSING if value is MISSING else function(value)

        return get_one
    getters = [compile_expression(text, roots, subject) for text in texts]

    def get(item: Any, context: Any) -> Any:
        values = [getter(item, context) for getter in getters]
        return MISSING if MISSING in values else function(*values)

    return get


def _json(value: Any) -> Any:
    return encode(value).decode("utf-8", "surrogatepass")


def _parse(text: Any) -> Any:
    if not isinstance(text, str):
        return MISSING
    try:
        return decode_any(text.encode("utf-8", "surrogatepass"))
    except Undecodable:
        return MISSING


def _renamed(prefix: Any, value: Any) -> Any:
    """An id with another prefix: `renamed('msg', $id)` of `prt_1` is `msg_1`."""
    return f"{prefix}_{str(value).partition('_')[2]}"


def _after(mark: Any, value: Any) -> Any:
    """What follows the first mark in a text."""
    _, found, rest = str(value).partition(str(mark))
    return rest if found else MISSING


def _text(pattern: Any, *values: Any) -> Any:
    """A text with values in place of each `{}`."""
    for value in values:
        pattern = str(pattern).replace("{}", str(value), 1)
    return pattern


def _number(prefix: Any, value: Any) -> Any:
    """A number with a prefix, as a text."""
    return f"{prefix}{value}"


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "json": _json,
    "parse": _parse,
    "renamed": _renamed,
    "after": _after,
    "text": _text,
    "number": _number,
}
