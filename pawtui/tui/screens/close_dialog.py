"""The dialog that closes a review: the decision with its reasons, and the reviewer's recommendation."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import TextArea

from pawtui.phrases import counted
from pawtui.refresh.refresh_types import Refresh
from pawtui.report.words import short_pin
from pawtui.review.basis import ChangeFactory
from pawtui.review.overview import Overview
from pawtui.sources.sanitize import safe_text
from pawtui.tui.content import ALERT, MUTED, concat, line, spaced, state_mark, trusted, wrapped
from pawtui.tui.screens.action_dialog import ActionDialog
from pawtui.tui.screens.dialog import FIELD_KEYS, labelled


class _Reasons(Widget):
    """A list of reasons, wrapped behind their marks."""

    reasons: reactive[tuple[str, ...]] = reactive((), layout=True)

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__()
        self.set_reactive(_Reasons.reasons, reasons)

    def render(self) -> Content:
        return Content("\n").join(self._rows(self.size.width))

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._rows(width))

    def _rows(self, width: int) -> list[Content]:
        marked = [concat(trusted("- ", MUTED), line(reason)) for reason in self.reasons]
        return [row for reason in marked for row in wrapped(reason, width, hang=2)]


class CloseDialog(ActionDialog):
    """The dialog for the recommendation on the last refresh, which is recorded with the decision."""

    KEYS = FIELD_KEYS
    HELP = "Records the current decision with your recommendation. Closing again replaces the recommendation."

    def __init__(self, shown: Overview, last: Refresh) -> None:
        super().__init__(shown, "review")
        self._review = shown.record.reviews.get(last.id)
        self.title = f"Close the review of {last.at:%Y-%m-%d}"

    def inputs(self) -> ComposeResult:
        review = self._review
        words = safe_text(review.recommendation) if review else ""
        with VerticalScroll(classes="reasons"):
            yield _Reasons(self._reasons())
        yield from labelled("Your recommendation", TextArea(words, id="words", classes="few-lines"))

    def current_state(self) -> Content:
        earliest = self.shown.earliest
        date = f"no GO before {earliest}" if earliest else ""
        count = counted(len(self.shown.reasons), "reason") if self.shown.reasons else ""
        return spaced(state_mark(self.shown.decision), line(count, MUTED), line(date, ALERT))

    def _reasons(self) -> tuple[str, ...]:
        return tuple(short_pin(reason.text) for reason in self.shown.reasons)

    def show_state(self) -> None:
        super().show_state()
        self.query_one(_Reasons).reasons = self._reasons()

    def prepare_change(self) -> ChangeFactory | None:
        return self.app.workspace.prepare_close(self.typed["words"])
