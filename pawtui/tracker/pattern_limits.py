"""Refuse patterns that would use gigabytes when compiled, such as `(a{1000}){1000}`. Tracker files are untrusted."""

from __future__ import annotations

import re

_MOST_CHARACTERS = 2_000
_MOST_REPEATS = 1_000
_MOST_STEPS = 50_000

_REPEAT = re.compile(r"\{(\d*)(?:(,)(\d*))?\}")
# With the flag `x`, a repeat can contain spaces and comments.
_SPACED_REPEAT = re.compile(r"\{(?:[\d,\s]|#[^\n]*\n)*\}")
_IGNORED = re.compile(r"\s|#[^\n]*\n")
_VERBOSE = re.compile(r"\(\?[a-zA-Z-]*x")
_COMMENT = re.compile(r"\\.|#[^\n]*", re.DOTALL)


def pattern_problem(pattern: str) -> str:
    """Return why a pattern is refused, as the end of a sentence; empty if it is accepted."""
    if len(pattern) > _MOST_CHARACTERS:
        return f"has {len(pattern):,} characters; at most {_MOST_CHARACTERS:,} are allowed"
    readings = [pattern]
    if _VERBOSE.search(pattern):
        # The place of the flag decides which `#` begins a comment. Check the pattern with and without comments.
        readings.append(_COMMENT.sub(lambda found: found[0] if found[0][0] == "\\" else "", pattern))
    return next((problem for reading in readings if (problem := _size_problem(reading))), "")


def _size_problem(pattern: str) -> str:
    # The number of steps in each open group (innermost last), and in the item before the current place.
    open_groups: list[int] = [0]
    last = 0
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            last, at = _one_more(open_groups), at + 2
            continue
        if char == "[":
            last, at = _one_more(open_groups), _class_end(pattern, at)
            continue
        if pattern.startswith("(?#", at):
            at = pattern.find(")", at) + 1 or len(pattern)
            continue
        if char == "(":
            open_groups.append(0)
        elif char == ")" and len(open_groups) > 1:
            last = open_groups.pop() + 1
            open_groups[-1] += last
        elif spaced := _SPACED_REPEAT.match(pattern, at):
            repeat = _REPEAT.fullmatch(_IGNORED.sub("", spaced[0]))
            if repeat is None:
                last, at = _one_more(open_groups), at + 1
                continue
            times = max((int(digits[:9]) for digits in (repeat[1], repeat[3] or "") if digits), default=0)
            if times > _MOST_REPEATS or len(repeat[0]) > 12:
                return f"repeats something {repeat[0][1:-1][:24]} times; at most {_MOST_REPEATS:,} are allowed"
            open_groups[-1] += last * max(times - 1, 0)
            last *= max(times, 1)
            at = spaced.end()
            if open_groups[-1] > _MOST_STEPS:
                break
            continue
        elif char not in "|?*+^$":
            last = _one_more(open_groups)
        at += 1
    if sum(open_groups) > _MOST_STEPS:
        return f"repeats groups inside groups to over {_MOST_STEPS:,} steps; make it simpler"
    return ""


def _one_more(open_groups: list[int]) -> int:
    open_groups[-1] += 1
    return 1


def _class_end(pattern: str, start: int) -> int:
    at = start + 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1
