"""What all that draw their own lines share: a scrolled surface whose lines are made when they come into sight."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from pawtui.tui.text import fitted

_CACHE_LIMIT = 2000


class Canvas(ScrollView, inherit_bindings=False):
    """A surface of `height_of_all` lines; `strip` makes one, and remembers it until something changes."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
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

    def strip(self, content: Content, look: str = "") -> Strip:
        """A line as it is painted, in the style of a component class where one is named."""
        style = self.get_visual_style(look) if look else self.visual_style
        strips = Visual.to_strips(
            self, fitted(content, self.room), self.room, 1, style, pad=True, apply_selection=False
        )
        return strips[0] if strips else Strip.blank(self.room, self.rich_style)

    def remembered(self, y: int, look: str) -> Strip | None:
        """A line that was painted before at this width."""
        return self._painted.get((y, self.room, look))

    def remember(self, y: int, look: str, strip: Strip) -> Strip:
        """Keep a painted line."""
        if len(self._painted) > _CACHE_LIMIT:
            self._painted.clear()
        self._painted[(y, self.room, look)] = strip
        return strip

    def notify_style_update(self) -> None:
        """Colours have changed: what was painted no longer holds."""
        self._painted.clear()
        super().notify_style_update()
