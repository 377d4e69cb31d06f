"""A view of a file or a difference: line numbers, pinned lines, a cursor, selection by keyboard or mouse, search."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import msgspec
from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content

from pawtui.report.text_diff import DiffLine
from pawtui.tui.background import start_worker
from pawtui.tui.content import ALERT, DANGER, EMPTY, MUTED, OK, concat, trusted
from pawtui.tui.line_view import NO_MARK, LineView, RowKind

_COLUMNS_PER_SCROLL = 20
_SIGNS = {
    "same": trusted("  "),
    "removed": trusted("- ", f"bold {DANGER}"),
    "added": trusted("+ ", f"bold {OK}"),
}
_SELECTED_MARK, _PINNED_MARK = trusted("┃ ", f"bold {ALERT}"), trusted("│ ", f"bold {ALERT}")


class CodeText(msgspec.Struct, frozen=True, kw_only=True):
    """Lines that are safe to show, with their kinds if they are a difference. `pinned` are the rows to mark.

    `path` is the path of the file, whose language is highlighted; empty for none.
    """

    lines: Sequence[str]
    path: str = ""
    diff: Sequence[DiffLine] | None = None
    pinned: range = range(0)


class CodeView(LineView):
    """A view of one text. Each line is a row."""

    BINDING_GROUP_TITLE = "Text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+down,J", "select(1)", "Select down", show=False, id="text.select_down", tooltip="One more line"),
        Binding("shift+up,K", "select(-1)", "Select up", show=False, id="text.select_up", tooltip="One more line"),
        Binding("space", "page(1)", "Page down", show=False, id="text.page_down"),
        Binding("right,l", "scroll_columns(1)", "Scroll right", show=False, id="text.right"),
        Binding("left,h", "scroll_columns(-1)", "Scroll left", show=False, id="text.left"),
    ]

    def __init__(self) -> None:
        super().__init__(id="code")
        self.text = CodeText(lines=())
        self.search_words = ""
        self._coloured_lines: Sequence[Content] = ()
        self._anchor: int | None = None
        self._first_column = 0
        self._cursor_moved = False

    def show_text(self, text: CodeText, row: int) -> None:
        """Show a text with the cursor on a row, and scroll to that row and some lines before it."""
        self.text, self._coloured_lines, self._anchor, self._first_column = text, (), None, 0
        self._cursor_moved = False
        self._reset()
        self.set_reactive(CodeView.cursor, max(0, min(row, len(text.lines) - 1)))
        self.call_after_refresh(self._after_first_paint, text)

    def _after_first_paint(self, text: CodeText) -> None:
        self.scroll_to(y=max(0, self.cursor - self.visible_lines // 3), animate=False)
        # Only now, because highlighting is slow.
        if text is self.text and text.path:
            start_worker(self, partial(self._highlight, text), "highlight", exclusive=True)

    async def _highlight(self, text: CodeText) -> None:
        from pawtui.tui.highlight import highlighted

        self.call_later(self._show_colours, text, await asyncio.to_thread(highlighted, text.path, text.lines))

    def _show_colours(self, text: CodeText, lines: Sequence[Content]) -> None:
        if text is self.text:
            self._coloured_lines = lines
            self._reset()

    def _reset(self) -> None:
        self.reset_lines(len(self.text.lines))

    @property
    def selected(self) -> range:
        """The selected rows; without a selection the pinned rows, or the row of the cursor once it has moved."""
        dragged = self.text_selection
        if dragged is not None:
            first = dragged.start.y if dragged.start else 0
            last = dragged.end.y if dragged.end else len(self.text.lines) - 1
            return range(first, min(last + 1, len(self.text.lines)))
        if self._anchor is not None:
            return range(min(self._anchor, self.cursor), max(self._anchor, self.cursor) + 1)
        if not self._cursor_moved and self.cursor in self.text.pinned:
            return self.text.pinned
        return range(self.cursor, self.cursor + 1)

    def find(self, words: str, *, by: int = 0) -> tuple[int, int]:
        """Mark all matches, and move the cursor to a match; return its number, from 1, and the number of matches.

        `by` is 0 for the first match from the cursor on, 1 for the first after it, -1 for the last before it.
        """
        changed, self.search_words = words != self.search_words, words
        if changed:
            self._reset()
        lowered = words.lower()
        rows = [row for row, line in enumerate(self.text.lines) if lowered in line.lower()] if lowered else []
        if not rows:
            return 0, 0
        if by < 0:
            row = next((row for row in reversed(rows) if row < self.cursor), rows[-1])
        else:
            row = next((row for row in rows if row >= self.cursor + by), rows[0])
        self._anchor = None
        self.cursor = row
        return rows.index(row) + 1, len(rows)

    @property
    def row_count(self) -> int:
        return len(self.text.lines)

    def watch_cursor(self, before: int, now: int) -> None:
        self._cursor_moved = True
        if self._anchor is not None:
            self._reset()
        super().watch_cursor(before, now)

    def move_cursor(self, row: int) -> None:
        """Move the cursor and end the selection."""
        self.screen.clear_selection()
        if self._anchor is not None:
            self._anchor = None
            self._reset()
        super().move_cursor(row)

    def action_select(self, by: int) -> None:
        self.screen.clear_selection()
        if self._anchor is None:
            self._anchor = self.cursor
        self.cursor += by

    def action_scroll_columns(self, by: int) -> None:
        self._first_column = max(0, self._first_column + by * _COLUMNS_PER_SCROLL)
        self._reset()

    @on(events.Focus)
    @on(events.Blur)
    def _refresh_cursor(self) -> None:
        self.refresh_row(self.cursor)

    def line_kind(self, index: int) -> RowKind:
        if index >= len(self.text.lines):
            return "plain"
        if index == self.cursor and self.has_focus:
            return "cursor"
        if self._anchor is not None and index in self.selected:
            return "selected"
        kind = self.text.diff[index].kind if self.text.diff is not None else "same"
        if kind != "same":
            return kind
        return "pinned" if index in self.text.pinned else "plain"

    def line_content(self, index: int, width: int) -> Content:
        """Return the mark, the line number, the sign of a difference, and the text with all matches of the search."""
        if index >= len(self.text.lines):
            return EMPTY
        if index == self.cursor:
            mark = self.line_mark(index)
        elif self._anchor is not None and index in self.selected:
            mark = _SELECTED_MARK
        else:
            mark = _PINNED_MARK if index in self.text.pinned else NO_MARK

        if self.text.diff is None:
            number, sign = index + 1, EMPTY
        else:
            diff = self.text.diff[index]
            # A removed line has only the number in the older text.
            number, sign = diff.new or diff.old, _SIGNS[diff.kind]
        digits = len(str(len(self.text.lines)))

        # The colours are known only some time after the first paint.
        code = self._coloured_lines[index] if index < len(self._coloured_lines) else trusted(self.text.lines[index])
        lowered, words, start = code.plain.lower(), self.search_words.lower(), 0
        while words and (start := lowered.find(words, start)) >= 0:
            code = code.stylize("bold reverse", start, start + len(words))
            start += len(words)
        return concat(mark, trusted(f"{number:>{digits}} ", MUTED), sign, code[self._first_column :])
