"""Which parts of a Markdown text are code beyond doubt (CommonMark 0.31: 4.5 fenced code, 6.1 code spans; GFM tables).

Whoever leaves code untouched must not be wrong about what is code: a backtick that was left open further up turns
inside and outside around. So this finds only what no context can change, and takes the rest for prose:

- a code span that begins and ends within one line, in a block (lines up to the next blank one) where every run of
  backticks finds its partner within its own line, none is escaped, no span holds a pipe (in a table it would end the
  cell), and there is no dollar sign (mathematics);
- a fence of backticks at the very beginning of a line, closed at the very beginning of a line.

Anything else that looks like a fence ends the search: from there on, all is prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_RUN = re.compile(r"`+")
# GitHub draws what stands in a fence of these.
_FENCE = re.compile(r"(`{3,})(?!math|mermaid|geojson|topojson|stl)[A-Za-z0-9_+.-]* *\n?")
_LIKE_FENCE = re.compile(r"[\s>*+\-.)0-9]*(?:```|~~~)")
_DOUBTFUL = re.compile(r"\\`|\$")


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, in order and without loss, each with whether it is code (its backticks included)."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    at = 0
    while at < len(lines) and "$$" not in text:
        stop = next((n for n in range(at, len(lines)) if _blank(lines[n]) or _LIKE_FENCE.match(lines[n])), len(lines))
        yield from _block(lines[at:stop])
        at = stop
        if at == len(lines):
            return
        if _blank(lines[at]):
            yield lines[at], False
            at += 1
            continue
        close = _closing(lines, at)
        if not close:
            break
        yield "".join(lines[at:close]), True
        at = close
    yield "".join(lines[at:]), False


def _blank(line: str) -> bool:
    # Not `strip()`: only spaces and tabs make a line blank, a no-break space does not.
    return not line.strip(" \t\n")


def _closing(lines: list[str], start: int) -> int:
    """The number after the line that closes the fence; 0 where none does, or where it is in doubt whether it is one."""
    fence = _FENCE.fullmatch(lines[start])
    if fence is None:
        return 0
    like = (number for number in range(start + 1, len(lines)) if lines[number].lstrip().startswith("```"))
    first = next(like, 0)
    return first + 1 if first and lines[first].rstrip(" \n") == fence[1] else 0


def _block(lines: list[str]) -> Iterator[tuple[str, bool]]:
    found = [_spans(line) for line in lines]
    for line, spans in zip(lines, found, strict=True):
        at = 0
        for first, last in spans if spans and None not in found else ():
            yield line[at:first], False
            yield line[first:last], True
            at = last
        yield line[at:], False


def _spans(line: str) -> list[tuple[int, int]] | None:
    """Where the line's code spans begin and end; None where its backticks do not come in pairs of their own."""
    if _DOUBTFUL.search(line):
        return None
    runs = list(_RUN.finditer(line))
    found = []
    while runs:
        first = runs.pop(0)
        partner = next((number for number, run in enumerate(runs) if len(run[0]) == len(first[0])), None)
        if partner is None:
            return None
        last = runs[partner]
        if "|" in line[first.start() : last.end()]:
            return None
        found.append((first.start(), last.end()))
        del runs[: partner + 1]
    return found
