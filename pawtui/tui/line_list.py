"""A list that draws only the rows in sight: one widget for any number of rows, the cursor kept by key.

Ten thousand rows cost what ten cost, since a row becomes text only when it is painted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from pawtui.tui.content import ALERT, LINK, MUTED, NONE, line, trusted, wrapped
from pawtui.tui.line_view import LineView

T = TypeVar("T")

# The mark before the row under the cursor: it shows where one is without colour.
CURSOR_MARK, BLURRED_MARK, NO_MARK = trusted("▌ ", LINK), trusted("▏ ", MUTED), trusted("  ")
# In the second cell of that mark: the row has changed and was not read since.
UNREAD_MARK = trusted("*", f"bold {ALERT}")


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


class LineList(LineView, Generic[T], can_focus=True):
    """Rows of one height over a sequence of items. Subclasses say what a row's key and lines are."""

    BINDING_GROUP_TITLE = "Lists"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--cursor", "lines--blurred", "lines--hover"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "step(-1)", "Up", show=False, id="list.up"),
        Binding("home,g", "step(-1000000)", "First", show=False, id="list.first"),
        Binding("end,G", "step(1000000)", "Last", show=False, id="list.last"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding(
            "enter,right,l", "choose", "Detail", show=False, id="list.choose", tooltip="Go to the detail of the row"
        ),
    ]

    cursor: reactive[int] = reactive(0, init=False)
    hover: reactive[int] = reactive(-1, init=False)
    row_height: reactive[int] = reactive(1, init=False)

    @dataclass
    class Moved(Message):
        """The cursor is on another row, or the row under it has changed."""

        list: LineList[Any]

    @dataclass
    class Chosen(Message):
        """The row under the cursor was entered."""

        list: LineList[Any]

    def __init__(self, *, empty: str, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.empty = empty
        self.items: Sequence[T] = ()
        self._all: Sequence[T] = ()
        self.filter_text = ""
        self._filled = False
        self._keys: list[str] = []
        self._marked: frozenset[str] = frozenset()
        self._caption = ""

    def key_of(self, item: T) -> str:
        """What tells this row from the others, and finds it again after a change."""
        raise NotImplementedError

    def paint(self, item: T, width: int) -> list[Content]:
        """The row's lines, at most `row_height` of them, for that many cells."""
        raise NotImplementedError

    def summary_of(self, item: T) -> str:
        """What `/` looks through."""
        return self.key_of(item)

    def fill(self, items: Sequence[T]) -> None:
        """Show these items, as far as the filter lets them through. The cursor stays on its row, or near it."""
        self._all = items
        self._filled = True
        was, at = self.key, self.cursor
        wanted = self.filter_text.lower().split()
        if wanted:
            items = [item for item in items if _holds(self.summary_of(item).lower(), wanted)]
        self.items = items
        self._keys = [self.key_of(item) for item in items]
        if was is not None and not (at < len(self._keys) and self._keys[at] == was) and was in self._keys:
            at = self._keys.index(was)
        self.set_reactive(LineList.cursor, max(0, min(at, len(items) - 1)))
        self.watch_row_height()
        self.post_message(self.Moved(self))

    def mark(self, keys: frozenset[str]) -> None:
        """Mark the rows of these keys, and no others, as changed and not read yet."""
        if keys != self._marked:
            self._marked = keys
            self.watch_row_height()
            self.caption(self._caption)

    def caption(self, words: str) -> None:
        """Show these words in the lower border, with how many rows are marked."""
        self._caption = words
        marked = f", * {len(self._marked)} changed" if self._marked else ""
        self.border_subtitle = line(f"{words}{marked}") if words else None

    def filter_rows(self, words: str) -> None:
        """Show only the rows that match all these words; without words, all rows."""
        self.filter_text = words
        self.fill(self._all)

    @property
    def total(self) -> int:
        """How many rows there are without the filter."""
        return len(self._all)

    @property
    def key(self) -> str | None:
        """The key of the row under the cursor, None in an empty list."""
        return self._keys[self.cursor] if self.cursor < len(self._keys) else None

    @property
    def current(self) -> T | None:
        """The item under the cursor, None in an empty list."""
        return self.items[self.cursor] if self.cursor < len(self.items) else None

    def go_to(self, key: str) -> bool:
        """Put the cursor on the row of that key; False where there is none."""
        if key not in self._keys:
            return False
        self.cursor = self._keys.index(key)
        return True

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self.items) - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        """Repaint the two rows and tell."""
        self._repaint(before, now)
        self.bring_into_sight(now * self.row_height, self.row_height)
        self.post_message(self.Moved(self))

    def watch_hover(self, before: int, now: int) -> None:
        """Repaint the two rows."""
        self._repaint(before, now)

    def on_resize(self) -> None:
        """Rows are as wide as the list."""
        self.watch_row_height()

    def watch_row_height(self) -> None:
        """Measure anew: how many lines there are in all, and where the cursor is among them."""
        self.forget(len(self.items) * self.row_height)
        self.bring_into_sight(self.cursor * self.row_height, self.row_height)

    def _repaint(self, *rows: int) -> None:
        for row in rows:
            if row >= 0:
                self.refresh_lines(row * self.row_height, self.row_height)

    def action_step(self, by: int) -> None:
        """Move the cursor by rows, as far as there are any."""
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Move by a screenful."""
        self.cursor += by * max(1, self.rows_in_sight // self.row_height - 1)

    def action_choose(self) -> None:
        """Enter the row."""
        if self.items:
            self.post_message(self.Chosen(self))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show what a click would take."""
        row = self.line_at(event) // self.row_height
        self.hover = row if row < len(self.items) else -1

    def on_leave(self) -> None:
        """Nothing is pointed at any more."""
        self.hover = -1

    def on_click(self, event: events.Click) -> None:
        """One click moves the cursor, a second one enters."""
        row = self.line_at(event) // self.row_height
        if 0 <= row < len(self.items) and not self.was_dragged:
            self.cursor = row
            if event.chain > 1:
                self.action_choose()

    def line_strip(self, at: int) -> Strip:
        """One line of a row, or why there is none."""
        if not self.items:
            return self.drawn(at, "", partial(self._summary, at))
        row, nth = divmod(at, self.row_height)
        if row >= len(self.items):
            return self.past_the_end()
        return self.drawn(at, self._look(row), partial(self._line, row, nth))

    def _line(self, row: int, nth: int, room: int) -> Content:
        mark = NO_MARK
        if row == self.cursor:
            mark = CURSOR_MARK if self.has_focus else BLURRED_MARK
        if nth == 0 and self._keys[row] in self._marked:
            mark = mark[:1] + UNREAD_MARK
        body = self.paint(self.items[row], room - mark.cell_length - 1)
        return mark + body[nth] if nth < len(body) else mark

    def _summary(self, nth: int, room: int) -> Content:
        summary = wrapped(line(self._nothing(), MUTED), room - 4, indent=2)
        return summary[nth] if nth < len(summary) else NONE

    def _nothing(self) -> str:
        """Why there are no rows: not read yet, filtered away, or what to do next."""
        if self._all:
            return f"No row matches “{self.filter_text}”. Esc shows all {self.total:,}."
        return self.empty if self._filled else ""

    def _look(self, row: int) -> str:
        if row == self.cursor:
            return "lines--cursor" if self.has_focus else "lines--blurred"
        return "lines--hover" if row == self.hover else ""
