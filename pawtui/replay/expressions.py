"""The small language of values in a mapping file.

    "a.b.0"               a field of the subject; a number is a place in a list
    "$message"            a value of the context; "$info.agent" a field of it
    "=text"               the text itself, and within a function 'text'; "0" is a number
    "x | y"               the first of these that is there
    "json(x)"             a function of `FUNCTIONS` applied to values
    ""                    nothing

A value that is not there is `MISSING`, and whatever is made of it is missing too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pawtui.replay.codegen import MISSING, Code, Getter, Missing
from pawtui.replay.decode import Undecodable, decode_any, encode

__all__ = [
    "FUNCTIONS",
    "MISSING",
    "ExpressionError",
    "Getter",
    "Language",
    "Missing",
    "attribute",
    "subject_field",
    "subject_fields",
    "table",
    "write_element",
    "write_item",
    "write_subject",
]

_CALL = re.compile(r"([a-z_]+)\((.*)\)")
_FIELD = re.compile(r"[^\s|()='\"\\]+")

# Writes the expression of a path into the code: of the subject, or of a name behind a `$`.
Write = Callable[[Code, tuple[str, ...]], str]


class ExpressionError(ValueError):
    """An expression is not of the language; `str()` says what is wrong."""


def write_subject(code: Code, steps: tuple[str, ...]) -> str:
    """Write a field of the subject, which is a table."""
    return code.path("s", steps)


def write_element(code: Code, steps: tuple[str, ...]) -> str:
    """Write a field of the subject, which may be anything."""
    return code.path(code.table("s"), steps)


def attribute(name: str) -> Write:
    """Return what writes an attribute of the context that is no table."""
    return lambda _code, _steps: f"c.{name}"


def table(name: str) -> Write:
    """Return what writes a field of a table of the context."""
    return lambda code, steps: code.path(code.open(f"c.{name}"), steps) if steps else f"c.{name}"


def write_item(code: Code, steps: tuple[str, ...]) -> str:
    """Write a field of the element at hand, which is another one each time."""
    return code.path("c.item", steps, fixed=False)


class Language(NamedTuple):
    """What fields and names mean.

    `roots` are the names behind a `$`; `subject` writes a field of the subject, given by its path. `always` are names
    whose value is never missing.
    """

    roots: Mapping[str, Write]
    subject: Callable[[Code, str], str]
    always: frozenset[str] = frozenset()

    def is_always(self, text: str) -> bool:
        """Return whether the value of an expression is never missing."""
        return text.startswith("=") or (text.startswith("$") and text[1:] in self.always)

    def write(self, code: Code, text: str) -> str:
        """Write the value of an expression into the code. Raises `ExpressionError`."""
        if not text or text[0] == "=":
            return code.literal(text[1:]) if text else "M"
        if len(text) > 1 and text[0] == text[-1] == "'":
            return code.literal(text[1:-1])
        if text.isdecimal():
            return str(int(text))
        alternatives = _split(text, "|")
        if len(alternatives) > 1:
            *others, last = [self.write(code, part) for part in alternatives]
            for other in reversed(others):
                name = code.name()
                last = f"({name} if ({name} := {other}) is not M else {last})"
            return last
        if call := _CALL.fullmatch(text):
            return self._call(code, call[1], _split(call[2], ","))
        if not _FIELD.fullmatch(text):
            raise ExpressionError(f"{text!r} is not a value: use a field, $name, =text or a function.")
        if text.startswith("$"):
            name, *rest = text[1:].split(".")
            if name not in self.roots:
                known = ", ".join(f"${root}" for root in self.roots)
                raise ExpressionError(f"there is no ${name}; there are: {known}.")
            return self.roots[name](code, tuple(rest))
        return self.subject(code, text)

    def compile(self, text: str) -> Getter:
        """Return the function of an expression. Raises `ExpressionError`."""
        code = Code()
        return code.function(self.write(code, text))

    def _call(self, code: Code, name: str, texts: list[str]) -> str:
        if name not in FUNCTIONS:
            raise ExpressionError(f"there is no function {name!r}; there are: {', '.join(FUNCTIONS)}.")
        names = []
        checks = []
        for text in texts:
            variable = code.name()
            names.append(variable)
            checks.append(f"({variable} := {self.write(code, text)}) is M")
        return f"(M if {' or '.join(checks)} else {code.value(FUNCTIONS[name])}({', '.join(names)}))"


def subject_field(path: str) -> Getter:
    """Return the function of a dotted path into the subject, which may be anything."""
    code = Code()
    return code.function(write_element(code, tuple(path.split("."))))


def subject_fields(paths: Sequence[str]) -> Callable[[Any, Any], tuple[Any, ...]]:
    """Return the function of several dotted paths into the subject, which gives all their values."""
    code = Code()
    values = [write_element(code, tuple(path.split("."))) for path in paths]
    return code.function(f"({''.join(f'{value}, ' for value in values)})")


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
