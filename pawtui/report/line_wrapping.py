"""Measure, wrap, cut and align text in terminal columns; spans keep their roles."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pawtui.report.spans import Span, Text
from pawtui.sources.sanitize import safe_line

SPAN_LIMIT = 2000  # characters


def string_width(text: str) -> int:
    """Return the columns of a string: two for East Asian wide characters, none for combining marks."""
    return sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def text_width(text: Text) -> int:
    """Return the columns of a text with spans."""
    return string_width(_joined(text))


def _joined(text: Text) -> str:
    return "".join(span.text for span in text)


def _beginning(text: str, width: int) -> str:
    """Return the longest beginning of a text that fits in `width` columns."""
    used = 0
    for index, char in enumerate(text):
        used += _columns(char)
        if used > width:
            return text[:index]
    return text


def one_line(text: Text) -> Text:
    """Return the text on one line, safe for a terminal; a span keeps one space at each end."""
    return tuple(Span(_safe(span.text), span.role, span.url) for span in text)


def _safe(text: str) -> str:
    if not text.strip(" "):
        return text[:SPAN_LIMIT]
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{safe_line(text, SPAN_LIMIT)}{after}"


def cut(text: Text, width: int) -> Text:
    """Return the text, cut and ended with `…` if it is wider than `width` columns."""
    if text_width(text) <= width:
        return text
    beginning = _beginning(_joined(text), width - 1)
    return (*_slice(text, 0, len(beginning)), Span("…")) if width > 0 else ()


def cut_start(text: Text, width: int) -> Text:
    """Return the text, cut and started with `…` if it is wider than `width` columns."""
    if text_width(text) <= width:
        return text
    joined = _joined(text)
    end = _beginning(joined[::-1], width - 1)
    return (Span("…"), *_slice(text, len(joined) - len(end), len(joined))) if width > 0 else ()


def aligned(text: Text, width: int, *, right: bool = False) -> Text:
    """Return the text padded with spaces to `width` columns; a wider text is unchanged."""
    fill = Span(" " * (width - text_width(text)))
    if not fill.text:
        return text
    return (fill, *text) if right else (*text, fill)


def wrap(text: Text, width: int, hang: int = 0) -> list[Text]:
    """Return the text as lines of at most `width` columns, broken at spaces, or within a word that is too long.

    Lines after the first are indented by `hang` columns. An empty text is one empty line.
    """
    if text_width(text) <= width:
        return [text]
    lines = [_slice(text, start, end) for start, end in _breaks(_joined(text), width, hang)]
    indent = Span(" " * hang)
    return [lines[0], *((indent, *line) for line in lines[1:])] if hang else lines


def _breaks(text: str, width: int, hang: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each line of a text."""
    start, room = 0, max(1, width)
    while start < len(text):
        beginning = _beginning(text[start:], room) or text[start]
        end = start + len(beginning)
        if end < len(text) and text[end] != " ":
            space = text.rfind(" ", start, end)
            # Do not break at leading spaces.
            if space > start and text[start:space].strip():
                end = space
        yield start, end if end == len(text) else start + len(text[start:end].rstrip(" "))
        while end < len(text) and text[end] == " ":
            end += 1
        start = end
        room = max(1, width - hang)


def _slice(text: Text, start: int, end: int) -> Text:
    """Return the spans of a text between two character positions."""
    spans: list[Span] = []
    position = 0
    for span in text:
        first, last = max(start - position, 0), min(end - position, len(span.text))
        if first < last:
            whole = first == 0 and last == len(span.text)
            spans.append(span if whole else Span(span.text[first:last], span.role, span.url))
        position += len(span.text)
        if position >= end:
            break
    return tuple(spans)
