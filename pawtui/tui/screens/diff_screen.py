"""The changes from a base refresh to a later target, both selectable."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from pawtui.moments import minute_text, moment_text
from pawtui.refresh.refresh_types import Refresh
from pawtui.report.document import Document
from pawtui.report.documents.difference_document import difference_document
from pawtui.report.refresh_difference import compare_refreshes
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.subject_screen import SubjectScreen

_BASE, _TARGET = Binding.Group("Base", compact=True), Binding.Group("Target", compact=True)


class DiffScreen(DocumentScreen, inherit_bindings=False):
    BINDING_GROUP_TITLE = "Diff"
    HELP = """
    What changed between two refreshes, and why. <[:diff.older_base> and <]:diff.newer_base> choose the older one,
    <{:diff.older_target> and <}:diff.newer_target> the newer one.
    """
    # In the order of the footer. Inherited bindings would come before those of this class.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "base(-1)", "Older base", id="diff.older_base", group=_BASE),
        Binding("right_square_bracket", "base(1)", "Newer base", id="diff.newer_base", group=_BASE),
        Binding("left_curly_bracket", "target(-1)", "Older target", id="diff.older_target", group=_TARGET),
        Binding("right_curly_bracket", "target(1)", "Newer target", id="diff.newer_target", group=_TARGET),
        *SubjectScreen.BINDINGS,
        *DocumentScreen.BINDINGS,
        *Screen.BINDINGS,
    ]

    TITLE = "Difference"

    def __init__(self, target: Refresh) -> None:
        super().__init__()
        self._target_id = target.id
        self._base_id = ""

    def _refreshes(self) -> tuple[Refresh, ...]:
        return self.overview.record.all_refreshes

    def _indexes(self) -> tuple[int, int]:
        """Return the indexes of base and target. The default base is the refresh before the target."""
        ids = [refresh.id for refresh in self._refreshes()]
        target = ids.index(self._target_id) if self._target_id in ids else len(ids) - 1
        base = ids.index(self._base_id) if self._base_id in ids else target - 1
        return max(0, min(base, target - 1)), target

    def remark(self) -> str:
        base, target = self._indexes()
        refreshes = self._refreshes()
        return f"{minute_text(refreshes[base].moment)} to {moment_text(refreshes[target].moment)}"

    def document(self) -> Document:
        overview = self.overview
        base, target = self._indexes()
        refreshes = self._refreshes()
        # The last refresh includes the changes after it, because no later refresh shows them.
        until = self.app.workspace.clock() if target == len(refreshes) - 1 else refreshes[target + 1].moment
        difference = compare_refreshes(overview.tracker, overview.record, refreshes[base], refreshes[target], until)
        return difference_document(difference, self.document_context)

    def action_base(self, by: int) -> None:
        base, target = self._indexes()
        self._compare(base + by, target)

    def action_target(self, by: int) -> None:
        base, target = self._indexes()
        self._compare(base, target + by)

    def _compare(self, base: int, target: int) -> None:
        """Compare two refreshes by index, or show why that is not possible."""
        refreshes = self._refreshes()
        if base < 0:
            self.app.show_message("There is no older refresh.")
        elif target >= len(refreshes):
            self.app.show_message("There is no newer refresh.")
        elif base >= target:
            self.app.show_message("The base must be older than the target.")
        else:
            self._base_id, self._target_id = refreshes[base].id, refreshes[target].id
            self.show()
