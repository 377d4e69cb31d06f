"""Several screenshots of one size as one animated SVG. Each line of the screen is stored once for all its frames.

Rich draws each screenshot. An SVG needs no font files or video tools, stays sharp, and is animated in a README.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

_SVG = "{http://www.w3.org/2000/svg}"
_RULE = re.compile(r"\.terminal-\d+-(r\d+) \{ ([^}]*?) \}")
_LINE = 24.4
# The margin around the screen, and the height of the caption.
_LEFT, _CAPTION = 9.0, 40.0
_SHEET = (
    "text{font:20px 'Fira Code',Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}"
    ".c{font-weight:bold;fill:#8fb8e0}"
)
# The background of the dark theme.
_BACKGROUND = "#14171c"


class Frame(NamedTuple):
    """A screenshot as an SVG of Rich, its caption, and its duration in seconds."""

    svg: str
    caption: str
    seconds: float


class _Parts(NamedTuple):
    """A parsed frame: each line of the screen as SVG by its number, and the size in pixels."""

    lines: dict[int, str]
    width: float
    height: float


class _Styles:
    """The CSS classes of all frames, one for each style."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, rule: str) -> str:
        """Return the class of a style."""
        return self._names.setdefault(rule, f"s{len(self._names)}")

    @property
    def sheet(self) -> str:
        """All styles as CSS."""
        return "".join(f".{name}{{{rule}}}" for rule, name in self._names.items())


def animated(frames: Sequence[Frame]) -> str:
    """Return the frames as one SVG that repeats them."""
    styles = _Styles()
    parts = [_parts(frame.svg, styles) for frame in frames]
    shown: dict[tuple[int, str], list[int]] = {}
    for number, part in enumerate(parts):
        for at, line in part.lines.items():
            shown.setdefault((at, line), []).append(number)
    every = range(len(frames))
    timing = _Timing(frames)
    body = [
        f"<g{timing.attribute(numbers, every)}>{line}</g>" for (_at, line), numbers in sorted(shown.items(), key=_place)
    ]
    captions = [
        f'<g{timing.attribute([number], every)}><text class="c" x="{2 * _LEFT:g}" y="{parts[0].height + 18:g}">'
        f"{escape(frame.caption)}</text></g>"
        for number, frame in enumerate(frames)
    ]
    width, height = parts[0].width, parts[0].height
    whole = height + _CAPTION
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {whole:g}">',
            f"<style>{_SHEET}{styles.sheet}{timing.sheet}</style>",
            f'<rect width="{width:g}" height="{whole:g}" rx="8" fill="{_BACKGROUND}"/>',
            f'<g transform="translate({_LEFT:g},{_LEFT:g})">',
            *body,
            "</g>",
            *captions,
            "</svg>\n",
        )
    )


def _place(shown: tuple[tuple[int, str], list[int]]) -> tuple[int, int]:
    (at, _line), numbers = shown
    return at, numbers[0]


def _parts(svg: str, styles: _Styles) -> _Parts:
    root = ET.fromstring(svg)  # noqa: S314 - Rich made this SVG from our screen
    rules = dict(_RULE.findall(root.findtext(f"{_SVG}style") or ""))
    backgrounds: dict[int, list[_Block]] = {}
    texts: dict[int, list[str]] = {}
    screen = next(group for group in root.iter(f"{_SVG}g") if "clip-path" in group.attrib)
    for element in screen.iter(f"{_SVG}rect"):
        found = element.attrib
        block = _Block(found["fill"], float(found["x"]), float(found["width"]), float(found["y"]))
        _add(backgrounds.setdefault(int(block.y // _LINE), []), block)
    for element in screen.iter(f"{_SVG}text"):
        found = element.attrib
        style = styles.name(rules[found["class"].rpartition("-")[2]])
        # The y of a text is its baseline; the y of a background is the top of the line.
        texts.setdefault(int((float(found["y"]) - 1) // _LINE), []).append(
            f'<text class="{style}" x="{found["x"]}" y="{found["y"]}" textLength="{found["textLength"]}">'
            f"{escape(element.text or '')}</text>"
        )
    lines = {
        at: "".join([*(block.svg for block in blocks if block.fill != _BACKGROUND), *texts.get(at, ())])
        for at, blocks in backgrounds.items()
    }
    width = max(block.x + block.width for blocks in backgrounds.values() for block in blocks)
    return _Parts(lines, width + 2 * _LEFT, (max(lines) + 1) * _LINE + 2 * _LEFT)


class _Block(NamedTuple):
    """The background of some cells."""

    fill: str
    x: float
    width: float
    y: float

    @property
    def svg(self) -> str:
        """The block as a rectangle."""
        return f'<rect fill="{self.fill}" x="{self.x:g}" y="{self.y:g}" width="{self.width:g}" height="24.65"/>'


def _add(blocks: list[_Block], block: _Block) -> None:
    """Add a block to a line. A block that continues the last block in the same colour extends it."""
    last = blocks[-1] if blocks else None
    if last is not None and last.fill == block.fill and abs(last.x + last.width - block.x) < 0.01:
        blocks[-1] = last._replace(width=last.width + block.width)
    else:
        blocks.append(block)


class _Timing:
    """CSS animations that show a part in its frames."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._starts = [sum(frame.seconds for frame in frames[:number]) for number in range(len(frames))]
        self._total = sum(frame.seconds for frame in frames)
        self._names: dict[tuple[int, ...], str] = {}

    def attribute(self, numbers: Iterable[int], every: range) -> str:
        """Return the class attribute of a part in these frames; empty if it is in every frame."""
        shown_in = tuple(numbers)
        if shown_in == tuple(every):
            return ""
        name = self._names.setdefault(shown_in, f"k{len(self._names)}")
        return f' class="{name}"'

    @property
    def sheet(self) -> str:
        """All animations as CSS."""
        return "".join(self._animation(name, numbers) for numbers, name in self._names.items())

    def _animation(self, name: str, numbers: tuple[int, ...]) -> str:
        steps = "".join(
            f"{100 * start / self._total:.3f}%{{visibility:{'visible' if number in numbers else 'hidden'}}}"
            for number, start in enumerate(self._starts)
        )
        return f"@keyframes {name}{{{steps}}}.{name}{{animation:{name} {self._total:g}s step-end infinite}}"
