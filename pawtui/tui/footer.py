"""The footer: Textual's, without the keys for which there is no room."""

from __future__ import annotations

from itertools import takewhile

from textual.geometry import Size
from textual.layout import ArrangeResult, Layout
from textual.layouts.horizontal import HorizontalLayout
from textual.widget import Widget
from textual.widgets import Footer


class WholeKeysLayout(HorizontalLayout):
    """Places children from the left as long as they fit whole; the last one always has its place behind them."""

    name = "whole-keys"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Return the placements of the children that fit."""
        placed = super().arrange(parent, children, size, greedy)
        if not placed or placed[-1].region.right <= size.width:
            return placed
        *first, last = placed
        room = size.width - last.region.width - last.margin.left
        shown = list(takewhile(lambda one: one.region.right + one.margin.right <= room, first))
        x = shown[-1].region.right + shown[-1].margin.right if shown else 0
        return [*shown, last._replace(region=last.region.at_offset((x + last.margin.left, last.region.y)))]


class KeysFooter(Footer):
    """The keys that apply now, most needed first. The last one, `?`, leads to all others."""

    _whole_keys = WholeKeysLayout()

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)

    @property
    def layout(self) -> Layout:
        """Our own layout, whatever the style sheet says."""
        return self._whole_keys
