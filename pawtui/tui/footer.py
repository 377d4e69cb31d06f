"""The footer: Textual's footer, without keys that do not fit."""

from __future__ import annotations

from itertools import takewhile

from textual.geometry import Size
from textual.layout import ArrangeResult, Layout
from textual.layouts.horizontal import HorizontalLayout
from textual.widget import Widget
from textual.widgets import Footer


class WholeKeysLayout(HorizontalLayout):
    """A layout that places complete children from the left while they fit. The last child is always shown."""

    name = "whole-keys"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Return the placements of the children that fit."""
        placed = super().arrange(parent, children, size, greedy)
        if not placed or placed[-1].region.right <= size.width:
            return placed
        *first, last = placed
        room = size.width - last.region.width - last.margin.left
        shown = list(takewhile(lambda child: child.region.right + child.margin.right <= room, first))
        x = shown[-1].region.right + shown[-1].margin.right if shown else 0
        return [*shown, last._replace(region=last.region.at_offset((x + last.margin.left, last.region.y)))]


class KeysFooter(Footer):
    """The keys that apply now, most important first. The last key, `?`, opens the list of all keys."""

    _whole_keys = WholeKeysLayout()

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)

    @property
    def layout(self) -> Layout:
        """The layout of this footer, which a style sheet cannot change."""
        return self._whole_keys
