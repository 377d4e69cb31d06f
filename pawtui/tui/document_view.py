"""The view of a document: wrapped lines. The cursor stops at the lines that can be opened, copied or ticked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from pawtui.report.document import Document, Target
from pawtui.report.document_lines import Line, LineStyle, document_lines, shown_line
from pawtui.tui.content import LINK, MUTED, laid_out, trusted
from pawtui.tui.line_view import LineView

_STYLE = LineStyle(hints=True, bars=True)
STOP_MARK, BLURRED_MARK, NO_MARK = trusted("▌ ", LINK), trusted("▏ ", MUTED), trusted("  ")


class DocumentView(LineView, can_focus=True):
    """A view of a document. `j` and `k` move between stops, or scroll if no stop is near."""

    BINDING_GROUP_TITLE = "Detail"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"detail--stop", "detail--blurred"}
    HELP = """
    The detail. j and k go to each line that can be opened, copied or ticked.
    Esc goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Next line", show=False, id="detail.down"),
        Binding("up,k", "step(-1)", "Previous line", show=False, id="detail.up"),
        Binding("home,g", "end(False)", "Top", show=False, id="detail.top"),
        Binding("end,G", "end(True)", "End", show=False, id="detail.end"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="detail.page_down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="detail.page_up"),
        Binding(
            "enter", "enter", "Open or tick", show=False, id="detail.enter", tooltip="Open or tick the marked line"
        ),
    ]

    stop: reactive[int] = reactive(0, init=False)

    @dataclass
    class TargetOpened(Message):
        """Enter was pressed, or a line was double-clicked."""

        target: Target

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.document: Document | None = None
        self._lines: list[tuple[Line, int]] = []
        self._targets: list[Target] = []
        self._tops: list[int] = []
        self._fresh = False

    def show_document(self, document: Document) -> None:
        """Show a document. The cursor keeps its place if the subject is the same as before."""
        same = self.document is not None and self.document.key == document.key
        before = self.target if same else None
        was_visible = same and self._is_visible()
        self.document = document
        self.border_title = laid_out(shown_line(document.title))
        self.border_subtitle = laid_out(shown_line(document.subtitle))
        self._fresh = self._fresh or not same
        self._lay_out()
        if same and not self._fresh:
            at = self._targets.index(before) if before in self._targets else min(self.stop, len(self._targets) - 1)
            self.set_reactive(DocumentView.stop, max(0, at))
        if was_visible:
            # The line under the cursor stays visible if lines were inserted before it.
            self.reveal()
        if not same:
            self.scroll_to(y=0, animate=False)

    @property
    def target(self) -> Target | None:
        """The target of the line under the cursor."""
        return self._targets[self.stop] if self.stop < len(self._targets) else None

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets of all stops, from the top."""
        return tuple(self._targets)

    def _lay_out(self) -> None:
        if self.line_width <= 0 or self.document is None:
            # The widget has no size yet: the first resize event lays the document out.
            return
        width = max(10, self.line_width - STOP_MARK.cell_length - 1)
        self._lines, self._targets, self._tops = [], [], []
        for at, line in enumerate(document_lines(self.document, width, _STYLE)):
            if line.first and line.target is not None:
                self._targets.append(line.target)
                self._tops.append(at)
            self._lines.append((line, len(self._targets) - 1 if line.target is not None else -1))
        self.reset_lines(len(self._lines))
        if self._fresh:
            # The cursor starts at the first line to tick, else at the top.
            self._fresh = False
            ticks = (number for number, target in enumerate(self._targets) if target.action == "tick")
            self.set_reactive(DocumentView.stop, next(ticks, 0))

    def reveal(self) -> bool:
        """Scroll to the cursor; return False if it is already visible."""
        if not self._tops or self._is_visible():
            return False
        self.scroll_to_lines(self._tops[self.stop], self._height(self.stop))
        return True

    def _is_visible(self) -> bool:
        if self.stop >= len(self._tops):
            return False
        top, first = self._tops[self.stop], self.scroll_offset.y
        return first <= top and top + self._height(self.stop) <= first + self.visible_rows

    def scroll_cursor_to_top(self) -> None:
        """Scroll so that the line of the cursor is the first."""
        if self._tops:
            self.scroll_to(y=self._tops[self.stop], animate=False)

    def on_resize(self) -> None:
        self._lay_out()

    def validate_stop(self, stop: int) -> int:
        return max(0, min(stop, len(self._targets) - 1))

    def watch_stop(self, before: int, now: int) -> None:
        for number in (before, now):
            if number < len(self._tops):
                self.refresh_lines(self._tops[number], self._height(number))
        if now < len(self._tops):
            self.scroll_to_lines(self._tops[now], self._height(now))

    def _height(self, number: int) -> int:
        top = self._tops[number]
        end = top
        while end < len(self._lines) and self._lines[end][1] == number:
            end += 1
        return end - top

    def action_step(self, by: int) -> None:
        """Go to the next stop if it is near, else scroll by one line."""
        near = self.stop + by
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.visible_rows
        current = self._tops[self.stop] if self._tops else -1
        if self._tops and not top <= current < bottom:
            # The cursor is not visible: move it to the nearest visible stop.
            visible = [number for number, line in enumerate(self._tops) if top <= line < bottom]
            if visible:
                self.stop = visible[0] if by > 0 else visible[-1]
                return
        elif 0 <= near < len(self._tops) and top - 1 <= self._tops[near] <= bottom:
            self.stop = near
            return
        self.scroll_to(y=self.scroll_offset.y + by, animate=False)

    def action_end(self, last: bool) -> None:
        """Go to the top or the end."""
        self.stop = len(self._targets) - 1 if last else 0
        self.scroll_to(y=self.virtual_size.height if last else 0, animate=False)

    def action_page(self, by: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + by * max(1, self.visible_rows - 2), animate=False)

    def action_enter(self) -> None:
        """Open or tick the line under the cursor."""
        if self.target is not None:
            self.post_message(self.TargetOpened(self.target))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor on a click; open or tick the line on a double click."""
        at = self.line_at(event)
        if self.was_dragged:
            return
        if 0 <= at < len(self._lines) and (number := self._lines[at][1]) >= 0:
            self.stop = number
            if event.chain > 1:
                self.action_enter()

    def line_strip(self, at: int) -> Strip:
        if at >= len(self._lines):
            return self.blank_line()
        line, number = self._lines[at]
        marked = number >= 0 and number == self.stop
        component = "" if not marked else "detail--stop" if self.has_focus else "detail--blurred"
        mark = NO_MARK
        if marked:
            mark = STOP_MARK if self.has_focus else BLURRED_MARK
        return self.cached_strip(at, component, lambda _width: mark + laid_out(line.text))
