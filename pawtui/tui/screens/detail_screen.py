"""The base class of screens with a detail: one document with a cursor on its lines, and a banner for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.screen import Screen

from pawtui.report.document import Target
from pawtui.report.documents.document_parts import PageContext
from pawtui.review.views import Overview
from pawtui.tui.base_app import BaseApp
from pawtui.tui.messages import Severity

if TYPE_CHECKING:
    from pawtui.tui.document_view import DocumentView
    from pawtui.tui.panes.banner import Banner


class DetailScreen(Screen[None]):
    """A screen with a detail. Subclasses create `document_view` and `banner` in `compose`."""

    app = getters.app(BaseApp)
    document_view: DocumentView
    banner: Banner

    @property
    def overview(self) -> Overview:
        return self.app.overview

    @property
    def page_context(self) -> PageContext:
        workspace = self.app.workspace
        return PageContext(web=workspace.web, now=workspace.clock())

    @property
    def target(self) -> Target | None:
        """The target of the line under the cursor of the detail."""
        return self.document_view.target

    def in_detail(self) -> bool:
        """Return whether the detail has the focus."""
        return self.document_view.has_focus

    def show_message(self, sentence: str, severity: Severity) -> bool:
        """Show a message in the banner; return False for a short information, for which a toast is enough."""
        if severity == "information" and len(sentence) <= self.size.width - 2:
            return False
        self.banner.add(sentence, severity)
        return True

    def on_screen_suspend(self) -> None:
        """Remove the toast: it is about this screen, and would cover the keys of the next one."""
        self.app.clear_notifications()
