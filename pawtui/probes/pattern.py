"""Patterns from a tracker, run with a time limit.

The dialect is that of the `regex` library, which can stop a running match. `^` and `$` match at each line.
"""

import asyncio
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple, TypeVar

import msgspec
import regex

from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.sanitize import safe_line
from pawtui.tracker.pattern_mistakes import probe_pattern_mistakes
from pawtui.tracker.probe_types import Probe

TIME_LIMIT = 1.0  # seconds for one pattern on all its texts, or for reading one file

# The probes whose patterns have no mistake, as JSON.
_CHECKED: set[bytes] = set()

_T = TypeVar("_T")


class LineMatch(NamedTuple):
    """A match: the number of its first line, from 1, and the text of that line, safe to show."""

    line: int
    text: str


async def check_patterns(probe: Probe) -> None:
    """Raise `Unmeasurable` if a pattern of the probe is invalid or matches everything.

    So that trackers are read fast, patterns are checked only before they run: in a thread, because a check may take 200
    ms, and each probe only once.
    """
    key = msgspec.json.encode(probe)
    if key in _CHECKED:
        return
    if mistakes := await asyncio.to_thread(probe_pattern_mistakes, probe):
        path, message = mistakes[0]
        raise Unmeasurable(f"{'.'.join(map(str, path))}: {message}".rstrip("."))
    _CHECKED.add(key)


async def run_in_time(work: Callable[[float], _T], what: str, remedy: str = "") -> _T:
    """Return the result of work in a thread. Its argument is its time limit in seconds.

    Raises `Unmeasurable` with the name `what` and the `remedy` if the work raises `TimeoutError`.
    """
    try:
        return await asyncio.to_thread(work, TIME_LIMIT)
    except TimeoutError:
        raise Unmeasurable(f"{what} took over {TIME_LIMIT:g} s{remedy}") from None


async def run_pattern(
    pattern: str, texts: Sequence[str], find: Callable[[regex.Pattern[str], str, float], _T]
) -> list[_T]:
    """Return `find(compiled, text, timeout)` for each text, in a thread and within the time limit.

    `measure_probes` has checked the pattern. `find` must pass the `timeout` on to `regex`. Raises `Unmeasurable` if the
    time is over.
    """

    def work(time_limit: float) -> list[_T]:
        end = time.monotonic() + time_limit
        # In the thread, because compiling can be slow too: `(a{100}){100}`.
        compiled = regex.compile(pattern, regex.VERSION0 | regex.MULTILINE)
        # Never negative: `regex` takes that as no limit.
        return [find(compiled, text, max(end - time.monotonic(), 0.0)) for text in texts]

    return await run_in_time(work, f"the pattern {pattern!r}", ": make it simpler")


async def match_each(pattern: str, texts: Sequence[str]) -> list[bool]:
    """Return, for each text, whether it contains a match."""
    return [match is not None for match in await run_pattern(pattern, texts, _search)]


async def matched_parts(pattern: str, texts: Iterable[str]) -> dict[str, str]:
    """Return, for each text with a match, the part that matches."""
    given = list(texts)
    found = await run_pattern(pattern, given, _search)
    return {text: match[0] for text, match in zip(given, found, strict=True) if match}


async def first_match(pattern: str, text: str) -> LineMatch | None:
    """Return the first match in a text, or None."""

    def find(compiled: regex.Pattern[str], text: str, timeout: float) -> LineMatch | None:
        found = _search(compiled, text, timeout)
        if found is None:
            return None
        line = text.count("\n", 0, _text_start(found)) + 1
        return LineMatch(line, safe_line(text.split("\n")[line - 1]))

    return (await run_pattern(pattern, [text], find))[0]


async def find_names(pattern: str, text: str) -> dict[str, int]:
    """Return the names that the pattern's groups matched (joined by `@`), each with its first line."""

    def find(compiled: regex.Pattern[str], text: str, timeout: float) -> dict[str, int]:
        names: dict[str, int] = {}
        starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        for found in compiled.finditer(text, timeout=timeout, concurrent=True):
            groups = [number for number, group in enumerate(found.groups(), 1) if group]
            name = "@".join(found[number] for number in groups) or found[0]
            names.setdefault(name, bisect_right(starts, found.start(groups[0]) if groups else _text_start(found)))
        return names

    return (await run_pattern(pattern, [text], find))[0]


def _search(compiled: regex.Pattern[str], text: str, timeout: float) -> regex.Match[str] | None:
    return compiled.search(text, timeout=timeout, concurrent=True)


def _text_start(match: regex.Match[str]) -> int:
    """Return where the text of a match begins: white space at its start may be blank lines above."""
    return match.end() - len(match[0].lstrip() or match[0])
