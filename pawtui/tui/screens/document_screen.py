"""A screen that shows one document: a title line, the document, the keys."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from pawtui.report.document import Document, Target
from pawtui.review.views import Overview
from pawtui.tui.content import LINK, MUTED, STRONG, concat, line, trusted
from pawtui.tui.document_view import DocumentView
from pawtui.tui.footer import KeysFooter
from pawtui.tui.messages import SubjectRequested
from pawtui.tui.panes.banner import Banner
from pawtui.tui.screens.dialog import Sheets
from pawtui.tui.screens.subject_screen import SubjectScreen


class DocumentScreen(SubjectScreen):
    """Shows `document()`, and again whenever the record changes."""

    CSS_PATH: ClassVar[Sheets] = "document_screen.tcss"
    BINDING_GROUP_TITLE = "Other screens"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="page.back", tooltip="To the main screen; nothing is lost"),
    ]
    card_title: str = ""

    def compose(self) -> ComposeResult:
        """Title, document, keys."""
        self.heading = Static(id="heading")
        self.document_view = DocumentView(id="detail")
        self.banner = Banner()
        yield self.heading
        yield self.banner
        yield from self.middle()
        yield KeysFooter()

    def middle(self) -> ComposeResult:
        """The widgets between title and keys."""
        yield self.document_view

    def first_focus(self) -> Widget:
        """The widget that has the focus at first."""
        return self.document_view

    def on_mount(self) -> None:
        """Show the document and follow the record."""
        self.first_focus().focus()
        self.watch(self.app, "overview", self._changed)

    def _changed(self, overview: Overview | None) -> None:
        self.show()

    def show(self) -> None:
        """Show title and document."""
        self.heading.update(self.title_line())
        document = self.document()
        if document is not None:
            self.document_view.show_document(document)

    def title_line(self) -> Content:
        """The title line."""
        return concat(line("pawtui", f"bold {LINK}"), trusted("  "), line(self.card_title, STRONG))

    def aside(self, words: str) -> Content:
        """A quieter remark behind the title."""
        return concat(trusted("  "), line(words, MUTED))

    def document(self) -> Document | None:
        """The document."""
        raise NotImplementedError

    @property
    def target(self) -> Target | None:
        """What the line under the cursor stands for."""
        return self.document_view.target

    def reading_detail(self) -> bool:
        """Whether the document has the focus: always, where there is one."""
        return self.document_view.is_attached

    def on_document_view_target_opened(self, event: DocumentView.TargetOpened) -> None:
        """Tick a part, open a page, or go to a subject."""
        self.open_target(event.target)

    def go_to(self, subject: str) -> None:
        """Go to a subject on the main screen."""
        self.app.post_message(SubjectRequested(subject))

    def action_leave(self) -> None:
        """Dismiss a message, or go back to the main screen."""
        if not self.banner.dismiss():
            self.dismiss()
