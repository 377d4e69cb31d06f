"""Closing a review: the decision with its reasons, and the reviewer's recommendation in their words."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static, TextArea

from pawtui.report.words import short_pin
from pawtui.review.actions import Actor, close_review
from pawtui.review.model import Change, Record
from pawtui.review.views import Overview
from pawtui.tui.background import ChangeFactory
from pawtui.tui.content import ALERT, MUTED, concat, editable, line, spaced, state_mark, trusted
from pawtui.tui.screens.dialog import Dialog


class CloseDialog(Dialog):
    """Asks for the recommendation."""

    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("^s", "save"), ("Tab", "words, reasons"), ("Esc", "cancel"))
    HELP = "Records the current decision with your recommendation. Closing again replaces the recommendation."

    def __init__(self, overview: Overview) -> None:
        super().__init__()
        self._overview = overview
        last = overview.last
        review = overview.record.reviews.get(last.id) if last else None
        self._was = editable(review.recommendation) if review else ""
        self.card_title = f"close the review of {last.at:%Y-%m-%d}" if last else "close the review"

    def fields(self) -> ComposeResult:
        """Decision, reasons, the words."""
        overview = self._overview
        date = f"earliest possible change: {overview.earliest}" if overview.earliest else ""
        yield Static(spaced([state_mark(overview.decision), line(date, ALERT)]))
        reasons = [concat(trusted("- ", MUTED), line(short_pin(reason.text))) for reason in overview.reasons]
        with VerticalScroll(classes="reasons"):
            yield Static(Content("\n").join(reasons))
        yield Label("Your recommendation", classes="label")
        yield TextArea(self._was, id="words", classes="few", soft_wrap=True, show_line_numbers=False)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self.touched()

    def dirty(self) -> bool:
        """Whether the words are others than they were."""
        return self.query_one("#words", TextArea).text.strip() != self._was.strip()

    def submit(self) -> ChangeFactory | None:
        """Close, with the decision as the record then stands."""
        words, workspace = self.query_one("#words", TextArea).text, self.app.workspace

        def make(record: Record, actor: Actor) -> Change:
            return close_review(record, workspace.overview_of(record).decision, words, actor)

        return make
