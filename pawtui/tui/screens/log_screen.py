"""The audit log: who changed what, when, before and after."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from pawtui.report.document import Document, Span
from pawtui.report.documents.change_document import change_document
from pawtui.report.words import counted, minute
from pawtui.review.log_entries import LogEntry, fold_log
from pawtui.review.views import Overview
from pawtui.tui.content import LINK, MUTED, concat, fit, line, trusted
from pawtui.tui.line_list import LineList
from pawtui.tui.screens.dialog import Sheets
from pawtui.tui.screens.document_screen import DocumentScreen


class LogList(LineList[LogEntry]):
    """Every change, newest first; an undone one is one row."""

    BORDER_TITLE: ClassVar[str] = "Log"

    def key_of(self, item: LogEntry) -> str:
        """The change's id."""
        return item.change.id

    def paint(self, item: LogEntry, width: int) -> list[Content]:
        """When, who, what, and whether it was undone."""
        change = item.change
        head = concat(trusted(f"{minute(change.at)}  ", MUTED), fit(line(change.by, LINK), 14), trusted("  "))
        undone = trusted("  undone" if item.is_undone else "", MUTED)
        summary = line(change.summary, MUTED if item.is_undone else "")
        return [concat(head, fit(summary, width - head.cell_length - undone.cell_length), undone)]


class LogScreen(DocumentScreen):
    """The log and, under it, the change under the cursor, before and after."""

    CSS_PATH: ClassVar[Sheets] = ["document_screen.tcss", "log_screen.tcss"]
    BINDING_GROUP_TITLE = "Log"
    HELP = """
    Every change a person made: who, when, before and after. An undone change stays in the log, with its undo.
    """
    card_title = "Log"

    def middle(self) -> ComposeResult:
        """List and detail."""
        self.entries = LogList(empty="The log is empty. Gates, verdicts and notes are logged here.", id="log")
        yield self.entries
        yield self.document_view

    def first_focus(self) -> Widget:
        """The list."""
        return self.entries

    def _changed(self, overview: Overview | None) -> None:
        if overview is not None:
            self.entries.fill(fold_log(overview.record.log)[::-1])
        self.show()

    def title_line(self) -> Content:
        """How many changes."""
        return concat(super().title_line(), self.aside(counted(self.entries.total, "change")))

    @on(LineList.CursorMoved)
    def _moved(self) -> None:
        self.show()

    def document(self) -> Document | None:
        """The change under the cursor."""
        entry = self.entries.current
        return change_document(entry) if entry else Document("log:", (Span("change", "strong"),))

    def reading_detail(self) -> bool:
        """Whether the detail has the focus."""
        return self.document_view.has_focus
