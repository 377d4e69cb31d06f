"""What all that draw their own lines share: a scrolled surface whose lines are made when they come into sight."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.visual import Visual

from pawtui.tui.content import NONE, fit, uncoloured

_CACHE_LIMIT = 2000
# Every line begins with a mark that says where the cursor is; it is no part of the text.
MARK_WIDTH = 2


class LineView(ScrollView, inherit_bindings=False):
    """A surface of lines of text that can be selected with the mouse.

    Subclasses give `line_strip`; `drawn` makes one and keeps it until something changes.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        # No line of ours has a link of Textual's in it, and looking for one costs an eighth of painting a line.
        self.auto_links = False
        self._painted: dict[tuple[int, int, str], Strip] = {}

    @property
    def room(self) -> int:
        """How many cells a line has."""
        return self.scrollable_content_region.width

    @property
    def rows_in_sight(self) -> int:
        """How many lines are in sight."""
        return self.scrollable_content_region.height

    def forget(self, height: int) -> None:
        """What was painted no longer holds, and there are `height` lines now."""
        self._painted.clear()
        if self.is_attached and self.text_selection is not None:
            # What was selected is not what stands there now.
            self.screen.clear_selection()
        # Nothing scrolls sideways, so that the width never makes a new layout necessary.
        self.virtual_size = Size(1, height)
        self.refresh()

    def bring_into_sight(self, top: int, height: int) -> None:
        """Scroll as little as it takes to show these lines."""
        if self.rows_in_sight <= 0:
            return
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False)
        elif top + height > self.scroll_offset.y + self.rows_in_sight:
            self.scroll_to(y=min(top, top + height - self.rows_in_sight), animate=False)

    def line_at(self, event: events.MouseEvent) -> int:
        """The line under the mouse, counted from the top of everything; -1 beside it."""
        offset = event.get_content_offset(self)
        return -1 if offset is None else offset.y + self.scroll_offset.y

    def line_strip(self, at: int) -> Strip:
        """The line at that place, counted from the top of everything, whether it is in sight or not."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One line in sight, with what is selected of it."""
        at = y + self.scroll_offset.y
        strip = self.line_strip(at)
        if self._is_pointed_at(y):
            # Where the mouse is, Textual asks for the line again and reads there which character is under it. On every
            # line it would be a fifth of the cost of painting one.
            strip = strip.apply_offsets(0, at)
        selection = self.text_selection
        span = selection.get_span(at) if selection else None
        if span is None:
            return strip
        return _highlighted(strip, *span, self.screen.get_component_rich_style("screen--selection"))

    def _is_pointed_at(self, y: int) -> bool:
        region = self.content_region
        return min(self.app.mouse_position.y, region.bottom - 1) == region.y + y

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """The selected text, without marks and without the spaces that fill lines up."""
        first = selection.start.y if selection.start else 0
        last = min(selection.end.y if selection.end else self.virtual_size.height, self.virtual_size.height - 1)
        found = []
        for at in range(first, last + 1):
            start, end = selection.get_span(at) or (0, 0)
            text = self.line_strip(at).text.rstrip()
            found.append(text[max(start, MARK_WIDTH) : len(text) if end < 0 else end].rstrip())
        return "\n".join(found), "\n"

    def text_select_all(self) -> None:
        """A double click enters a line; it selects nothing."""

    def drawn(self, at: int, look: str, make: Callable[[int], Content]) -> Strip:
        """The line at that place, in the style of the component class `look` where it names one.

        `make` says what stands there, for so many cells; it is asked once, until something changes.
        """
        # Asked for once a line: Textual works it out anew each time, from borders and scroll bars.
        room = self.room
        strip = self._painted.get((at, room, look))
        if strip is None:
            if len(self._painted) > _CACHE_LIMIT:
                self._painted.clear()
            strip = self._painted[at, room, look] = self._styled(make(room), room, look)
        return strip

    def past_the_end(self) -> Strip:
        """A line below the last one."""
        return self.drawn(-1, "", lambda _room: NONE)

    def _styled(self, content: Content, room: int, look: str) -> Strip:
        style = self.get_visual_style(look) if look else self.visual_style
        if look and self.get_component_styles(look).text_style.reverse:
            # The selected row in the terminal's own colours. `get_visual_style` leaves the reversing out, and each
            # colour of the text would become a background.
            style, content = style + VisualStyle(reverse=True), uncoloured(content)
        strips = Visual.to_strips(self, fit(content, room), room, 1, style, pad=True, apply_selection=False)
        return strips[0] if strips else Strip.blank(room, self.rich_style)

    @property
    def was_dragged(self) -> bool:
        """Whether the click that comes now ended a selection of text."""
        return self.text_selection is not None

    def notify_style_update(self) -> None:
        """Colours have changed: what was painted no longer holds."""
        self._painted.clear()
        super().notify_style_update()


def _highlighted(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """A strip with the characters from `start` to `end` (-1: its end) in that style."""
    text = strip.text
    length = strip.cell_length
    cuts = [cell_len(text[:start]), length if end < 0 else cell_len(text[:end]), length]
    before, inside, after = strip.divide(cuts)
    marked = [Segment(part, (was or Style.null()) + style, control) for part, was, control in inside]
    return Strip([*before, *marked, *after], length)
