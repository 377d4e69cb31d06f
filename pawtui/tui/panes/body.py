"""The body of the main screen: the four lists and the detail, each in the place that suits the size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.geometry import Size
from textual.layout import Layout
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from pawtui.refresh.refresh_types import SignalReading
from pawtui.review.views import Overview
from pawtui.tui.content import line
from pawtui.tui.document_view import DocumentView
from pawtui.tui.line_list import LineList
from pawtui.tui.pane_layout import HEAD_AND_FOOT, PANES, LayoutRequest, PaneLayout, PaneRegions, Shape, compute_layout
from pawtui.tui.panes.gates_pane import GatesPane
from pawtui.tui.panes.history_pane import HistoryPane
from pawtui.tui.panes.notes_pane import NotesPane
from pawtui.tui.panes.signals_pane import SignalsPane

_KIND = {"signals": "signal", "gates": "gate", "notes": "note", "history": "refresh"}


class Body(Widget):
    """Knows which pane is current, and whether the detail has the keys (`reading`)."""

    DEFAULT_CSS = "Body { width: 1fr; height: 1fr; }"
    _panes = PaneLayout()

    pane: reactive[str] = reactive("signals", init=False)
    reading: reactive[bool] = reactive(False, init=False)

    @dataclass
    class SubjectChanged(Message):
        """Another subject is current, or its row has changed."""

    @dataclass
    class LayoutChanged(Message):
        """Rows, current pane or shape are others than before."""

        shape: Shape

    def __init__(self) -> None:
        super().__init__(id="body")
        self.signals, self.gates = SignalsPane(), GatesPane()
        self.notes, self.history = NotesPane(), HistoryPane()
        self.document_view = DocumentView(id="detail")
        self.lists: dict[str, LineList[Any]] = {
            "signals": self.signals,
            "gates": self.gates,
            "notes": self.notes,
            "history": self.history,
        }

    def compose(self) -> ComposeResult:
        """The lists and the detail."""
        yield from self.lists.values()
        yield self.document_view

    @property
    def layout(self) -> Layout:
        """Our own layout, whatever the style sheet says."""
        return self._panes

    def layout_request(self) -> LayoutRequest:
        """What the plan depends on besides the size."""
        rows = {name: one.total for name, one in self.lists.items()}
        return LayoutRequest(rows=rows, current=self.pane, reading=self.reading)

    def made(self) -> PaneRegions:
        """The plan at the present size."""
        return compute_layout(self.size.width, self.size.height, self.layout_request())

    def show(self, overview: Overview, incoming: dict[str, SignalReading]) -> None:
        """Show the state of things; cursors stay where they are."""
        self.signals.show(overview, incoming)
        self.gates.show(overview)
        self.notes.show(overview)
        self.history.show(overview)
        self._settle()

    def mark(self, subjects: frozenset[str]) -> None:
        """Mark the rows of these subjects, and no others, as changed and not read yet."""
        for name in ("signals", "gates"):
            kind = f"{_KIND[name]}:"
            self.lists[name].mark(frozenset(one.removeprefix(kind) for one in subjects if one.startswith(kind)))

    def labels(self) -> dict[str, str]:
        """Return the panes' names with their key and how many rows they have, such as `2 Gates 6`."""
        return {name: f"{number} {name.title()} {self.lists[name].total:,}" for number, name in enumerate(PANES, 1)}

    @property
    def current(self) -> LineList[Any]:
        """The list that is current."""
        return self.lists[self.pane]

    @property
    def subject(self) -> str:
        """What the cursor of the current list is on, such as `gate:ID`; empty in an empty list."""
        key = self.current.key
        return f"{_KIND[self.pane]}:{key}" if key else ""

    def go(self, where: str) -> None:
        """Give the keys to a pane, or to the detail (`detail`)."""
        # Before the new arrangement takes a place away from what has the keys now: hidden things lose them.
        (self.document_view if where == "detail" else self.lists[where]).focus(scroll_visible=False)
        self.reading = where == "detail"
        if where != "detail":
            self.pane = where

    def step(self, by: int) -> None:
        """The next pane, or the one before; the detail is the last of them."""
        order = [*PANES, "detail"]
        now = "detail" if self.document_view.has_focus else self.pane
        self.go(order[(order.index(now) + by) % len(order)])

    def jump(self, subject: str) -> None:
        """Put the cursor on a subject, in the list that has it, filtered away or not."""
        kind, _, name = subject.partition(":")
        pane = next((pane for pane, its in _KIND.items() if its == kind), None)
        if pane is None:
            return
        if not self.lists[pane].go_to(name):
            self.filter_rows("", pane)
            self.lists[pane].go_to(name)
        self.go(pane)

    def filter_rows(self, words: str, pane: str | None = None) -> None:
        """Show only the rows of a list (the current one if not named) that match these words."""
        one = self.lists[pane or self.pane]
        one.filter_rows(words)
        if words:
            one.border_subtitle = line(f"{len(one.items):,} of {one.total:,} match “{words}”")

    def watch_pane(self) -> None:
        """Another pane is current."""
        self._settle()
        self.post_message(self.SubjectChanged())

    def watch_reading(self) -> None:
        """The detail takes the room, or gives it back."""
        self._settle()

    @on(LineList.CursorMoved)
    def _moved(self, event: LineList.CursorMoved) -> None:
        event.stop()
        if event.list is self.current:
            self.post_message(self.SubjectChanged())

    @on(LineList.RowOpened)
    def _chosen(self, event: LineList.RowOpened) -> None:
        event.stop()
        self.go("detail")

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        if event.widget.id in self.lists:
            self.reading = False
            self.pane = event.widget.id
        elif event.widget is self.document_view:
            self.reading = True

    @on(events.Resize)
    def _settle(self) -> None:
        """Arrange anew, with rows as high as there is room for."""
        # Before the first layout, what the screen will leave for the body.
        size = self.size or Size(self.app.size.width, self.app.size.height - HEAD_AND_FOOT)
        made = compute_layout(size.width, size.height, self.layout_request())
        for name in ("signals", "gates"):
            self.lists[name].row_height = made.row_heights.get(name, 1)
        # A child's layout is what makes its parent arrange its children again.
        self.document_view.refresh(layout=True)
        self.post_message(self.LayoutChanged(made.shape))
