"""Refuse a TOML text that would take `tomllib` minutes, or all of its stack, before it is parsed.

Tracker files are untrusted. Deep nesting raises `RecursionError`, and a dotted key of 50,000 parts takes half a minute.
A number of 5,000 digits raises `ValueError` without a line.
"""

import re
from typing import NamedTuple

from pawtui.tracker.locate import STRING

_MAX_NESTED = 32
_MAX_PARTS = 16  # of a dotted key
_MAX_DIGITS = 18

_STRING_OR_COMMENT = re.compile(rf"{STRING.pattern}|#[^\n]*", re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_LONG_NUMBER = re.compile(r"(?<![\w.+-])[+-]?[0-9][0-9_]*")
_KEY_END = re.compile(r"[=,\[\]{}]")


class TomlProblem(NamedTuple):
    """The line (from 1) of a refused text, and its message, which follows the line."""

    line: int
    message: str


def _blank_strings(text: str) -> str:
    """Return the text without comments and contents of strings; every other character keeps its place."""

    def blank(found: re.Match[str]) -> str:
        if found[0].startswith("#"):
            return " " * len(found[0])
        return found[0][0] + re.sub(r"[^\n]", "_", found[0][1:-1]) + found[0][-1]

    return _STRING_OR_COMMENT.sub(blank, text)


def find_toml_problem(text: str) -> TomlProblem | None:
    """Return the first limit that a text exceeds, or None."""
    depth = 0
    for number, line in enumerate(_blank_strings(text).split("\n"), start=1):
        for bracket in _BRACKET.findall(line):
            depth = max(depth + (1 if bracket in "[{" else -1), 0)
            if depth > _MAX_NESTED:
                message = f"brackets are nested more than {_MAX_NESTED} deep. A tracker needs 4. Remove some."
                return TomlProblem(number, message)
        if message := _long_key(line) or _long_number(line):
            return TomlProblem(number, message)
    return None


def _long_key(line: str) -> str:
    parts = max(piece.count(".") for piece in _KEY_END.split(line)) + 1
    if parts <= _MAX_PARTS:
        return ""
    return f"a key has {parts:,} parts; at most {_MAX_PARTS} are allowed. Remove some of its dots."


def _long_number(line: str) -> str:
    for found in _LONG_NUMBER.finditer(line):
        digits = sum(char.isdigit() for char in found[0])
        if digits > _MAX_DIGITS and not line[found.end() : found.end() + 1].isalpha():
            return f"a number has {digits:,} digits; at most {_MAX_DIGITS} are allowed. Give a smaller one."
    return ""
