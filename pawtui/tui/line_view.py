"""The base class of widgets that draw their own lines: a scroll view with a cursor that renders only visible lines."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.visual import Visual

from pawtui.tui.content import LINK, MUTED, fit, trusted, uncoloured

_CACHE_LIMIT = 2000
# The mark at the start of every line. It shows the cursor without colour, and is not part of the text.
CURSOR_MARK, BLURRED_MARK, NO_MARK = trusted("▌ ", LINK), trusted("▏ ", MUTED), trusted("  ")
MARK_WIDTH = NO_MARK.cell_length

RowKind = Literal["plain", "cursor", "blurred", "selected", "pinned", "added", "removed"]
# The style of each kind of row, and its style in ANSI themes, which have no colours for rows.
_ROW_STYLES: dict[RowKind, tuple[str, str]] = {
    "plain": ("", ""),
    "cursor": ("bold on $block-cursor-background", "bold reverse"),
    "blurred": ("on $block-cursor-blurred-background", "bold"),
    "selected": ("on $block-hover-background", ""),
    "pinned": ("on $surface", ""),
    "added": ("on $success-muted", ""),
    "removed": ("on $error-muted", ""),
}


class LineView(ScrollView, inherit_bindings=False, can_focus=True):
    """A scroll view of text lines that can be selected with the mouse.

    The cursor is on one row: the lines that are marked together, such as those of an item. Subclasses define the number
    of rows and `line_content`; rows of different heights need `lines_of` and `row_of`. A rendered line is cached until
    `reset_lines` is called.
    """

    BINDING_GROUP_TITLE = "Lists"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("home,g", "first", "First", show=False, id="list.first"),
        Binding("end,G", "last", "Last", show=False, id="list.last"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="list.page_up"),
    ]

    # The keys that the user has chosen, by the id of the action, for texts that name keys. The screen sets them.
    chosen_keys: Mapping[str, str] = MappingProxyType({})
    # The row under the cursor, counted from 0.
    cursor: var[int] = var(0, init=False)
    # The lines of each row.
    row_height: var[int] = var(1, init=False)

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        # The lines contain no Textual links, and the search for links takes an eighth of the rendering time.
        self.auto_links = False
        self._strips: dict[tuple[int, int, RowKind, tuple[int, int] | None], Strip] = {}

    @property
    def line_width(self) -> int:
        """The width of a line, in cells."""
        return self.scrollable_content_region.width

    @property
    def visible_lines(self) -> int:
        return self.scrollable_content_region.height

    @property
    def row_count(self) -> int:
        raise NotImplementedError

    def line_content(self, index: int, width: int) -> Content:
        """Return line number `index`, counted from the first line, for a width in cells; empty below the last line."""
        raise NotImplementedError

    def lines_of(self, row: int) -> range:
        """Return the lines of a row; none for a row that does not exist."""
        first = row * self.row_height
        return range(first, first + self.row_height) if 0 <= row < self.row_count else range(0)

    def row_of(self, line: int) -> int | None:
        """Return the row of a line; None if the line belongs to no row."""
        row = line // self.row_height
        return row if 0 <= row < self.row_count else None

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, self.row_count - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        self.refresh_row(before)
        self.refresh_row(now)
        self.scroll_to_cursor()

    def refresh_row(self, row: int) -> None:
        if lines := self.lines_of(row):
            self.refresh_lines(lines.start, len(lines))

    def scroll_to_cursor(self) -> None:
        """Scroll by the smallest distance that makes the row under the cursor visible."""
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.visible_lines
        lines = self.lines_of(self.cursor)
        if not lines or self.visible_lines <= 0:
            return
        if lines.start < top:
            self.scroll_to(y=lines.start, animate=False)
        elif lines.stop > bottom:
            self.scroll_to(y=min(lines.start, lines.stop - self.visible_lines), animate=False)

    def move_cursor(self, row: int) -> None:
        """Move the cursor to a row, after a key or a click."""
        self.cursor = row

    def action_move(self, by: int) -> None:
        self.move_cursor(self.cursor + by)

    def action_page(self, by: int) -> None:
        self.move_cursor(self.cursor + by * max(1, self.visible_lines // self.row_height - 1))

    def action_first(self) -> None:
        self.move_cursor(0)

    def action_last(self) -> None:
        self.move_cursor(self.row_count - 1)

    def action_choose(self) -> None:
        """Open the row under the cursor, after Enter or a double click. In this class: do nothing."""

    def on_click(self, event: events.Click) -> None:
        """Move the cursor on a click, and open the row on a double click. The end of a text selection is no click."""
        offset = event.get_content_offset(self)
        row = None if offset is None else self.row_of(offset.y + self.scroll_offset.y)
        if row is not None and self.text_selection is None:
            self.move_cursor(row)
            if event.chain > 1 and event.button == 1:
                self.action_choose()

    def reset_lines(self, height: int) -> None:
        """Clear the cache of rendered lines, and set the number of lines to `height`."""
        self._strips.clear()
        if self.is_attached and self.text_selection is not None:
            # The selected text may have changed.
            self.screen.clear_selection()
        # A constant width, because lines do not scroll horizontally: a new width would cause a new layout.
        self.virtual_size = Size(1, height)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        return self.line_strip(y + self.scroll_offset.y)

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """Return the selected text without cursor marks and padding, and the line separator."""
        first = selection.start.y if selection.start else 0
        last = min(selection.end.y if selection.end else self.virtual_size.height, self.virtual_size.height - 1)
        selected = []
        for index in range(first, last + 1):
            start, end = selection.get_span(index) or (0, 0)
            text = self.line_strip(index).text.rstrip()
            selected.append(text[max(start, MARK_WIDTH) : len(text) if end < 0 else end].rstrip())
        return "\n".join(selected), "\n"

    def text_select_all(self) -> None:
        """Do nothing: a double click opens a line instead of selecting it."""

    def line_strip(self, index: int) -> Strip:
        """Return line number `index` with its selected text highlighted. It need not be visible."""
        # Read only once for each line, because Textual computes it every time from borders and scroll bars.
        width = self.line_width
        kind = self.line_kind(index)
        selected = self.text_selection.get_span(index) if self.text_selection else None
        key = (index, width, kind, selected)
        if key in self._strips:
            return self._strips[key]
        if len(self._strips) > _CACHE_LIMIT:
            self._strips.clear()

        content = fit(self.line_content(index, width), width)
        if selected:
            start, end = selected
            selection_style = self.screen.get_visual_style("screen--selection")
            content = content.stylize(selection_style, start, None if end < 0 else end)
        coloured, ansi = _ROW_STYLES[kind]
        style = self.visual_style + VisualStyle.parse(ansi if self.app.current_theme.ansi else coloured)
        if style.reverse:
            # `reverse` would turn the colours of the text into backgrounds.
            content = uncoloured(content)
        strips = Visual.to_strips(self, content, width, 1, style, pad=True, apply_selection=False)

        strip = strips[0] if strips else Strip.blank(width, self.rich_style)
        # Textual reads the character under the mouse from the offsets.
        self._strips[key] = strip.apply_offsets(0, index)
        return self._strips[key]

    def has_cursor(self, index: int) -> bool:
        """Return whether line number `index` is in the row under the cursor."""
        return index in self.lines_of(self.cursor)

    def line_kind(self, index: int) -> RowKind:
        if not self.has_cursor(index):
            return "plain"
        return "cursor" if self.has_focus else "blurred"

    def line_mark(self, index: int) -> Content:
        if not self.has_cursor(index):
            return NO_MARK
        return CURSOR_MARK if self.has_focus else BLURRED_MARK

    def notify_style_update(self) -> None:
        """Clear the cache of rendered lines, because colours have changed."""
        self._strips.clear()
        super().notify_style_update()
