"""A screen with one document: title line, document and keys."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from pawtui.report.document import Document, Paragraph
from pawtui.report.spans import Span, TextLike
from pawtui.review.overview import Overview
from pawtui.tui.content import MUTED, line, screen_title, spaced
from pawtui.tui.document_view import DocumentView
from pawtui.tui.footer import KeysFooter
from pawtui.tui.messages import SubjectRequested, TaskFailed
from pawtui.tui.screens.subject_screen import SubjectScreen


class DocumentScreen(SubjectScreen):
    """A screen that shows `document()`, again after each change of the record."""

    BINDING_GROUP_TITLE = "Other screens"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="page.back", tooltip="To the main screen; nothing is lost"),
    ]

    # Shown until there is a document: what is read, or why it cannot be read.
    message: TextLike = ""

    def compose(self) -> ComposeResult:
        self.heading = Static(id="heading")
        self.document_view = DocumentView()
        yield self.heading
        yield self.banner
        yield from self.compose_content()
        yield KeysFooter()

    def compose_content(self) -> ComposeResult:
        """Yield the widgets between title and keys."""
        yield self.document_view

    def on_mount(self) -> None:
        self.watch(self.app, "overview", self.show_overview)

    def show_overview(self, overview: Overview) -> None:
        """Show the overview: when the screen opens, and after each change of the record."""
        self.show()

    def show(self) -> None:
        """Show the title line and the document again."""
        self.heading.update(spaced(screen_title(self.title or ""), line(self.remark(), MUTED)))
        document = self.document() or Document("message:", self.title or "", blocks=(Paragraph(self.message),))
        self.document_view.show_document(document)
        self.refresh_bindings()

    def on_task_failed(self, event: TaskFailed) -> None:
        """Show a failure instead of the document. If there is a document, the app shows the failure."""
        if self.document() is None:
            event.stop()
            self.message = Span(event.sentence, "danger")
            self.show()

    def remark(self) -> str:
        """Return the text after the title, such as the number of entries; empty for none."""
        return ""

    def document(self) -> Document | None:
        """Return the document, or None before it is ready."""
        raise NotImplementedError

    def go_to(self, subject: str) -> None:
        self.app.post_message(SubjectRequested(subject))

    def action_back(self) -> None:
        if not self.banner.dismiss():
            self.dismiss()
