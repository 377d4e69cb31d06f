"""The main screen: signals, gates, notes and history, with the detail of what the cursor is on beside them."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Footer, Input

from pawtui.review.model import SideLook, SignalReading
from pawtui.review.progress import Progress
from pawtui.review.views import Overview
from pawtui.tui.arrange import PANES, Body, Wish
from pawtui.tui.lines import LineList
from pawtui.tui.messages import Weight
from pawtui.tui.page import Page, Target
from pawtui.tui.pages.welcome import welcome_page
from pawtui.tui.panes.banner import Banner, ProgressLine
from pawtui.tui.panes.gates import GatesPane
from pawtui.tui.panes.history import HistoryPane
from pawtui.tui.panes.masthead import Masthead
from pawtui.tui.panes.notes import NotesPane
from pawtui.tui.panes.signals import SignalsPane
from pawtui.tui.panes.tabs import PaneTabs
from pawtui.tui.reader import Reader
from pawtui.tui.screens.subject import SubjectScreen
from pawtui.tui.text import line

_KIND = {"signals": "signal", "gates": "gate", "notes": "note", "history": "refresh"}
_NAMES = {"signals": "Signals", "gates": "Gates", "notes": "Notes", "history": "History"}


class MainScreen(SubjectScreen):
    """Everything at a glance, and one thing in detail."""

    BINDING_GROUP_TITLE = "Everywhere"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "Refresh", id="refresh", tooltip="Look at both repositories and record it"),
        Binding("w", "walk", "Walk", id="walk", tooltip="Go through what needs you, one thing at a time"),
        Binding("e", "export", "Export", id="export", tooltip="The Markdown summary: read, copy, save"),
        Binding(
            "slash", "filter", "Filter", id="filter", key_display="/", tooltip="Only the rows that hold some words"
        ),
        Binding("d", "diff", "Diff", id="diff", show=False, tooltip="What changed between two refreshes"),
        Binding("L", "log", "Log", id="log", show=False, tooltip="Who changed what, and when"),
        Binding("S", "scope", "Scope", id="scope", show=False, tooltip="Scope lines and related work"),
        Binding("c", "close", "Close", id="close", show=False, tooltip="Close the review with a recommendation"),
        Binding("tab", "pane(1)", "Next pane", id="pane.next", show=False),
        Binding("shift+tab", "pane(-1)", "Pane before", id="pane.before", show=False),
        Binding("1", "go('signals')", "Signals", id="pane.signals", show=False),
        Binding("2", "go('gates')", "Gates", id="pane.gates", show=False),
        Binding("3", "go('notes')", "Notes", id="pane.notes", show=False),
        Binding("4", "go('history')", "History", id="pane.history", show=False),
        Binding("0", "go('reader')", "Detail", id="pane.detail", show=False),
        Binding("escape", "back", "Back", id="back", show=False, tooltip="Back; cancels a refresh; dismisses messages"),
    ]

    pane: reactive[str] = reactive("signals", init=False)
    reading: reactive[bool] = reactive(False, init=False)

    def __init__(self) -> None:
        super().__init__()
        self._incoming: dict[str, SignalReading] = {}
        self._sides: tuple[SideLook | None, SideLook | None] = (None, None)
        self._lists: dict[str, LineList[Any]] = {}
        self._read: tuple[object, str] = (None, "")

    def compose(self) -> ComposeResult:
        """All widgets there ever are: the body arranges the panes by size."""
        self.signals, self.gates = SignalsPane(), GatesPane()
        self.notes, self.history = NotesPane(), HistoryPane()
        self._lists = {"signals": self.signals, "gates": self.gates, "notes": self.notes, "history": self.history}
        self.reader = Reader(id="reader")
        self.masthead, self.banner, self.progress, self.tabs = Masthead(), Banner(), ProgressLine(), PaneTabs()
        self.body = Body(*self._lists.values(), self.reader)
        yield self.masthead
        yield self.banner
        yield self.progress
        yield self.tabs
        yield self.body
        yield Input(id="filter", compact=True, placeholder="words to look for in this list; Enter keeps, Esc clears")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show what there is, and put the keys on the signals."""
        self.query_one("#filter").display = False
        self.signals.focus()
        self.watch(self.app, "overview", self.show)
        self.set_interval(20, self._head)

    # --- showing ---

    def show(self, overview: Overview | None) -> None:
        """Show the state of things; cursors stay where they are."""
        self._head()
        if overview is None:
            return
        self.signals.show(overview, self._incoming)
        self.gates.show(overview)
        self.notes.show(overview)
        self.history.show(overview)
        self._settle()
        self._detail()

    def _head(self) -> None:
        desk = self.pawtui.desk
        self.masthead.show(
            self.overview, now=desk.clock(), title=desk.tracker.title, said=desk.said, incoming=self._sides
        )

    def _settle(self) -> None:
        rows = {name: len(one.items) for name, one in self._lists.items()}
        self.body.want(Wish(rows=rows, current=self.pane, reading=self.reading))
        tabs = [(name, f"{number} {_NAMES[name]} {rows[name]:,}") for number, name in enumerate(PANES, 1)]
        self.tabs.show(tabs, self.pane)

    @on(events.Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        made = self.body.made()
        self.tabs.display = made.shape in ("tabs", "beside")
        for name, height in made.row_heights.items():
            self._lists[name].row_height = height
        if made.shape == "tabs":
            self.signals.row_height = self.gates.row_height = 1

    def say(self, sentence: str, weight: Weight) -> None:
        """A sentence that stays until it is dismissed."""
        self.banner.say(sentence, weight)

    def progressed(self, progress: Progress | None) -> None:
        """A refresh is one step further, or (None) over."""
        self.progress.show(progress)
        if progress is None:
            self._incoming, self._sides = {}, (None, None)
        else:
            self._sides = (progress.upstream or self._sides[0], progress.downstream or self._sides[1])
            if progress.reading is not None:
                self._incoming[progress.reading.id] = progress.reading
        self._head()
        if self.overview is not None:
            self.signals.show(self.overview, self._incoming)

    # --- the detail ---

    @property
    def target(self) -> Target | None:
        """What the marked line of the detail stands for."""
        return self.reader.target

    def reading_detail(self) -> bool:
        """Whether the detail has the keys."""
        return self.reader.has_focus

    @on(LineList.Moved)
    def _moved(self, event: LineList.Moved) -> None:
        if event.list is self._lists.get(self.pane):
            self._detail()

    def _detail(self) -> None:
        key = self._lists[self.pane].key
        self.subject = f"{_KIND[self.pane]}:{key}" if key else ""
        if (self.overview, self.subject) == self._read:
            return
        self._read = (self.overview, self.subject)
        self.reader.read(self.page() or self._nothing())

    def _nothing(self) -> Page:
        return welcome_page(self.pawtui.desk.tracker, self.overview)

    @on(LineList.Chosen)
    def _chosen(self) -> None:
        self.action_go("reader")

    @on(Reader.Entered)
    def _entered(self, event: Reader.Entered) -> None:
        target = event.target
        if target.enter == "part":
            self.tick(target.object)
        elif target.enter == "show":
            self.jump(target.object)
        elif target.url:
            self.action_open()

    def jump(self, subject: str) -> None:
        """Put the cursor on a subject, in the pane that lists it."""
        kind, _, name = subject.partition(":")
        pane = next((pane for pane, its in _KIND.items() if its == kind), None)
        if pane is None:
            return
        if not self._lists[pane].go_to(name):
            self._lists[pane].sift("")
            self._lists[pane].go_to(name)
        self.action_go(pane)

    # --- moving between panes ---

    def action_go(self, where: str) -> None:
        """Give the keys to a pane or to the detail."""
        if where == "reader":
            self.reading = True
            self.call_after_refresh(self.reader.focus)
            return
        self.reading = False
        self.pane = where
        self.call_after_refresh(self._lists[where].focus)

    def action_pane(self, by: int) -> None:
        """The next pane; the detail is the last of them."""
        order = [*PANES, "reader"]
        now = "reader" if self.reader.has_focus else self.pane
        self.action_go(order[(order.index(now) + by) % len(order)])

    def watch_pane(self) -> None:
        """Another pane is current."""
        self._settle()
        self._detail()

    def watch_reading(self) -> None:
        """The detail takes the room, or gives it back."""
        self._settle()

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        if event.widget.id in self._lists:
            self.reading = False
            self.pane = event.widget.id
        elif event.widget is self.reader:
            self.reading = True

    @on(PaneTabs.Picked)
    def _picked(self, event: PaneTabs.Picked) -> None:
        self.action_go(event.pane)

    # --- keys ---

    def action_refresh(self) -> None:
        """Look at both repositories."""
        self.pawtui.work.refresh()

    def action_back(self) -> None:
        """Out of the detail; else cancel a refresh; else dismiss a message; else clear the filter."""
        current = self._lists[self.pane]
        if self.reader.has_focus and self.body.made().shape == "tabs":
            self.action_go(self.pane)
        elif self.pawtui.work.cancel() or self.banner.dismiss():
            return
        elif current.sieve:
            self._sift("")
        else:
            self.action_go(self.pane)

    def action_filter(self) -> None:
        """Ask for the words to look for in the current list."""
        box = self.query_one("#filter", Input)
        box.value = self._lists[self.pane].sieve
        box.display = True
        box.focus()

    @on(Input.Changed, "#filter")
    def _sought(self, event: Input.Changed) -> None:
        self._sift(event.value)

    def _sift(self, words: str) -> None:
        current = self._lists[self.pane]
        current.sift(words)
        shown = f"{len(current.items):,} of {current.total:,} hold “{words}”" if words else ""
        if shown:
            current.border_subtitle = line(shown)
        elif self.overview is not None:
            self.show(self.overview)

    @on(Input.Submitted, "#filter")
    def _kept(self) -> None:
        self.query_one("#filter").display = False
        self.action_go(self.pane)
