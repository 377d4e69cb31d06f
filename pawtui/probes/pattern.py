"""Patterns from a tracker run under a time limit: a runaway one is an answer, not a hung screen.

The dialect is that of the `regex` library, which alone can stop a match in the middle.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import regex

TIME_LIMIT = 1.0  # seconds for all texts of one probe together

_T = TypeVar("_T")


class PatternError(ValueError):
    """The pattern does not compile or ran away; `str()` is the cause, for `unknown: ...`."""


def compile_pattern(pattern: str) -> regex.Pattern[str]:
    """The pattern, compiled; `PatternError` says where it is wrong."""
    try:
        return regex.compile(pattern, regex.VERSION0)
    except regex.error as error:
        raise PatternError(f"the pattern {pattern!r} does not compile: {error}") from None


async def run_pattern(
    pattern: str, texts: Sequence[str], find: Callable[[regex.Pattern[str], str, float], _T]
) -> list[_T]:
    """`find(compiled, text, seconds left)` for each text, away from the event loop, within the time limit.

    `find` passes the seconds on as `timeout=`; `PatternError` when they run out.
    """

    def work() -> list[_T]:
        # Compiling is work as well: `(a{1000}){1000}` takes its time.
        compiled = compile_pattern(pattern)
        end = time.monotonic() + TIME_LIMIT
        return [find(compiled, text, max(end - time.monotonic(), 0.001)) for text in texts]

    try:
        return await asyncio.to_thread(work)
    except TimeoutError:
        raise PatternError(f"the pattern {pattern!r} ran for over {TIME_LIMIT:g} s: make it simpler") from None


async def matching(pattern: str, texts: Sequence[str]) -> list[bool]:
    """Whether each text holds a match."""
    return await run_pattern(
        pattern, texts, lambda compiled, text, left: compiled.search(text, timeout=left, concurrent=True) is not None
    )


def _first_line(compiled: regex.Pattern[str], text: str, left: float) -> tuple[int, str] | None:
    found = compiled.search(text, timeout=left, concurrent=True)
    if found is None:
        return None
    line = text.count("\n", 0, found.start()) + 1
    return line, text.split("\n")[line - 1]


async def first_match(pattern: str, text: str) -> tuple[int, str] | None:
    """The first match as (line number from 1, that line), or None."""
    return (await run_pattern(pattern, [text], _first_line))[0]


async def names_in(pattern: str, texts: Sequence[str]) -> list[dict[str, int]]:
    """For each text, every name the pattern's groups caught (joined by `@`), with the line it first stands on."""

    def find(compiled: regex.Pattern[str], text: str, left: float) -> dict[str, int]:
        names: dict[str, int] = {}
        line, counted = 1, 0
        for found in compiled.finditer(text, timeout=left, concurrent=True):
            name = "@".join(group for group in found.groups() if group) or found[0]
            line += text.count("\n", counted, found.start())
            counted = found.start()
            names.setdefault(name, line)
        return names

    return await run_pattern(pattern, texts, find)
