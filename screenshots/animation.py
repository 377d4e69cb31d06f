"""Several screens of one size as one animated SVG. Each line of a screen is stored once for all its frames.

An SVG needs no font files or video tools, stays sharp, and is animated in a README.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from xml.sax.saxutils import escape

from rich.color import Color
from rich.style import Style

from tests.tui.support import Cell

# The size of a cell, the margin around the screen, and the height of the caption, in pixels.
_CELL_WIDTH, _CELL_HEIGHT, _MARGIN, _CAPTION_HEIGHT = 12.2, 24.4, 9.0, 40.0
_BASELINE = 18.5  # pixels from the top of a line
_SHEET = (
    "text{font:20px 'Fira Code',Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}"
    ".caption{font-weight:bold;fill:#8fb8e0}"
)
# The background and the foreground of the dark theme.
_BACKGROUND, _FOREGROUND = "#14171c", "#d5d9e0"


class Frame(NamedTuple):
    """A screen as lines of cells, its caption, and its duration in seconds."""

    lines: Sequence[Sequence[Cell]]
    caption: str
    seconds: float


class _Sheet:
    """The style sheet: one class for each style of text, and one for each set of frames."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._starts = [sum(frame.seconds for frame in frames[:number]) for number in range(len(frames))]
        self._total = sum(frame.seconds for frame in frames)
        self._styles: dict[str, str] = {}
        self._animations: dict[tuple[int, ...], str] = {}

    def text_class(self, rule: str) -> str:
        """Return the class of a style."""
        return self._styles.setdefault(rule, f"s{len(self._styles)}")

    def group(self, content: str, numbers: Sequence[int]) -> str:
        """Return a group that is visible in the frames with these numbers."""
        if len(numbers) == len(self._starts):
            return f"<g>{content}</g>"
        name = self._animations.setdefault(tuple(numbers), f"k{len(self._animations)}")
        return f'<g class="{name}">{content}</g>'

    def __str__(self) -> str:
        styles = "".join(f".{name}{{{rule}}}" for rule, name in self._styles.items())
        return _SHEET + styles + "".join(self._animation(name, numbers) for numbers, name in self._animations.items())

    def _animation(self, name: str, numbers: tuple[int, ...]) -> str:
        steps = "".join(
            f"{100 * start / self._total:.3f}%{{visibility:{'visible' if number in numbers else 'hidden'}}}"
            for number, start in enumerate(self._starts)
        )
        # A viewer without animations shows the first frame.
        first = "visible" if 0 in numbers else "hidden"
        style = f"visibility:{first};animation:{name} {self._total:g}s step-end infinite"
        return f"@keyframes {name}{{{steps}}}.{name}{{{style}}}"


def animated(frames: Sequence[Frame]) -> str:
    """Return the frames as one SVG that repeats them."""
    sheet = _Sheet(frames)
    numbers_by_line: dict[tuple[int, str], list[int]] = {}
    for number, frame in enumerate(frames):
        for row, cells in enumerate(frame.lines):
            numbers_by_line.setdefault((row, _line(row, cells, sheet)), []).append(number)
    lines = [sheet.group(line, numbers) for (_row, line), numbers in numbers_by_line.items()]
    width = len(frames[0].lines[0]) * _CELL_WIDTH + 2 * _MARGIN
    height = len(frames[0].lines) * _CELL_HEIGHT + 2 * _MARGIN
    captions = [
        sheet.group(f'<text class="caption" x="{_MARGIN:g}" y="{height:g}">{escape(frame.caption)}</text>', [number])
        for number, frame in enumerate(frames)
    ]
    whole = height + _CAPTION_HEIGHT
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {whole:g}">',
            f"<style>{sheet}</style>",
            f'<rect width="{width:g}" height="{whole:g}" rx="8" fill="{_BACKGROUND}"/>',
            f'<g transform="translate({_MARGIN:g},{_MARGIN:g})">',
            *lines,
            *captions,
            "</g>",
            "</svg>\n",
        )
    )


def _line(row: int, cells: Sequence[Cell], sheet: _Sheet) -> str:
    """Return a line as SVG: the backgrounds, then the texts."""
    backgrounds, texts, column = [], [], 0
    for style, run in groupby(cells, itemgetter(1)):
        characters = [character for character, _style in run]
        x, width = column * _CELL_WIDTH, len(characters) * _CELL_WIDTH
        column += len(characters)
        text, (rule, background) = "".join(characters), _colors(style)
        if background != _BACKGROUND:
            place = f'x="{x:g}" y="{row * _CELL_HEIGHT:g}" width="{width:g}" height="{_CELL_HEIGHT + 0.25:g}"'
            backgrounds.append(f'<rect fill="{background}" {place}/>')
        if text.strip():
            place = f'x="{x:g}" y="{row * _CELL_HEIGHT + _BASELINE:g}" textLength="{width:g}"'
            texts.append(f'<text class="{sheet.text_class(rule)}" {place}>{escape(text)}</text>')
    return "".join([*backgrounds, *texts])


def _colors(style: Style) -> tuple[str, str]:
    """Return the CSS of a text in that style, and its background."""
    front, back = _hex(style.color, _FOREGROUND), _hex(style.bgcolor, _BACKGROUND)
    if style.reverse:
        front, back = back, front
    weight = ";font-weight:bold" if style.bold else ""
    slant = ";font-style:italic" if style.italic else ""
    line = ";text-decoration:underline" if style.underline else ""
    return f"fill:{front}{weight}{slant}{line}", back


def _hex(color: Color | None, default: str) -> str:
    return default if color is None or color.is_default else color.get_truecolor().hex
