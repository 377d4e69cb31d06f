"""The summary: read it, copy or save its Markdown, post it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from pawtui.atomic import write_file
from pawtui.errors import PawtuiError
from pawtui.report.document import Document
from pawtui.report.documents.summary_document import summary_document
from pawtui.report.markdown_text import markdown_text
from pawtui.report.words import counted
from pawtui.review.views import Overview
from pawtui.tui.content import concat
from pawtui.tui.screens.dialog import Sheets
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.file_dialog import FileDialog
from pawtui.tui.workers import start


class ExportScreen(DocumentScreen):
    """Shows the summary as it reads, or its Markdown as it would be pasted.

    The document itself is shown rather than Textual's Markdown widget: that one mounts a widget for each line, which
    takes a second, and reads the text of a table's cell as markup when the mouse is over it.
    """

    @dataclass
    class Written(Message):
        """The summary is ready."""

        document: Document
        markdown: str

    CSS_PATH: ClassVar[Sheets] = ["document_screen.tcss", "export_screen.tcss"]
    BINDING_GROUP_TITLE = "Export"
    HELP = """
    The summary for the tracking issue. Its Markdown mentions nobody and links no issue by accident.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "toggle_markdown", "Markdown", id="export.markdown", tooltip="The Markdown, or the summary"),
        Binding("y", "copy", "Copy all", id="export.copy", tooltip="The Markdown, to the clipboard"),
        Binding("s", "save", "Save", id="export.save", tooltip="The Markdown, to a file"),
        Binding("P", "app.post", "Post", id="export.post", tooltip="On the tracking issue; asks first"),
        Binding("j", "scroll(1)", "Down", id="export.down", show=False),
        Binding("k", "scroll(-1)", "Up", id="export.up", show=False),
    ]

    card_title = "Export"

    def __init__(self) -> None:
        super().__init__()
        self.markdown = ""
        self._summary: Document | None = None

    def middle(self) -> ComposeResult:
        """The summary, and its Markdown in the same place."""
        self.source = TextArea("", id="markdown", read_only=True, soft_wrap=True, show_line_numbers=False)
        self.source.display = False
        yield self.document_view
        yield self.source

    def show(self) -> None:
        """Write the summary, off the event loop: a long record makes a long one."""
        start(self, self._write, "export", exclusive=True)

    async def _write(self) -> None:
        if self.overview is not None:
            self.post_message(await asyncio.to_thread(self._written_summary, self.overview))

    def _written_summary(self, overview: Overview) -> Written:
        document = summary_document(overview, self.page_context)
        return self.Written(document, markdown_text(document))

    @on(Written)
    def _written(self, event: Written) -> None:
        self._summary, self.markdown = event.document, event.markdown
        self.source.text = event.markdown
        super().show()

    def document(self) -> Document | None:
        """The summary, once it is written."""
        return self._summary

    def title_line(self) -> Content:
        """How long it is, and where it would be posted."""
        issue = self.app.workspace.tracker.issue
        post = f", P: post on {issue}" if issue else ""
        lines = counted(self.markdown.count("\n"), "line")
        return concat(super().title_line(), self.aside(f"{lines} of Markdown{post}"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the summary is for."""
        kept = ("toggle_markdown", "copy", "save", "scroll", "leave", "open")
        return action in kept or not hasattr(self, f"action_{action}")

    def action_toggle_markdown(self) -> None:
        """Show the Markdown instead of the summary, or the other way round."""
        shown, hidden = (self.document_view, self.source) if self.source.display else (self.source, self.document_view)
        hidden.display, shown.display = False, True
        shown.focus()

    def action_copy(self) -> None:
        """Copy the Markdown."""
        self.app.copy_to_clipboard(self.markdown)
        self.app.toast("Copied the Markdown.")

    def action_save(self) -> None:
        """Ask for the file."""
        day = self.app.workspace.clock().date()
        self.app.push_screen(SaveDialog(self.markdown, Path.cwd() / f"pawtui-{day}.md"))

    def action_scroll(self, by: int) -> None:
        """Scroll the Markdown; in the summary these keys are the reader's own."""
        self.source.scroll_relative(y=by, animate=False)


class CannotSave(PawtuiError):
    """The summary was not written; `str()` is one sentence."""


class SaveDialog(FileDialog):
    """Asks for a path, and asks again before replacing a file."""

    @dataclass
    class Saved(Message):
        """The file is written."""

        path: Path

    @dataclass
    class Exists(Message):
        """A file of that name exists, and nothing was written."""

        path: Path

    HELP = "Writes the Markdown to a file. It asks before it replaces one."
    card_title = "save the summary"

    def __init__(self, text: str, path: Path) -> None:
        super().__init__(str(path))
        self._text = text
        # The file that was asked about: entering it again replaces it.
        self._asked_about: Path | None = None

    def action_submit(self) -> None:
        """Write the file in a thread."""
        path = self.path()
        if path is not None:
            start(self, partial(self._save, path, replace=path == self._asked_about), "file", exclusive=True)

    async def _save(self, path: Path, *, replace: bool) -> None:
        exists = await asyncio.to_thread(_write, path, self._text, replace=replace)
        self.post_message(self.Exists(path) if exists else self.Saved(path))

    @on(Saved)
    def _saved(self, event: Saved) -> None:
        self.app.toast(f"Saved {event.path.name}.")
        self.dismiss()

    @on(Exists)
    def _exists(self, event: Exists) -> None:
        self._asked_about = event.path
        self.show_mistake(f"{event.path.name} exists already. Press Enter again to replace it, or give another name.")


def _write(path: Path, text: str, *, replace: bool) -> bool:
    """Write the text whole or not at all; return whether it was not written because the file exists."""
    try:
        if not replace and path.exists():
            return True
        write_file(path, text.encode())
    except OSError as error:
        raise CannotSave(
            f"Cannot write {path.name}: {(error.strerror or 'it failed').lower()}. Give another path."
        ) from None
    return False
