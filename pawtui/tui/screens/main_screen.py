"""The main screen: signals, gates, notes and history, with the detail of what the cursor is on beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from pawtui.refresh.progress import Progress
from pawtui.refresh.refresh_types import RepoSnapshot, SignalReading
from pawtui.report.document import Document, Target
from pawtui.report.documents.welcome_document import welcome_document
from pawtui.review.views import Overview
from pawtui.tui.document_view import DocumentView
from pawtui.tui.footer import KeysFooter
from pawtui.tui.messages import Severity
from pawtui.tui.pane_layout import HEAD_AND_FOOT, TABBED, shape_of
from pawtui.tui.panes.banner import Banner, ProgressLine
from pawtui.tui.panes.body import Body
from pawtui.tui.panes.masthead import Masthead
from pawtui.tui.panes.unread import UnreadRows
from pawtui.tui.screens.subject_screen import SubjectScreen

if TYPE_CHECKING:
    from pawtui.tui.panes.filter import FilterBox
    from pawtui.tui.panes.tabs import PaneTabs

# How long the detail waits for the cursor to come to rest, in seconds: about one frame.
_PAUSE = 0.02


class MainScreen(SubjectScreen):
    """Everything at a glance, and one thing in detail."""

    BINDING_GROUP_TITLE = "Main screen"
    # In the order of the footer, behind the keys for the selected subject.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "app.walk", "Walk", id="walk", tooltip="Review what needs you, step by step"),
        Binding("r", "app.refresh", "Refresh", id="refresh", tooltip="Measure both repositories and record it"),
        Binding("e", "app.export", "Export", id="export", tooltip="The Markdown summary: copy, save, post"),
        Binding("slash", "filter", "Filter", id="filter", tooltip="Only rows that match some words"),
        Binding("d", "app.diff", "Diff", id="diff", tooltip="What changed between two refreshes"),
        Binding("c", "app.close", "Close", id="close", tooltip="Close the review with a recommendation"),
        Binding("T", "app.timeline", "Timeline", id="timeline", show=False, tooltip="All signals by week"),
        Binding("L", "app.log", "Log", id="log", show=False, tooltip="Who changed what, and when"),
        Binding("S", "app.scope", "Scope", id="scope", show=False, tooltip="Scope, related work, decision reasons"),
        Binding("M", "app.replay", "Replay", id="replay", show=False, tooltip="What a migration would lose"),
        Binding("P", "app.post", "Post", id="post", show=False, tooltip="The summary on the issue; asks first"),
        Binding(
            "A", "app.post(True)", "Post plan", id="plan", show=False, tooltip="A plan file on the issue; asks first"
        ),
        Binding("tab", "step(1)", "Next pane", id="pane.next", show=False),
        Binding("shift+tab", "step(-1)", "Previous pane", id="pane.before", show=False),
        Binding("1", "go('signals')", "Signals", id="pane.signals", show=False, tooltip="Go to the signals"),
        Binding("2", "go('gates')", "Gates", id="pane.gates", show=False, tooltip="Go to the gates"),
        Binding("3", "go('notes')", "Notes", id="pane.notes", show=False, tooltip="Go to the notes"),
        Binding("4", "go('history')", "History", id="pane.history", show=False, tooltip="Go to the refreshes"),
        Binding("0", "go('detail')", "Detail", id="pane.detail", show=False, tooltip="Go to the detail"),
        Binding("left,h", "list", "List", id="pane.list", show=False, tooltip="Go from the detail to the list"),
        Binding("escape", "back", "Back", id="back", show=False, tooltip="Cancel, dismiss message, clear filter"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._incoming: dict[str, SignalReading] = {}
        self._sides: tuple[RepoSnapshot | None, RepoSnapshot | None] = (None, None)
        self._read: tuple[object, str] = (None, "")
        self._later: Timer | None = None
        self._tabs: PaneTabs | None = None
        self._unread = UnreadRows()
        self._attention = ""

    def compose(self) -> ComposeResult:
        """All widgets there ever are: the body arranges the panes by size."""
        self.body = Body()
        self.document_view = self.body.document_view
        self.masthead, self.banner, self.progress = Masthead(), Banner(), ProgressLine()
        yield self.masthead
        yield self.banner
        yield self.progress
        if shape_of(self.app.size.width, self.app.size.height - HEAD_AND_FOOT) in TABBED:
            yield self._make_tabs()
        yield self.body
        yield KeysFooter()

    def on_mount(self) -> None:
        """Show what there is, and put the keys on the signals."""
        self.body.signals.focus()
        self.watch(self.app, "overview", self.show)
        self.set_interval(20, self._head)

    def show(self, overview: Overview | None) -> None:
        """Show the state of things; cursors stay where they are."""
        self._head()
        if overview is not None:
            self.body.mark(self._unread.update(overview))
            self.body.show(overview, self._incoming)
            self._turned()

    def _head(self) -> None:
        workspace = self.app.workspace
        self.masthead.show(
            self.overview,
            now=workspace.clock(),
            title=workspace.tracker.title,
            summary=workspace.description,
            incoming=self._sides,
        )

    def _make_tabs(self) -> PaneTabs:
        # Where they are never needed, the first paint does not wait for them.
        from pawtui.tui.panes.tabs import PaneTabs

        self._tabs = PaneTabs(self.body.labels(), self.body.pane)
        return self._tabs

    @on(Body.LayoutChanged)
    def _rearranged(self, event: Body.LayoutChanged) -> None:
        needed = event.shape in TABBED
        if needed and self._tabs is None:
            self.mount(self._make_tabs(), before=self.body)
        elif self._tabs is not None:
            self._tabs.display = needed
            self._tabs.show_pane(self.body.labels(), self.body.pane)

    def on_pane_tabs_pane_selected(self, event: PaneTabs.PaneSelected) -> None:
        """Go to the pane of a tab."""
        self.body.go(event.pane)

    def say(self, sentence: str, severity: Severity) -> None:
        """A sentence that stays until it is dismissed."""
        self.banner.say(sentence, severity)

    def say_attention(self, sentence: str, *, failed: bool) -> None:
        """Say what a refresh found that needs a person, until it is dismissed or the walk begins."""
        self.withdraw_attention()
        self._attention = sentence
        self.say(sentence, "warning" if failed else "information")

    def withdraw_attention(self) -> None:
        """Remove what the last refresh found: a person looks at it, or there is a newer one."""
        self.banner.withdraw(self._attention)

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
        if self.overview is not None and (progress is None or progress.reading is not None):
            self.body.signals.show(self.overview, self._incoming)

    @property
    def target(self) -> Target | None:
        """What the line under the cursor of the detail stands for."""
        self._catch_up()
        return self.document_view.target

    @property
    def subject(self) -> str:
        """What the cursor of the current list is on."""
        return self.body.subject

    def targets(self) -> Sequence[Target]:
        """The targets of all stops of the detail."""
        self._catch_up()
        return self.document_view.targets

    def reading_detail(self) -> bool:
        """Whether the detail has the focus."""
        return self.document_view.has_focus

    @on(Body.SubjectChanged)
    def _turned(self) -> None:
        self.rebind()
        if (self.overview, self.subject) == self._read:
            return
        if self._read[0] is not self.overview:
            self._catch_up()
        elif self._later is None:
            # The cursor's own row is painted first: a document is a new layout, and a held key would queue them up.
            self._later = self.set_timer(_PAUSE, self._catch_up)
        else:
            self._later.reset()

    def _catch_up(self) -> None:
        """Show the subject in the detail, if it is not shown yet."""
        if self._later is not None:
            self._later.stop()
            self._later = None
        if (self.overview, self.subject) != self._read:
            if self._read[1] != self.subject:
                # What is left has been read.
                self.body.mark(self._unread.read(self._read[1]))
            self._read = (self.overview, self.subject)
            self.document_view.show_document(self._document())

    def _document(self) -> Document:
        overview, tracker = self.overview, self.app.workspace.tracker
        found = self.subject_document()
        if overview is None or found is None or (overview.last is None and self.body.pane in ("signals", "history")):
            return welcome_document(tracker, overview, found)
        return found

    @on(DocumentView.TargetOpened)
    def _entered(self, event: DocumentView.TargetOpened) -> None:
        self.open_target(event.target)

    def go_to(self, subject: str) -> None:
        """Put the cursor on a subject."""
        self.body.jump(subject)

    def action_go(self, where: str) -> None:
        """Give the keys to a pane or to the detail."""
        self.body.go(where)

    def action_step(self, by: int) -> None:
        """The next pane or the one before."""
        self.body.step(by)

    def action_list(self) -> None:
        """From the detail to the list it belongs to."""
        self.body.go(self.body.pane)

    def action_back(self) -> None:
        """Out of a detail that fills the screen; else cancel a refresh, dismiss a message, clear the filter."""
        if self.query("#filter"):
            self._leave_box("")
        elif self.document_view.has_focus and self.body.made().shape == "tabs":
            self.body.go(self.body.pane)
        elif self.app.background.cancel() or self.banner.dismiss():
            return
        elif self.body.current.filter_text:
            self._leave_box("")
        else:
            self.body.go(self.body.pane)

    def action_filter(self) -> None:
        """Ask for the words to look for in the current list."""
        from pawtui.tui.panes.filter import FilterBox

        if not self.query("#filter"):
            box = FilterBox(self.body.current.filter_text)
            self.mount(box, before=self.query_one(KeysFooter))
            box.focus()

    def on_filter_box_filter_changed(self, event: FilterBox.FilterChanged) -> None:
        """Words were typed, or kept."""
        if event.accepted:
            self._leave_box(event.words)
        else:
            self.body.filter_rows(event.words)

    def _leave_box(self, words: str) -> None:
        self.query("#filter").remove()
        self.body.filter_rows(words)
        if not words and self.overview is not None:
            self.body.show(self.overview, self._incoming)
        self.body.go(self.body.pane)
