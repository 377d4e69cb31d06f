"""The main screen: signals, gates, notes and history, and the detail of the selected row."""

from __future__ import annotations

from collections.abc import Hashable, Set
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.timer import Timer

from pawtui.refresh.progress import Progress
from pawtui.report.document import Target
from pawtui.report.documents.subject_document import NOTHING_SELECTED, subject_document, welcome_document
from pawtui.review.attention import changed_since_review, update_changed
from pawtui.review.overview import Overview
from pawtui.review.record_types import Change
from pawtui.tui.footer import KeysFooter
from pawtui.tui.panes.body import Body
from pawtui.tui.panes.header import Header, ProgressLine
from pawtui.tui.screens.subject_screen import SubjectScreen

if TYPE_CHECKING:
    from textual.widgets import Input

# Debounce of the detail while the cursor moves, in seconds: about one frame.
_DEBOUNCE = 0.02
_HEADER_SECONDS = 20  # between two updates of the ages in the header


class MainScreen(SubjectScreen):
    """All lists, and the detail of one row."""

    BINDING_GROUP_TITLE = "Main screen"
    BACK_KEY = "<Esc:back>"
    # In the order of the footer, after the keys for the selected subject: the steps of a review first.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "app.refresh", "Refresh", id="refresh", tooltip="Measure and record both repositories"),
        Binding("w", "app.walk", "Walk", id="walk", tooltip="All signals and gates, most urgent first"),
        Binding("c", "app.close", "Close review", id="close", tooltip="Close the review with a recommendation"),
        Binding("e", "app.show('export')", "Export", id="export", tooltip="Copy, save or post the summary"),
        Binding("slash", "filter", "Filter", id="filter", tooltip="Show only rows with these words"),
        Binding("d", "app.diff", "Diff", id="diff", tooltip="What changed between two refreshes"),
        Binding("T", "app.show('timeline')", "Timeline", id="timeline", show=False, tooltip="All signals by week"),
        Binding("L", "app.show('log')", "Log", id="log", show=False, tooltip="All changes, with author and time"),
        Binding(
            "S", "app.show('scope')", "Scope", id="scope", show=False, tooltip="Decision reasons, scope, related work"
        ),
        Binding("M", "app.show('replay')", "Replay", id="replay", show=False, tooltip="What a migration would lose"),
        Binding("P", "app.show('post')", "Post", id="post", show=False, tooltip="The summary on the issue; asks first"),
        Binding(
            "A", "app.show('plan')", "Post plan", id="plan", show=False, tooltip="A plan file on the issue; asks first"
        ),
        Binding("tab", "cycle_panes(1)", "Next pane", id="pane.next", show=False),
        Binding("shift+tab", "cycle_panes(-1)", "Previous pane", id="pane.previous", show=False),
        Binding("1", "go('signals')", "Signals", id="pane.signals", show=False, tooltip="Go to the signals"),
        Binding("2", "go('gates')", "Gates", id="pane.gates", show=False, tooltip="Go to the gates"),
        Binding("3", "go('notes')", "Notes", id="pane.notes", show=False, tooltip="Go to the notes"),
        Binding("4", "go('history')", "History", id="pane.history", show=False, tooltip="Go to the refreshes"),
        Binding("0", "go('detail')", "Detail", id="pane.detail", show=False, tooltip="Go to the detail"),
        Binding("left,h", "go('list')", "List", id="pane.list", show=False, tooltip="Go from the detail to the list"),
        Binding("escape", "back", "Back", id="back", show=False, tooltip="Cancel, close error, clear filter"),
    ]

    # What decides which keys apply. Textual updates the keys and the footer if it changes.
    binding_state: var[Hashable] = var(None, init=False, bindings=True)

    def __init__(self) -> None:
        super().__init__()
        # What the detail shows.
        self._shown_overview: Overview | None = None
        self._shown_subject = ""
        self._debounce: Timer | None = None
        # The subjects that have changed and were not read since.
        self._changed_subjects: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        self.body = Body()
        self.document_view = self.body.document_view
        self.header, self.progress_line = Header(), ProgressLine()
        yield self.header
        yield self.banner
        yield self.progress_line
        yield self.body
        yield KeysFooter()

    def on_mount(self) -> None:
        self.body.signals.focus()
        self._changed_subjects = changed_since_review(self.overview)
        self.watch(self.app, "overview", self.show_overview)
        self.set_interval(_HEADER_SECONDS, self.header.refresh)

    def show_overview(self, before: Overview, overview: Overview) -> None:
        """Show the overview after `before`, or the first one (`before` is the same). The cursors stay on their rows."""
        self.header.refresh()
        self._mark_changed(update_changed(self._changed_subjects, before, overview))
        self.body.show(overview)
        self._selection_changed()

    def mark_read(self, subjects: Set[str]) -> None:
        self._mark_changed(self._changed_subjects - subjects)

    def _mark_changed(self, subjects: frozenset[str]) -> None:
        self._changed_subjects = subjects
        self.body.mark_changed(subjects)

    def show_progress(self, progress: Progress | None) -> None:
        """Show the progress of a refresh; None after its end."""
        self.progress_line.progress = progress
        header, signals = self.header, self.body.signals
        if progress is None:
            header.incoming_upstream = header.incoming_downstream = None
            signals.incoming = {}
            signals.show(self.overview)
            return
        header.incoming_upstream = progress.upstream or header.incoming_upstream
        header.incoming_downstream = progress.downstream or header.incoming_downstream
        if progress.reading is not None:
            signals.incoming = {**signals.incoming, progress.reading.id: progress.reading}
            signals.show(self.overview)

    @property
    def target(self) -> Target | None:
        """The target of the current subject, which the detail may not show yet: it follows the cursor with a delay."""
        self._show_subject()
        return self.document_view.target

    @property
    def subject(self) -> str:
        return self.body.subject

    @on(Body.SelectionChanged)
    def _selection_changed(self) -> None:
        selected = self.selected
        self.binding_state = selected.kind, bool(selected.steps), selected.can_renew, selected.has_removable_pins
        if self._shown_overview is not self.overview:
            self._show_subject()
        elif self._shown_subject == self.subject:
            return
        elif self._debounce is None:
            # The row is painted before the detail: laying out each document would delay a repeated key.
            self._debounce = self.set_timer(_DEBOUNCE, self._show_subject)
        else:
            self._debounce.reset()

    def _show_subject(self) -> None:
        """Show the subject in the detail if it is not shown yet."""
        if self._debounce is not None:
            self._debounce.stop()
            self._debounce = None
        if self._shown_overview is self.overview and self._shown_subject == self.subject:
            return
        if self._shown_subject != self.subject:
            self.mark_read({self._shown_subject})
        self._shown_overview, self._shown_subject = self.overview, self.subject
        document = subject_document(self.subject, self.document_context)
        if self.overview.last is None and (document is None or self.body.pane in ("signals", "history")):
            document = welcome_document(self.overview, document, is_builtin=self.app.workspace.is_builtin)
        self.document_view.show_document(document or NOTHING_SELECTED)

    def go_to(self, subject: str) -> None:
        self.body.go_to(subject)

    def select_new_note(self, change: Change) -> None:
        """In the notes, select the note that a change of the user has added: the next key must not act on another."""
        added = [f"note:{edit.key}" for edit in change.edits if edit.table == "notes" and edit.before is None]
        if added and self.body.pane == "notes":
            self.body.notes.show_row(added[-1])

    def action_go(self, pane: str) -> None:
        """Go to a pane, to the detail, or from the detail to the `list`."""
        self.body.focus_pane(self.body.pane if pane == "list" else pane)

    def action_cycle_panes(self, by: int) -> None:
        self.body.cycle_panes(by)

    def action_back(self) -> None:
        """Close the filter box or a full-screen detail, cancel a refresh, dismiss a message, or clear the filter."""
        if self.query("#filter"):
            self._apply_filter("")
        elif self.document_view.has_focus and self.body.has_tabs:
            self.body.focus_pane(self.body.pane)
        elif self.app.background.cancel_refresh() or self.banner.dismiss():
            return
        elif self.body.current_list.filter_text:
            self._apply_filter("")
        else:
            self.body.focus_pane(self.body.pane)

    def action_filter(self) -> None:
        from pawtui.tui.filter_box import FilterBox

        # If the detail has the focus, its list may be hidden.
        self.body.focus_pane(self.body.pane)
        FilterBox.open(self, self.body.current_list.filter_text)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.body.current_list.filter_rows(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._apply_filter(event.value)

    def _apply_filter(self, words: str) -> None:
        self.query("#filter").remove()
        self.body.current_list.filter_rows(words)
        self.body.focus_pane(self.body.pane)
