"""The base class of lists: rows of the same height, with a cursor that keys and the mouse move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from pawtui.tui.line_view import LineView, RowKind


class RowView(LineView, can_focus=True):
    """A view of rows. Subclasses define `row_count` and render the lines, and call `reset_rows` if the rows change."""

    BINDING_GROUP_TITLE = "Lists"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("home,g", "first", "First", show=False, id="list.first"),
        Binding("end,G", "last", "Last", show=False, id="list.last"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding(
            "enter,right,l", "choose", "Detail", show=False, id="list.choose", tooltip="Go to the detail of the row"
        ),
    ]

    cursor: var[int] = var(0, init=False)
    hover: var[int] = var(-1, init=False)
    row_height: var[int] = var(1, init=False)

    @dataclass
    class CursorMoved(Message):
        """The cursor has moved to another row, or its row has changed."""

        list: RowView

    class RowOpened(Message):
        """The row under the cursor was opened."""

    @property
    def row_count(self) -> int:
        """The number of rows."""
        raise NotImplementedError

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, self.row_count - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        self._repaint(before, now)
        self.scroll_to_lines(now * self.row_height, self.row_height)
        self.post_message(self.CursorMoved(self))

    def watch_hover(self, before: int, now: int) -> None:
        self._repaint(before, now)

    def watch_row_height(self) -> None:
        self.reset_rows()

    @on(events.Resize)
    def reset_rows(self) -> None:
        """Update the number of lines, and scroll to the cursor."""
        self.reset_lines(self.row_count * self.row_height)
        self.scroll_to_lines(self.cursor * self.row_height, self.row_height)

    def _repaint(self, *rows: int) -> None:
        for row in rows:
            if row >= 0:
                self.refresh_lines(row * self.row_height, self.row_height)

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_first(self) -> None:
        self.cursor = 0

    def action_last(self) -> None:
        self.cursor = self.row_count - 1

    def action_page(self, by: int) -> None:
        self.cursor += by * max(1, self.visible_lines // self.row_height - 1)

    def action_choose(self) -> None:
        if self.row_count:
            self.post_message(self.RowOpened())

    def on_mouse_move(self, event: events.MouseMove) -> None:
        row = self.line_at(event) // self.row_height
        self.hover = row if row < self.row_count else -1

    def on_leave(self) -> None:
        self.hover = -1

    def on_click(self, event: events.Click) -> None:
        """Move the cursor on a click; open the row on a double click."""
        row = self.line_at(event) // self.row_height
        if 0 <= row < self.row_count and not self.was_dragged:
            self.cursor = row
            if event.chain > 1 and event.button == 1:
                self.action_choose()

    def row_kind(self, row: int) -> RowKind:
        """Return how a row is painted: with the cursor, under the mouse, or plain."""
        if row == self.cursor:
            return "cursor" if self.has_focus else "blurred"
        return "hover" if row == self.hover else "plain"
