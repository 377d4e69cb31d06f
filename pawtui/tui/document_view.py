"""The view of a document: wrapped lines. The cursor stops at the lines that can be opened, copied or ticked."""

from dataclasses import dataclass
from typing import ClassVar

import msgspec
from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from pawtui.report.document import Document, Target
from pawtui.report.document_lines import Line, document_lines
from pawtui.report.spans import Span
from pawtui.tui.content import EMPTY, document_line, shown_text
from pawtui.tui.line_view import MARK_WIDTH, LineView


class PlacedTarget(msgspec.Struct):
    """A target, and its lines in the view."""

    target: Target
    lines: range


class DocumentView(LineView):
    """A view of a document. Its rows are the targets: `j` and `k` move to the next one, or scroll if none is near."""

    BINDING_GROUP_TITLE = "Detail"
    HELP = """
    The detail. <j:list.down> and <k:list.up> go to each line that can be opened, copied or ticked.
    Esc goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "choose", "Open or tick", show=False, id="detail.enter", tooltip="Open or tick the marked line"
        ),
    ]

    @dataclass
    class TargetOpened(Message):
        """Enter was pressed, or a line was double-clicked."""

        target: Target

    def __init__(self) -> None:
        super().__init__(id="detail")
        self.document: Document | None = None
        self._lines: list[Line] = []
        self._placed: list[PlacedTarget] = []
        # Whether the cursor must be set to its first target after the next layout.
        self._needs_cursor = False

    def show_document(self, document: Document) -> None:
        """Show a document. The cursor keeps its place if the subject is the same as before."""
        same = self.document is not None and self.document.key == document.key
        before, was_visible = self.target, self._is_visible()
        self.document = document
        self.border_title = shown_text(Span(document.title, "strong"))
        self.border_subtitle = shown_text(document.subtitle)
        self._needs_cursor = self._needs_cursor or not same
        self._lay_out()
        if not same:
            self.scroll_to(y=0, animate=False)
            return
        if not self._needs_cursor:
            targets = self.targets
            index = targets.index(before) if before in targets else min(self.cursor, len(targets) - 1)
            self.set_reactive(DocumentView.cursor, max(0, index))
        if was_visible:
            # The line under the cursor stays visible if lines were inserted before it.
            self.reveal()

    @property
    def target(self) -> Target | None:
        """The target of the line under the cursor."""
        return self._placed[self.cursor].target if self.cursor < len(self._placed) else None

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(placed.target for placed in self._placed)

    @property
    def row_count(self) -> int:
        return len(self._placed)

    def lines_of(self, row: int) -> range:
        return self._placed[row].lines if row < len(self._placed) else range(0)

    def row_of(self, line: int) -> int | None:
        return next((row for row, placed in enumerate(self._placed) if line in placed.lines), None)

    @on(events.Resize)
    def _lay_out(self) -> None:
        """Wrap the document at the width of the view, and find the lines of its targets."""
        if self.line_width <= 0 or self.document is None:
            # The widget has no size yet: the first resize event lays the document out.
            return
        width = max(10, self.line_width - MARK_WIDTH - 1)
        self._lines, self._placed = document_lines(self.document, width, screen_keys=self.chosen_keys), []
        for index, line in enumerate(self._lines):
            if line.target is not None and line.first:
                self._placed.append(PlacedTarget(line.target, range(index, index + 1)))
            elif line.target is not None:
                self._placed[-1].lines = range(self._placed[-1].lines.start, index + 1)
        self.reset_lines(len(self._lines))
        if self._needs_cursor:
            # The cursor starts at the first part or pin of the gate, else at the top.
            self._needs_cursor = False
            owned = (row for row, placed in enumerate(self._placed) if placed.target.part or placed.target.pin_of)
            self.set_reactive(DocumentView.cursor, next(owned, 0))

    def reveal(self) -> bool:
        """Scroll to the cursor; return False if it is already visible."""
        if self.target is None or self._is_visible():
            return False
        self.scroll_to_cursor()
        return True

    def _is_visible(self) -> bool:
        """Return whether the target under the cursor is visible; of a high one, its first lines."""
        lines, first = self.lines_of(self.cursor), self.scroll_offset.y
        stop = min(lines.stop, lines.start + self.visible_lines)
        return bool(lines) and first <= lines.start and stop <= first + self.visible_lines

    def action_move(self, by: int) -> None:
        """Go to the next target if it is near, else scroll by one line."""
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.visible_lines
        tops = [placed.lines.start for placed in self._placed]
        following = self.cursor + by
        if tops and not top <= tops[self.cursor] < bottom:
            # The cursor is not visible: move it to the nearest visible target.
            visible = [number for number, line in enumerate(tops) if top <= line < bottom]
            if visible:
                self.cursor = visible[0] if by > 0 else visible[-1]
                return
        elif 0 <= following < len(tops) and top - 1 <= tops[following] <= bottom:
            self.cursor = following
            return
        self.scroll_to(y=self.scroll_offset.y + by, animate=False)

    def action_first(self) -> None:
        super().action_first()
        self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        super().action_last()
        self.scroll_to(y=self.virtual_size.height, animate=False)

    def action_page(self, by: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + by * max(1, self.visible_lines - 2), animate=False)

    def action_choose(self) -> None:
        """Open or tick the marked line. If a part is off screen, the first press shows it."""
        target = self.target
        # Only for a part: a scroll is delayed, so just after a key such as G the line may not be visible yet.
        if target is None or (target.part and self.reveal()):
            return
        self.post_message(self.TargetOpened(target))

    def line_content(self, index: int, width: int) -> Content:
        if index >= len(self._lines):
            return EMPTY
        return self.line_mark(index) + document_line(self._lines[index].text)
