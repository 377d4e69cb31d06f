"""A list that renders only its visible rows, in one widget. The cursor stays on the same key when rows change.

The rendering time does not depend on the number of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from pawtui.report.spans import with_keys
from pawtui.tui.content import ALERT, EMPTY, MUTED, line, trusted, wrapped
from pawtui.tui.line_view import LineView
from pawtui.tui.word_filter import word_filter

T = TypeVar("T")

# In the second cell of the mark: the row has changed and has not been read since.
_CHANGED_MARK = trusted("*", f"bold {ALERT}")


class LineList(LineView, Generic[T]):
    """A list of items as rows of the same height. Subclasses define the key and the lines of a row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,right,l", "choose", "Detail", show=False, id="list.choose", tooltip="Go to the detail of the row"
        ),
    ]

    @dataclass
    class CursorMoved(Message):
        """The cursor has moved to another row, or its row has changed."""

        list: LineList[Any]

    class RowOpened(Message):
        """The row under the cursor was opened."""

    def __init__(self, *, empty: str, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.empty = empty
        self.items: Sequence[T] = ()
        self._all_items: Sequence[T] = ()
        self.filter_text = ""
        self._keys: list[str] = []
        self._changed_keys: frozenset[str] = frozenset()
        self._caption = ""

    @property
    def row_count(self) -> int:
        return len(self.items)

    def key_of(self, item: T) -> str:
        """Return the unique key of a row, in a pane its subject. It stays the same when the row changes."""
        raise NotImplementedError

    def row_lines(self, item: T, width: int) -> list[Content]:
        """Return the lines of a row, at most `row_height` lines, for a width in cells."""
        raise NotImplementedError

    def searched_text(self, item: T) -> str:
        """Return the text of a row that the filter searches."""
        return self.key_of(item)

    def fill(self, items: Sequence[T], caption: str = "") -> None:
        """Show the items that match the filter. The cursor stays on its row, or near it if the row is gone.

        Without a filter, the lower border shows the caption and the number of rows with the mark.
        """
        self._all_items, self._caption = items, caption
        key = self.key
        if self.filter_text:
            matches = word_filter(self.filter_text)
            items = [item for item in items if matches(self.searched_text(item))]
        self.items = items
        self._keys = [self.key_of(item) for item in items]
        index = self._keys.index(key) if key in self._keys else self.cursor
        self.set_reactive(LineView.cursor, max(0, min(index, len(items) - 1)))
        self.reset_rows()
        self._show_caption()
        self.post_message(self.CursorMoved(self))

    def mark_changed(self, keys: frozenset[str]) -> None:
        """Mark exactly the rows with these keys as changed and not read yet."""
        if keys != self._changed_keys:
            self._changed_keys = keys
            self.reset_rows()
            self._show_caption()

    def _show_caption(self) -> None:
        marked = f", * {len(self._changed_keys)} changed" if self._changed_keys else ""
        found = f'{len(self.items):,} of {self.total:,} match "{self.filter_text}"' if self.filter_text else ""
        self.border_subtitle = line(found or f"{self._caption}{marked}")

    def filter_rows(self, words: str) -> None:
        """Show only the rows that match all these words; without words, all rows."""
        self.filter_text = words
        self.fill(self._all_items, self._caption)

    @property
    def total(self) -> int:
        """The number of rows without the filter."""
        return len(self._all_items)

    @property
    def key(self) -> str | None:
        """The key of the row under the cursor; None in an empty list."""
        return self._keys[self.cursor] if self.cursor < len(self._keys) else None

    @property
    def current(self) -> T | None:
        """The item under the cursor; None in an empty list."""
        return self.items[self.cursor] if self.cursor < len(self.items) else None

    def show_row(self, key: str) -> None:
        """Move the cursor to the row with that key, if there is one. A filter that hides the row is cleared."""
        if key not in self._keys:
            self.filter_rows("")
        if key in self._keys:
            self.cursor = self._keys.index(key)

    def watch_cursor(self, before: int, now: int) -> None:
        super().watch_cursor(before, now)
        self.post_message(self.CursorMoved(self))

    def watch_row_height(self) -> None:
        self.reset_rows()

    @on(events.Resize)
    def reset_rows(self) -> None:
        """Update the number of lines, and scroll to the cursor."""
        self.reset_lines(self.row_count * self.row_height)
        self.scroll_to_cursor()

    def action_choose(self) -> None:
        if self.items:
            self.post_message(self.RowOpened())

    def line_content(self, index: int, width: int) -> Content:
        if not self.items:
            message = with_keys(self.empty, self.chosen_keys)
            if self._all_items:
                escape = with_keys("<Esc:back>", self.chosen_keys)
                message = f'No row matches "{self.filter_text}". {escape} shows all {self.total:,}.'
            lines = wrapped(line(message, MUTED), width - 4, indent=2)
            return lines[index] if index < len(lines) else EMPTY
        row, nth = divmod(index, self.row_height)
        if row >= len(self.items):
            return EMPTY
        mark = self.line_mark(index)
        if nth == 0 and self._keys[row] in self._changed_keys:
            mark = mark[:1] + _CHANGED_MARK
        body = self.row_lines(self.items[row], width - mark.cell_length - 1)
        return mark + body[nth] if nth < len(body) else mark
