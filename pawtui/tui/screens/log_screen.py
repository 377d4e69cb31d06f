"""The log of all changes, and the change under the cursor: author, time, before and after."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from pawtui.moments import minute_text
from pawtui.phrases import counted
from pawtui.report.document import Document
from pawtui.report.documents.record_documents import change_document
from pawtui.report.words import short_pin
from pawtui.review.log import FoldedChange, fold_log
from pawtui.review.overview import Overview
from pawtui.tui.content import LINK, MUTED, concat, ends, fit, line, trusted
from pawtui.tui.line_list import LineList
from pawtui.tui.screens.document_screen import DocumentScreen


class LogList(LineList[FoldedChange]):
    """All changes, newest first. A change and its undo are one row."""

    BORDER_TITLE = "Log"

    def key_of(self, item: FoldedChange) -> str:
        return item.change.id

    def row_lines(self, item: FoldedChange, width: int) -> list[Content]:
        change = item.change
        left = concat(trusted(f"{minute_text(change.at)}  ", MUTED), fit(line(change.by, LINK), 14), trusted("  "))
        undone = trusted("undone" if item.is_undone else "", MUTED)
        summary = line(short_pin(change.summary), MUTED if item.is_undone else "")
        return [ends(concat(left, summary), undone, width)]


class LogScreen(DocumentScreen):
    BINDING_GROUP_TITLE = "Log"
    HELP = """
    Every change of a maintainer: author, time, before and after. An undone change stays in the log, with its undo.
    """
    TITLE = "Log"

    def compose_content(self) -> ComposeResult:
        self.changes = LogList(empty="The log is empty. Gates, verdicts and notes are logged here.", id="log")
        yield self.changes
        yield self.document_view

    def show_overview(self, overview: Overview) -> None:
        self.changes.fill(fold_log(overview.record.log)[::-1])
        self.show()

    def remark(self) -> str:
        return counted(self.changes.total, "change")

    @on(LineList.CursorMoved)
    def _cursor_moved(self) -> None:
        self.show()

    @on(LineList.RowOpened)
    def _row_opened(self) -> None:
        self.document_view.focus()

    def document(self) -> Document:
        folded = self.changes.current
        return change_document(folded) if folded else Document("log:", "change")
