"""Find the parts of a Markdown text that are certainly code.

The rules are in CommonMark 0.31 (4.5 fenced code, 6.1 code spans) and in GFM (tables).

The caller leaves code unescaped, so a wrong match would be unsafe: an unclosed backtick swaps code and prose. Therefore
only these two forms are code, and the rest is prose:

- A code span on one line. In its block (the lines up to a blank line), each run of backticks must have its partner on
  the same line. No backtick is escaped, no span contains a pipe (it would end a table cell), and the block contains no
  dollar sign (mathematics).
- A fence of backticks that starts and ends at the beginning of a line.

Anything else that resembles a fence ends the search: all text after it is prose.
"""

import re
from collections.abc import Iterator

_RUN = re.compile(r"`+")
# GitHub renders a fence of these languages as a picture or a formula.
_FENCE = re.compile(r"(`{3,})(?!math|mermaid|geojson|topojson|stl)[A-Za-z0-9_+.-]* *\n?")
_LIKE_FENCE = re.compile(r"[\s>*+\-.)0-9]*(?:```|~~~)")
_DOUBTFUL = re.compile(r"\\`|\$")


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, each with whether it is code. Code includes its backticks."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    start = 0
    while start < len(lines) and "$$" not in text:
        ends = (index for index in range(start, len(lines)) if _blank(lines[index]) or _LIKE_FENCE.match(lines[index]))
        stop = next(ends, len(lines))
        yield from _block(lines[start:stop])
        start = stop
        if start == len(lines):
            return
        if _blank(lines[start]):
            yield lines[start], False
            start += 1
            continue
        close = _closing_fence(lines, start)
        if not close:
            break
        yield "".join(lines[start:close]), True
        start = close
    yield "".join(lines[start:]), False


def _blank(line: str) -> bool:
    # `strip()` alone would also remove a no-break space, which does not make a line blank.
    return not line.strip(" \t\n")


def _closing_fence(lines: list[str], start: int) -> int:
    """Return the index after the line that closes the fence; 0 if the fence is not closed or not certain."""
    fence = _FENCE.fullmatch(lines[start])
    if fence is None:
        return 0
    like = (number for number in range(start + 1, len(lines)) if lines[number].lstrip().startswith("```"))
    first = next(like, 0)
    return first + 1 if first and lines[first].rstrip(" \n") == fence[1] else 0


def _block(lines: list[str]) -> Iterator[tuple[str, bool]]:
    spans_of_lines = [_spans(line) for line in lines]
    # A line whose spans are not certain makes the whole block prose.
    is_certain = None not in spans_of_lines
    for line, spans in zip(lines, spans_of_lines, strict=True):
        start = 0
        if is_certain and spans is not None:
            for first, last in spans:
                yield line[start:first], False
                yield line[first:last], True
                start = last
        yield line[start:], False


def _spans(line: str) -> list[tuple[int, int]] | None:
    """Return the start and end of each code span of a line; None if its spans are not certain."""
    if _DOUBTFUL.search(line):
        return None
    runs = list(_RUN.finditer(line))
    spans = []
    while runs:
        first = runs.pop(0)
        partner = next((number for number, run in enumerate(runs) if len(run[0]) == len(first[0])), None)
        if partner is None:
            return None
        last = runs[partner]
        if "|" in line[first.start() : last.end()]:
            return None
        spans.append((first.start(), last.end()))
        del runs[: partner + 1]
    return spans
