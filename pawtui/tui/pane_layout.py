"""The layout of the panes: a pure function from a size to regions, and the Textual layout that applies it."""

from collections.abc import Callable, Mapping

import msgspec
from textual.geometry import NULL_OFFSET, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

PANES = ("signals", "gates", "notes", "history")
DETAIL, TABS = "detail", "tabs"
# Below this width or height, in cells of the body, the panes become tabs.
NARROW, SHORT = 100, 26
_FRAME = 2  # lines of the border of a pane
# The smallest height of the notes and the history, with two rows.
_MIN_HEIGHT = 4
# Lines of the main screen outside the body: two at the top and one at the bottom.
HEAD_AND_FOOT = 3


class PaneRegions(msgspec.Struct, frozen=True, kw_only=True):
    """The region of each visible pane, and the number of lines for each row of a pane."""

    regions: Mapping[str, Region]
    row_heights: Mapping[str, int]


def needs_tabs(width: int, height: int) -> bool:
    """Return whether a body of that size in cells has no space for all panes."""
    return width < NARROW or height < SHORT


def compute_layout(width: int, height: int, *, rows: Mapping[str, int], current: str, in_detail: bool) -> PaneRegions:
    """Return the regions of the panes in a body of that size in cells.

    With tabs, these are a line of tabs, and below it the current pane above the detail, or only the detail. `rows` has
    the number of rows of each pane, `current` is the current pane; `in_detail`: the detail has the focus.
    """
    if not needs_tabs(width, height):
        return _columns(width, height, rows)
    regions = {TABS: Region(0, 0, width, 1)}
    rest = height - 1
    pane = 0 if in_detail else max(5, min(rows.get(current, 0) + _FRAME, rest // 2))
    if not in_detail:
        regions[current] = Region(0, 1, width, pane)
    regions[DETAIL] = Region(0, 1 + pane, width, rest - pane)
    return PaneRegions(regions=regions, row_heights={})


def _columns(width: int, height: int, rows: Mapping[str, int]) -> PaneRegions:
    """Return the regions of all panes: the lists to the left of the detail, and the history below both."""
    left = min(92, width * 46 // 100)
    history = max(_MIN_HEIGHT, min(rows.get("history", 0) + _FRAME, height // 6))
    column = height - history
    # Signals and gates share the space above the notes. Rows of a pane get two lines if both panes are then complete.
    space = column - _MIN_HEIGHT
    heights = {pane: max(1, rows.get(pane, 0)) + _FRAME for pane in ("signals", "gates")}
    row_heights = dict.fromkeys(heights, 1)
    for pane in heights:
        more_lines = heights[pane] - _FRAME
        if sum(heights.values()) + more_lines <= space:
            row_heights[pane] = 2
            heights[pane] += more_lines
    # Each gets half, or all that the other one leaves.
    half = space // 2
    signals = min(heights["signals"], max(half, space - heights["gates"]))
    gates = min(heights["gates"], max(half, space - heights["signals"]))
    regions = {
        "signals": Region(0, 0, left, signals),
        "gates": Region(0, signals, left, gates),
        "notes": Region(0, signals + gates, left, column - signals - gates),
        DETAIL: Region(left, 0, width - left, column),
        "history": Region(0, column, width, history),
    }
    return PaneRegions(regions=regions, row_heights=row_heights)


class PaneLayout(Layout):
    """The Textual layout that places the visible panes; `compute` returns their regions for the size of the body."""

    name = "panes"

    def __init__(self, compute: Callable[[Size], PaneRegions]) -> None:
        self._compute = compute

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        regions = self._compute(size).regions
        return [
            WidgetPlacement(region, NULL_OFFSET, child.styles.margin, child)
            for child in children
            if (region := regions.get(child.id or "")) is not None
        ]
