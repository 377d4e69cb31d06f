"""The walk: the list of its steps, its progress, and its end."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from pawtui.phrases import counted
from pawtui.report.document import Block, Column, Document, Heading, Paragraph, Row, Span, Table, Target, text_of
from pawtui.report.documents.decision_parts import decision_blocks
from pawtui.report.documents.document_parts import hint, muted, state_span
from pawtui.report.words import headline
from pawtui.review.record_types import Change
from pawtui.review.views import Overview
from pawtui.review.walk import WalkStep


def walk_steps_document(overview: Overview, steps: Sequence[WalkStep], done: Mapping[str, Change]) -> Document:
    """Return all steps in the order of the walk, with their states."""
    open_steps = [step for step in steps if step.needs_decision and step.subject not in done]
    decided = sum(step.subject in done for step in steps)
    head = f"{counted(len(steps), 'step')}, {len(open_steps)} open, {decided} decided. {headline(overview)}"
    rows = []
    for step in steps:
        state = "decided" if step.subject in done else "open" if step.needs_decision else ""
        view = overview.view(step.subject)
        rows.append(Row((step.subject, state, step.why, view.title if view else "")))
    table = Table((Column(), Column(), Column(shrink="wrap"), Column(shrink="wrap")), rows)
    return Document("walk:steps", Span("walk", "strong"), blocks=(Paragraph(head), table))


def end_document(
    overview: Overview, walked: Sequence[WalkStep], done: Mapping[str, Change], skipped: Collection[str] = ()
) -> Document:
    """Return the decision with its reasons, the decided steps, and the open steps."""
    decided = [(step, done[step.subject]) for step in walked if step.subject in done]
    undecided = [step for step in walked if step.subject not in done]
    keys = hint(" (c: close the review, e: summary, ←: previous step)")
    blocks: list[Block] = [Paragraph(text_of(Span("End of the walk", "strong"), keys)), *decision_blocks(overview)]
    blocks.append(Heading("Decided", (muted(counted(len(decided), "step")), hint(" (Enter: back to the step)"))))
    blocks.append(_step_table((step, f"{change.summary}, by {change.by}") for step, change in decided))
    if undecided:
        blocks.append(Heading("Not decided", muted(counted(len(undecided), "step"))))
        blocks.append(_step_table((step, "skipped" if step.subject in skipped else step.why) for step in undecided))
    return Document(key="walk:end", title=Span("walk", "strong"), subtitle=state_span(overview.decision), blocks=blocks)


def _step_table(steps: Iterable[tuple[WalkStep, str]]) -> Table:
    """Return steps with a remark on each."""
    rows = [
        Row((step.subject, muted(remark)), Target(action="show", object=step.subject, copy=step.subject))
        for step, remark in steps
    ]
    return Table((Column(), Column(shrink="wrap")), rows)


class WalkProgress(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of a walk: the index of its current step, the number of all steps, and those decided and skipped."""

    at: int
    count: int
    decided: int
    skipped: int

    @property
    def place(self) -> str:
        """The position: `step 3 of 11`."""
        return f"step {self.at + 1} of {self.count}" if self.at < self.count else "at the end"

    @property
    def text(self) -> str:
        """The position and the counts: `step 3 of 11, 2 decided, 1 skipped`."""
        return f"{self.place}, {self.decided} decided, {self.skipped} skipped"
