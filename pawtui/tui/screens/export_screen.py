"""The export screen: read the summary, copy or save its Markdown, or post it."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from pawtui.phrases import counted
from pawtui.report.document import Document, Prose
from pawtui.report.documents.summary_document import summary_document
from pawtui.report.markdown_text import markdown_text
from pawtui.review.overview import Overview
from pawtui.tui.background import start_worker
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.save_dialog import SaveDialog
from pawtui.tui.screens.subject_screen import OPEN_KEY


class ExportScreen(DocumentScreen, inherit_bindings=False):
    """The summary as a document, or its Markdown.

    Textual's Markdown widget is not used. It mounts a widget for each line, which takes a second, and parses the text
    of a table cell as markup when the mouse is over it.
    """

    BINDING_GROUP_TITLE = "Export"
    HELP = "The summary for the tracking issue. Names and issue numbers in it do not notify or link."
    # Without the keys for signals, gates and notes.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "toggle_markdown", "Markdown/text", id="export.markdown", tooltip="Show Markdown or summary"),
        Binding("y", "copy", "Copy all", id="export.copy", tooltip="The Markdown, to the clipboard"),
        Binding("s", "save", "Save", id="export.save", tooltip="The Markdown, to a file"),
        Binding("P", "app.show('post')", "Post", id="export.post", tooltip="On the tracking issue; asks first"),
        OPEN_KEY,
        *DocumentScreen.BINDINGS,
        *Screen.BINDINGS,
    ]

    TITLE = "Export"

    def __init__(self) -> None:
        super().__init__()
        self.markdown = ""
        self._summary: Document | None = None
        self._shows_markdown = False

    def show_overview(self, overview: Overview) -> None:
        """Make the summary in a thread, because a long record takes long."""
        start_worker(self, self._make_summary, "export", exclusive=True)

    async def _make_summary(self) -> None:
        document = await asyncio.to_thread(summary_document, self.document_context)
        self.call_later(self._show_summary, document, await asyncio.to_thread(markdown_text, document))

    def _show_summary(self, document: Document, markdown: str) -> None:
        self._summary, self.markdown = document, markdown
        self.show()

    def document(self) -> Document | None:
        if self._shows_markdown:
            return Document("export:markdown", "Markdown", blocks=(Prose(self.markdown),))
        return self._summary

    def remark(self) -> str:
        issue = self.app.workspace.tracker.issue
        post = f", {self.app.with_keys('<P:export.post>')}: post on {issue}" if issue else ""
        lines = counted(self.markdown.count("\n"), "line")
        return f"{lines} of Markdown{post}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action applies: a long summary takes some time."""
        if action in ("toggle_markdown", "copy", "save"):
            return self._summary is not None
        return super().check_action(action, parameters)

    def action_toggle_markdown(self) -> None:
        self._shows_markdown = not self._shows_markdown
        self.show()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.markdown)
        self.app.show_message("Copied the Markdown.")

    def action_save(self) -> None:
        day = self.app.workspace.clock().date()
        self.app.push_screen(SaveDialog(self.markdown, Path.cwd() / f"pawtui-{day}.md"))
