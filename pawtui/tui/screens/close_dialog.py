"""The dialog that closes a review: the decision with its reasons, and the reviewer's recommendation."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from pawtui.moments import day_text, minute_text
from pawtui.phrases import counted
from pawtui.refresh.refresh_types import Refresh
from pawtui.report.words import short_pin
from pawtui.review.actions import ChangeFactory, close_review
from pawtui.review.overview import Overview
from pawtui.review.record_types import Review
from pawtui.sources.sanitize import safe_text
from pawtui.tui.content import ALERT, MUTED, concat, line, spaced, state_mark, trusted
from pawtui.tui.screens.action_dialog import ActionDialog
from pawtui.tui.screens.dialog import labelled
from pawtui.tui.text_fields import TextField


class CloseDialog(ActionDialog):
    HELP = "Records the current decision with your recommendation. Closing again replaces the recommendation."

    def __init__(self, shown: Overview, last: Refresh) -> None:
        super().__init__(shown, "review")
        self._last = last
        self.title = _title(last)

    @property
    def _review(self) -> Review | None:
        return self.shown.record.reviews.get(self._last.id)

    def inputs(self) -> ComposeResult:
        review = self._review
        words = safe_text(review.recommendation) if review else ""
        with VerticalScroll(classes="reasons"):
            yield Static(self._reasons(), id="reasons")
        yield from labelled("Your recommendation", TextField(words, id="words", classes="few-lines"))

    def current_state(self) -> Content:
        earliest = self.shown.earliest
        date = f"no GO before {earliest}" if earliest else ""
        count = counted(len(self.shown.reasons), "reason") if self.shown.reasons else ""
        decision = spaced(state_mark(self.shown.decision), line(count, MUTED), line(date, ALERT))
        if self._review is None:
            return decision
        closed = f"Closed by {self._review.by}, {minute_text(self._review.at)}. Saving replaces the recommendation."
        return Content("\n").join([decision, line(closed, ALERT)])

    def _reasons(self) -> Content:
        marked = [concat(trusted("- ", MUTED), line(short_pin(reason.text))) for reason in self.shown.reasons]
        return Content("\n").join(marked)

    def show_state(self) -> None:
        """Show the new decision and its reasons, of the refresh that is now the last one."""
        self._last = self.shown.last or self._last
        self.query_one("#card").border_title = line(_title(self._last))
        super().show_state()
        self.query_one("#reasons", Static).update(self._reasons())

    def prepare_change(self) -> ChangeFactory:
        recommendation = self.typed["words"]
        return lambda context: close_review(context, recommendation)


def _title(last: Refresh) -> str:
    return f"Close the review of {day_text(last.at)}"
