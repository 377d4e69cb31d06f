"""Refuse patterns that would compile into gigabytes, before they are compiled.

A pattern is one line of a tracker file, which may come from anybody; `(a{1000}){1000}` is twelve characters.
"""

from __future__ import annotations

import re

MOST_CHARACTERS = 2_000
MOST_REPEATS = 1_000
MOST_STEPS = 50_000

_REPEAT = re.compile(r"\{(\d*)(?:(,)(\d*))?\}")


def pattern_problem(pattern: str) -> str:
    """Say why a pattern is not compiled, as the end of a sentence; empty where it may be."""
    if len(pattern) > MOST_CHARACTERS:
        return f"has {len(pattern):,} characters; at most {MOST_CHARACTERS:,} are allowed"
    # The steps of each open group, innermost last, and of the item that a repeat would repeat.
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
        if char == "(":
            open_groups.append(0)
        elif char == ")" and len(open_groups) > 1:
            last = open_groups.pop() + 1
            open_groups[-1] += last
        elif repeat := _REPEAT.match(pattern, at):
            times = max((int(digits[:9]) for digits in (repeat[1], repeat[3] or "") if digits), default=0)
            if times > MOST_REPEATS or len(repeat[0]) > 12:
                return f"repeats something {repeat[0]} times; at most {MOST_REPEATS:,} are allowed"
            open_groups[-1] += last * max(times - 1, 0)
            last *= max(times, 1)
            at = repeat.end()
            if open_groups[-1] > MOST_STEPS:
                break
            continue
        elif char not in "|?*+^$":
            last = _one_more(open_groups)
        at += 1
    if sum(open_groups) > MOST_STEPS:
        return f"repeats groups inside groups to over {MOST_STEPS:,} steps; make it simpler"
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
