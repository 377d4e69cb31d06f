"""The walk: one signal or gate at a time, most urgent first, with its evidence."""

from collections.abc import Hashable
from typing import ClassVar

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from pawtui.report.document import Document
from pawtui.report.documents.document_parts import PageContext
from pawtui.report.documents.walk_document import walk_end_document, walk_item_document
from pawtui.report.walk_keys import can_agree
from pawtui.review.record_types import Change
from pawtui.review.views import Overview
from pawtui.review.walk import WalkItem, agree, decided_since_refresh, walk_items
from pawtui.tui.content import OK, line, spaced
from pawtui.tui.messages import Severity
from pawtui.tui.pane_layout import NARROW
from pawtui.tui.screens.document_screen import DocumentScreen
from pawtui.tui.screens.renew_dialog import RenewDialog
from pawtui.tui.screens.subject_screen import SubjectScreen


class WalkScreen(DocumentScreen, inherit_bindings=False):
    """A screen for one item at a time. Each decision is recorded immediately, so a walk can be continued later."""

    BINDING_GROUP_TITLE = "Walk"
    HELP = """
    Signals and gates, most urgent first. a agrees, R renews pins, v gives a verdict, s b t set a gate.
    c closes the review. Esc leaves.
    """
    # In the order of the footer. Inherited bindings would come before those of this class.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "agree", "Agree", id="walk.agree", tooltip="Confirm this state and go to the next item"),
        Binding("R", "renew", "Renew", id="pin.renew", tooltip="Stale pins of this item, after confirmation"),
        # Without an id, because it is not an action: it shows why the key does nothing here.
        Binding("a", "explain_agree", show=False),
        Binding("right,l", "go(1)", "Skip", id="walk.skip", tooltip="Go to the next item without a decision"),
        *(binding for binding in Binding.make_bindings(SubjectScreen.BINDINGS) if binding.id != "pin.renew"),
        Binding("c", "app.close", "Close review", id="walk.close", tooltip="Close the review with a recommendation"),
        Binding("e", "app.show('export')", "Export", id="walk.export", tooltip="The Markdown summary"),
        Binding("left,h", "go(-1)", "Previous", id="walk.back", show=False, tooltip="Go to the previous item"),
        *DocumentScreen.BINDINGS,
        *Screen.BINDINGS,
    ]

    TITLE = "Walk"

    def __init__(self, overview: Overview) -> None:
        super().__init__()
        self._items: tuple[WalkItem, ...] = walk_items(overview)
        # The subjects decided since the last refresh, each with the newest change that decided it.
        self._decided = decided_since_refresh(overview.record)
        open_items = [index for index, item in enumerate(self._items) if item.subject not in self._decided]
        self._index = open_items[0] if open_items else len(self._items)
        self._skipped: set[str] = set()
        # The last decision is shown in the title line, the refusal and the past refresh in the item.
        self._last_decision = ""
        self._refusal = ""
        self._opened_refresh = ""

    @property
    def item(self) -> WalkItem | None:
        """The current item; None at the end."""
        return self._items[self._index] if self._index < len(self._items) else None

    @property
    def subject(self) -> str:
        """The signal or gate of the item; empty at the end."""
        return self.item.subject if self.item else ""

    def _overview_changed(self, overview: Overview) -> None:
        """Show the new record. If a change has settled the current item, go to the next item."""
        # The reasons are updated. The order stays, so that the user does not lose the place.
        now = {item.subject: item for item in walk_items(overview)}
        self._items = tuple(now.get(item.subject, item) for item in self._items)
        before = self._decided.get(self.subject)
        self._decided = decided_since_refresh(overview.record)
        after = self._decided.get(self.subject)
        if after is not None and after != before and self._settles(after, overview):
            self._go_to_item(self._index + 1)
        self._skipped -= self._decided.keys()
        self.show()

    def _settles(self, change: Change, overview: Overview) -> bool:
        """Return whether a change settles the item. After a renewal, other evidence of it may still be stale."""
        return change.action != "renew" or can_agree(overview, self.subject)

    def _can_agree(self) -> bool:
        return can_agree(self.overview, self.subject)

    def binding_state(self) -> Hashable:
        return super().binding_state(), self.item is None, self._can_agree()

    def remark(self) -> str:
        place = f"{self._index + 1} of {len(self._items)}" if self.item is not None else "at the end"
        # On a narrow screen the last decision is more important than the counts.
        if self._last_decision and self.app.size.width < NARROW:
            return place
        decided = sum(item.subject in self._decided for item in self._items)
        return f"{place}, {decided} decided, {len(self._skipped)} skipped"

    def title_line(self) -> Content:
        return spaced(super().title_line(), line(self._last_decision, OK))

    def document(self) -> Document | None:
        overview = self.overview
        if self.item is None:
            return walk_end_document(overview, self._items, self._decided, self._skipped)
        decided_by = self._decided.get(self.subject)
        return walk_item_document(overview, self.item, self.page_context, decided_by, self._refusal)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "agree":
            return self.item is not None and self._can_agree()
        if action == "explain_agree":
            return not self._can_agree()
        if action == "go" and parameters == (1,):
            return self.item is not None
        return super().check_action(action, parameters)

    def action_agree(self) -> None:
        if self.item is not None:
            tracker, subject = self.app.workspace.tracker, self.subject
            self.commit(lambda record, actor: agree(record, tracker, subject, actor), subject)

    def action_explain_agree(self) -> None:
        """Try to agree: the item then shows why this is refused."""
        self.action_agree()

    def action_renew(self) -> None:
        """Show the new places of all stale pins of the item, and ask before they are recorded."""
        self.app.push_screen(RenewDialog(self.overview, self.subject))

    def action_go(self, by: int) -> None:
        """Skip the item, or go back."""
        if by > 0 and self.item is not None and self.subject not in self._decided:
            self._skipped.add(self.subject)
        self._go_to_item(max(0, min(self._index + by, len(self._items))))
        self._last_decision = ""
        self.show()

    def _go_to_item(self, index: int) -> None:
        """Go to another item, and clear the messages about the previous item."""
        self._index, self._refusal, self._opened_refresh = index, "", ""

    def show_message(self, sentence: str, severity: Severity) -> bool:
        """Show a decision in the title line, and a refusal in the item."""
        if severity == "error":
            self._refusal = sentence
        else:
            self._last_decision, self._refusal = sentence, ""
        self.show()
        if severity == "error":
            self.document_view.scroll_home(animate=False)
        return True

    @property
    def page_context(self) -> PageContext:
        """The context with the id of the open past refresh."""
        return replace(super().page_context, opened_refresh=self._opened_refresh)

    def go_to(self, subject: str) -> None:
        """At the end, go back to an item. In an item, open or close a past reading. This never leaves the walk."""
        if self.item is None:
            self._go_to_item(next((n for n, item in enumerate(self._items) if item.subject == subject), self._index))
        elif subject.startswith("refresh:"):
            name = subject.partition(":")[2]
            self._opened_refresh = "" if self._opened_refresh == name else name
        self.show()
        if self._opened_refresh:
            self.document_view.scroll_cursor_to_top()
