"""What the tracker is for and what it is not, related work, and the decision."""

from __future__ import annotations

from pawtui.report.document import Document
from pawtui.report.documents.scope_document import scope_document
from pawtui.tui.screens.document_screen import DocumentScreen


class ScopeScreen(DocumentScreen):
    """Scope, related work, and the reasons of the decision."""

    BINDING_GROUP_TITLE = "Scope"
    HELP = "What the tracker covers and what not, related issues and pull requests, and the reasons for the decision."
    card_title = "Scope and related work"

    def document(self) -> Document | None:
        """The scope."""
        return scope_document(self.overview, self.page_context) if self.overview else None
