"""The layout of the panes: a pure function from a size to regions, and the Textual layout that applies it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

import msgspec
from textual.geometry import NULL_OFFSET, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

PANES = ("signals", "gates", "notes", "history")
DETAIL = "detail"
# Below this width the panes become tabs. Below this height they become tabs to the left of the detail.
NARROW, SHORT = 100, 30
WIDE = 160
_FRAME = 2
# Lines of the main screen outside the body: two at the top and one at the bottom.
HEAD_AND_FOOT = 3

Shape = Literal["tabs", "split", "full", "wide"]
# The shapes that show one pane at a time.
TABBED: tuple[Shape, ...] = ("tabs", "split")


class LayoutRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The input of the layout: rows of each pane, current pane, and whether only the detail is shown."""

    rows: Mapping[str, int]
    current: str
    reading: bool = False


class PaneRegions(msgspec.Struct, frozen=True, kw_only=True):
    """The region of each visible pane, and the lines for each row of a pane."""

    shape: Shape
    regions: Mapping[str, Region]
    row_heights: Mapping[str, int]


def shape_of(width: int, height: int) -> Shape:
    """Return the shape for a body of that size in cells."""
    if width < NARROW:
        return "tabs"
    if height < SHORT:
        return "split"
    return "wide" if width >= WIDE else "full"


def compute_layout(width: int, height: int, layout_request: LayoutRequest) -> PaneRegions:
    """Return the regions of the panes in a body of that size in cells."""
    shape = shape_of(width, height)
    if shape == "tabs":
        return PaneRegions(shape=shape, regions=_tabs(width, height, layout_request), row_heights={})
    if shape == "split":
        return PaneRegions(
            shape=shape, regions=_split(width, height, layout_request), row_heights={"signals": 2, "gates": 2}
        )
    return _columns(shape, width, height, layout_request)


def _tabs(width: int, height: int, layout_request: LayoutRequest) -> dict[str, Region]:
    if layout_request.reading:
        return {DETAIL: Region(0, 0, width, height)}
    wanted = layout_request.rows.get(layout_request.current, 0) + _FRAME
    top = max(5, min(wanted, height // 2))
    return {layout_request.current: Region(0, 0, width, top), DETAIL: Region(0, top, width, height - top)}


def _split(width: int, height: int, layout_request: LayoutRequest) -> dict[str, Region]:
    left = width * 46 // 100
    return {layout_request.current: Region(0, 0, left, height), DETAIL: Region(left, 0, width - left, height)}


def _columns(shape: Shape, width: int, height: int, layout_request: LayoutRequest) -> PaneRegions:
    wide = shape == "wide"
    left = min(78, width * 40 // 100) if wide else width * 46 // 100
    past = max(4, min(layout_request.rows.get("history", 0) + _FRAME, height // 3 if wide else height // 5))
    column = height if wide else height - past
    heights = {"signals": 1, "gates": 1}
    # Rows of a pane get two lines if enough lines remain for the notes.
    for name in heights:
        taken = sum(
            max(1, layout_request.rows.get(pane, 0)) * (2 if pane == name else heights[pane]) + _FRAME
            for pane in heights
        )
        if column - taken >= (6 if name == "signals" else 10):
            heights[name] = 2
    tops = {name: max(1, layout_request.rows.get(name, 0)) * heights[name] + _FRAME for name in heights}
    limit = (column - 5) // 2
    signals, gates = (min(tops[name], max(limit, column - 5 - tops[other])) for name, other in _BOTH)
    notes = column - signals - gates
    regions = {
        "signals": Region(0, 0, left, signals),
        "gates": Region(0, signals, left, gates),
        "notes": Region(0, signals + gates, left, notes),
        DETAIL: Region(left, 0, width - left, height - past),
        "history": Region(left, height - past, width - left, past) if wide else Region(0, column, width, past),
    }
    return PaneRegions(shape=shape, regions=regions, row_heights=heights)


_BOTH = (("signals", "gates"), ("gates", "signals"))


@runtime_checkable
class HasLayoutRequest(Protocol):
    """A widget that provides the input of its layout."""

    def layout_request(self) -> LayoutRequest:
        """Return the input of the layout in addition to the size."""


class PaneLayout(Layout):
    """A layout that places each child by the layout for the size of its parent."""

    name = "panes"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Return the placements of the visible children."""
        if not isinstance(parent, HasLayoutRequest):
            return []
        regions = compute_layout(size.width, size.height, parent.layout_request()).regions
        placed = []
        for child in children:
            region = regions.get(child.id or "")
            if region is not None:
                placed.append(WidgetPlacement(region, NULL_OFFSET, child.styles.margin, child))
        return placed
