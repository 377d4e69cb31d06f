"""What changed between two refreshes; both can be chosen."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from pawtui.refresh.refresh_types import Refresh
from pawtui.report.difference import difference
from pawtui.report.document import Document
from pawtui.report.documents.difference_document import difference_document
from pawtui.report.words import minute, moment
from pawtui.review.timeline import measurements
from pawtui.tui.content import concat
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.subject_screen import SubjectScreen


class DiffScreen(DocumentScreen, inherit_bindings=False):
    """What changed from one refresh to a later one."""

    BINDING_GROUP_TITLE = "Diff"
    HELP = """
    What changed between two refreshes, and why. [ and ] choose the older one, { and } the newer one.
    """
    # In the order of the footer.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "earlier(-1)", "Older base", id="diff.back"),
        Binding("right_square_bracket", "earlier(1)", "Newer base", id="diff.near"),
        Binding("left_curly_bracket", "later(-1)", "Older target", id="diff.later_back"),
        Binding("right_curly_bracket", "later(1)", "Newer target", id="diff.later_on"),
        *SubjectScreen.BINDINGS,
        *DocumentScreen.BINDINGS,
        *Screen.BINDINGS,
    ]

    card_title = "Difference"

    def __init__(self, second: Refresh) -> None:
        super().__init__()
        self._second = second.id
        self._first = ""

    def _refreshes(self) -> tuple[Refresh, ...]:
        return measurements(self.overview.record) if self.overview else ()

    def _places(self) -> tuple[int, int]:
        """The places of base and target among the refreshes; the base is just before the target until it is moved."""
        ids = [refresh.id for refresh in self._refreshes()]
        second = ids.index(self._second) if self._second in ids else len(ids) - 1
        first = ids.index(self._first) if self._first in ids else second - 1
        return max(0, min(first, second - 1)), second

    def title_line(self) -> Content:
        """Both times."""
        first, second = self._places()
        refreshes = self._refreshes()
        return concat(
            super().title_line(), self.aside(f"{minute(refreshes[first].moment)} to {moment(refreshes[second].moment)}")
        )

    def document(self) -> Document | None:
        """The difference."""
        overview = self.overview
        if overview is None:
            return None
        first, second = self._places()
        refreshes = self._refreshes()
        # Acts after the last refresh belong to it: nothing later will show them.
        until = self.app.workspace.clock() if second == len(refreshes) - 1 else refreshes[second + 1].moment
        found = difference(overview.tracker, overview.record, refreshes[first], refreshes[second], until)
        return difference_document(found, self.page_context)

    def action_earlier(self, by: int) -> None:
        """Choose another base."""
        first, second = self._places()
        self._first = self._refreshes()[max(0, min(first + by, second - 1))].id
        self.show()

    def action_later(self, by: int) -> None:
        """Choose another target."""
        first, second = self._places()
        self._second = self._refreshes()[max(first + 1, min(second + by, len(self._refreshes()) - 1))].id
        self._first = self._refreshes()[first].id
        self.show()
