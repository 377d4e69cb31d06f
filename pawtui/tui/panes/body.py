"""The body of the main screen: the four lists and the detail, or tabs for them, laid out for the size of the screen."""

from collections.abc import Mapping
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.geometry import Size
from textual.layout import Layout
from textual.message import Message
from textual.reactive import var
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from pawtui.review.overview import Overview
from pawtui.tui.content import LINK, MUTED, concat, trusted
from pawtui.tui.document_view import DocumentView
from pawtui.tui.line_list import LineList
from pawtui.tui.pane_layout import (
    DETAIL,
    HEAD_AND_FOOT,
    PANES,
    TABS,
    PaneLayout,
    PaneRegions,
    compute_layout,
    needs_tabs,
)
from pawtui.tui.panes.gates_pane import GatesPane
from pawtui.tui.panes.history_pane import HistoryPane
from pawtui.tui.panes.notes_pane import NotesPane
from pawtui.tui.panes.signals_pane import SignalsPane

# The pane of each kind of subject.
_PANE_OF_KIND = {"signal": "signals", "gate": "gates", "note": "notes", "refresh": "history"}


class PaneTabs(Static):
    """One line of tabs, one for each pane. A click on a tab goes to its pane."""

    ALLOW_SELECT = False

    def show_panes(self, labels: Mapping[str, str], current: str) -> None:
        """Show the label of each pane; that of the current pane is marked."""
        tabs = []
        for pane, label in labels.items():
            tab = trusted(f" {label} ", f"bold reverse {LINK}" if pane == current else MUTED)
            tabs.append(tab.stylize(Style.from_meta({"pane": pane})))
        self.update(concat(*tabs), layout=False)

    async def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button == 1 and (pane := event.style.meta.get("pane")):
            await self.run_action(f"screen.go('{pane}')")


class Body(Widget):
    """The panes and the detail. `pane` is the current pane; `in_detail` is true if the detail has the focus."""

    pane: var[str] = var("signals", init=False)
    in_detail: var[bool] = var(False, init=False)

    class SelectionChanged(Message):
        """The current subject is another one, or its row has changed."""

    def __init__(self) -> None:
        super().__init__()
        self._pane_layout = PaneLayout(self._compute_layout)
        self.signals, self.gates = SignalsPane(), GatesPane()
        self.notes, self.history = NotesPane(), HistoryPane()
        self.document_view = DocumentView()
        self.tabs = PaneTabs(id=TABS)
        self._laid_out: PaneRegions | None = None
        panes: tuple[LineList[Any], ...] = (self.signals, self.gates, self.notes, self.history)
        self.lists = dict(zip(PANES, panes, strict=True))

    def compose(self) -> ComposeResult:
        yield self.tabs
        yield from self.lists.values()
        yield self.document_view

    @property
    def layout(self) -> Layout:
        """The layout of the panes, which a style sheet cannot change."""
        return self._pane_layout

    def _compute_layout(self, size: Size) -> PaneRegions:
        rows = {pane: shown.total for pane, shown in self.lists.items()}
        return compute_layout(size.width, size.height, rows=rows, current=self.pane, in_detail=self.in_detail)

    @property
    def has_tabs(self) -> bool:
        """Whether the screen is too small for all panes."""
        return needs_tabs(self.size.width, self.size.height)

    def show(self, overview: Overview) -> None:
        self.signals.show(overview)
        self.gates.show(overview)
        self.notes.show(overview)
        self.history.show(overview)
        self._update_layout()

    def mark_changed(self, subjects: frozenset[str]) -> None:
        """Mark exactly the rows of these subjects as changed and not read yet."""
        for kind, pane in (("signal:", self.signals), ("gate:", self.gates)):
            pane.mark_changed(frozenset(subject for subject in subjects if subject.startswith(kind)))

    @property
    def current_list(self) -> LineList[Any]:
        return self.lists[self.pane]

    @property
    def subject(self) -> str:
        """The subject under the cursor of the current list, such as `gate:ID`; empty in an empty list."""
        return self.current_list.key or ""

    def focus_pane(self, pane: str) -> None:
        """Focus a pane, or the detail (`detail`)."""
        # Before the new layout, because Textual moves the focus away from a widget that becomes hidden; and
        # immediately, unlike `focus()`, so that the next key does not act on the previous pane.
        self.screen.set_focus(self.document_view if pane == DETAIL else self.lists[pane], scroll_visible=False)
        self.in_detail = pane == DETAIL
        if pane != DETAIL:
            self.pane = pane

    def cycle_panes(self, by: int) -> None:
        """Focus the next pane (1) or the previous one (-1); the detail is after the last pane."""
        order = [*PANES, DETAIL]
        now = DETAIL if self.document_view.has_focus else self.pane
        self.focus_pane(order[(order.index(now) + by) % len(order)])

    def go_to(self, subject: str) -> None:
        """Move the cursor to a subject in its list, and focus the list. A filter that hides the subject is cleared."""
        if pane := _PANE_OF_KIND.get(subject.partition(":")[0]):
            self.lists[pane].show_row(subject)
            self.focus_pane(pane)

    def watch_pane(self) -> None:
        self._update_layout()
        self.post_message(self.SelectionChanged())

    def watch_in_detail(self) -> None:
        self._update_layout()

    @on(LineList.CursorMoved)
    def _cursor_moved(self, event: LineList.CursorMoved) -> None:
        event.stop()
        if event.list is self.current_list:
            self.post_message(self.SelectionChanged())

    @on(LineList.RowOpened)
    def _row_opened(self, event: LineList.RowOpened) -> None:
        event.stop()
        self.focus_pane(DETAIL)

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        if event.widget.id in self.lists:
            self.in_detail = False
            self.pane = event.widget.id
        elif event.widget is self.document_view:
            self.in_detail = True

    @on(events.Resize)
    def _update_layout(self) -> None:
        """Lay the panes out again, with rows of two lines if they fit, and update the tabs."""
        # Before the first layout the body has no size: compute it from the screen.
        computed = self._compute_layout(self.size or Size(self.app.size.width, self.app.size.height - HEAD_AND_FOOT))
        if computed != self._laid_out:
            self._laid_out = computed
            for pane in ("signals", "gates"):
                self.lists[pane].row_height = computed.row_heights.get(pane, 1)
            # Textual lays out the children of a parent again only if a child requests it.
            self.document_view.refresh(layout=True)
        # Each tab has the key of its pane and its number of rows, such as `2 Gates 6`.
        labels = {pane: f"{number} {pane.title()} {self.lists[pane].total:,}" for number, pane in enumerate(PANES, 1)}
        self.tabs.show_panes(labels, self.pane)
