"""Patterns from a tracker run under limits: a runaway one is an answer, not a hung screen.

The dialect is that of the `regex` library, which alone can stop a match in the middle. `^` and `$` mean lines.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Literal, TypeVar

import regex

from pawtui.probes.readers.sql import statements
from pawtui.tracker.pattern_check import pattern_mistake, probe_pattern_mistakes, sql_mistake
from pawtui.tracker.tracker_types import Probe

TIME_LIMIT = 1.0  # seconds for all texts of one probe together

Read = Literal["text", "sql"]
_T = TypeVar("_T")


class PatternError(ValueError):
    """The pattern does not compile or takes too long; `str()` is the cause, for `unknown: ...`."""


def compile_pattern(pattern: str, *, whole: bool = False) -> regex.Pattern[str]:
    """Return the pattern, compiled. Raises `PatternError`; a `whole` one is held against whole names."""
    if mistake := pattern_mistake(pattern, whole=whole):
        raise PatternError(mistake.rstrip("."))
    return regex.compile(pattern, regex.VERSION0 | regex.MULTILINE)


async def check_patterns(probe: Probe) -> None:
    """Raise `PatternError` where a pattern of the probe cannot be used or asks for nothing.

    A tracker is read without its patterns, to be read fast: they are checked where they are about to be run.
    """
    if mistakes := await asyncio.to_thread(probe_pattern_mistakes, probe):
        key, message = mistakes[0]
        raise PatternError(f"{'.'.join(map(str, key))}: {message}".rstrip("."))


async def in_time(work: Callable[[float], _T], what: str) -> _T:
    """Run work in a thread; it is given the moment (of `time.monotonic`) at which it must end.

    `PatternError` when it raises `TimeoutError`; `what` names what ran too long.
    """
    try:
        return await asyncio.to_thread(lambda: work(time.monotonic() + TIME_LIMIT))
    except TimeoutError:
        raise PatternError(f"{what} ran for over {TIME_LIMIT:g} s: make it simpler") from None


async def run_pattern(
    pattern: str, texts: Sequence[str], find: Callable[[regex.Pattern[str], str, float], _T]
) -> list[_T]:
    """`find(compiled, text, seconds left)` for each text, away from the event loop, within the time limit.

    `find` passes the seconds on as `timeout=`; `PatternError` when they run out.
    """

    def work(end: float) -> list[_T]:
        # Compiling is work as well: `(a{100}){100}` takes its time.
        compiled = compile_pattern(pattern)
        return [find(compiled, text, max(end - time.monotonic(), 0.001)) for text in texts]

    return await in_time(work, f"the pattern {pattern!r}")


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


async def first_match(pattern: str, text: str, *, path: str = "", read: Read = "text") -> tuple[int, str] | None:
    """The first match as (line number from 1, that line), or None.

    With `read = "sql"` the text is the file's SQL statements, folded, one a line; the line number is the file's.
    """
    if read == "text":
        return (await run_pattern(pattern, [text], _first_line))[0]
    if mistake := sql_mistake(pattern):
        raise PatternError(mistake.rstrip("."))
    folded = await asyncio.to_thread(statements, text, path)
    found = (await run_pattern(pattern, ["\n".join(one.text for one in folded)], _first_line))[0]
    return (folded[found[0] - 1].line, found[1]) if found else None


async def names_in(pattern: str, texts: Sequence[str]) -> list[dict[str, int]]:
    """For each text, every name the pattern's groups caught (joined by `@`), with the line it first stands on."""

    def find(compiled: regex.Pattern[str], text: str, left: float) -> dict[str, int]:
        names: dict[str, int] = {}
        starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        for found in compiled.finditer(text, timeout=left, concurrent=True):
            name = "@".join(group for group in found.groups() if group) or found[0]
            names.setdefault(name, bisect_right(starts, found.start()))
        return names

    return await run_pattern(pattern, texts, find)
