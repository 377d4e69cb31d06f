"""The walk: one step with everything needed to judge it, the steps that are left, and what the walk came to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from pawtui.report.difference import reading_change
from pawtui.report.document import (
    Block,
    Column,
    Document,
    Field,
    Gap,
    Heading,
    Paragraph,
    Row,
    Span,
    Table,
    Target,
    spaced,
    text_of,
)
from pawtui.report.documents.decision_parts import decision_blocks
from pawtui.report.documents.document_parts import PageContext, hint, muted, state_span
from pawtui.report.documents.subject_document import gate_of, signal_of, subject_document
from pawtui.report.words import counted, headline
from pawtui.review.model import Change
from pawtui.review.steps import Step, last_reviewed
from pawtui.review.views import Overview

# Steps from this urgency on need nobody.
CALM = 6
_ALERT_BELOW = 4
_COLUMNS = (Column(), Column(shrink="wrap"))


def step_document(
    overview: Overview, step: Step, context: PageContext, done: Change | None, error: str = ""
) -> Document | None:
    """Return the subject's own page below what the walk says of it; `error` is why the last change was refused.

    None where the tracker has no such subject any more.
    """
    page = subject_document(overview, step.subject, context)
    if page is None:
        return None
    blocks: list[Block] = [Paragraph((Span(f"x {error}", "danger"),), hang=2)] if error else []
    blocks.append(Field("why now", (Span(step.why, "alert" if step.urgency < _ALERT_BELOW else "muted"),)))
    if keys := settling_keys(overview, step.subject):
        blocks.append(Field("to settle", text_of(keys)))
    blocks += _since_last_review(overview, step)
    if done is not None:
        blocks.append(Field("decided", (muted(f"{done.summary}, by {done.by}"),)))
    return Document(
        key=f"walk:{page.key}", title=page.title, subtitle=page.subtitle, blocks=(*blocks, Gap(), *page.blocks)
    )


def settling_keys(overview: Overview, subject: str) -> str:
    """Return which keys settle what is in doubt about a subject; empty where nothing is."""
    if gate := gate_of(overview, subject):
        if gate.stale:
            return "s: satisfied (pin again), b: blocked, t: untested"
        if gate.unchecked:
            return "refresh again, or X: remove the pin, p: pin another"
    if signal := signal_of(overview, subject):
        if signal.stale:
            return "n: note with a new pin, v: new verdict"
        if signal.unchecked:
            return "refresh again, or n: note with another pin, v: new verdict"
        if signal.renewal:
            return f'a: accept the measured "{signal.measured}", v: new verdict'
    return ""


def _since_last_review(overview: Overview, step: Step) -> list[Block]:
    """What changed of a signal since a review was closed last."""
    signal = signal_of(overview, step.subject)
    before, last = last_reviewed(overview.record), overview.last
    if signal is None or before is None or last is None:
        return []
    label = f"since {before.at:%m-%d}"
    change = reading_change(signal.signal.id, signal.signal.title, before, last)
    if change is None:
        return [Field(label, (muted("no change"),))]
    if change.why:
        was = state_span(change.before) if change.before else muted("not measured")
        states = spaced(was, muted("then"), state_span(signal.measured), Span(change.why, "alert"))
    else:
        states = (muted("same state"),)
    return [Field(label, states), *([Field("", (muted(f"evidence: {change.count()}"),))] if change.evidence else [])]


def waiting_document(overview: Overview, steps: Sequence[Step], done: Mapping[str, Change]) -> Document:
    """Return what needs a person and has not been decided since the last refresh, in the walk's order."""
    left = [step for step in steps if step.urgency < CALM and step.subject not in done]
    head = (
        f"{counted(len(left), 'open step')}. {headline(overview)}" if left else f"No open steps. {headline(overview)}"
    )
    rows = tuple(
        Row((text_of(step.subject), text_of(step.why), text_of(_title(overview, step.subject)))) for step in left
    )
    table = Table((Column(), Column(), Column(shrink="wrap")), rows)
    return Document("walk:waiting", (Span("walk", "strong"),), blocks=(Paragraph(text_of(head)), table))


def _title(overview: Overview, subject: str) -> str:
    if signal := signal_of(overview, subject):
        return signal.signal.title
    gate = gate_of(overview, subject)
    return gate.gate.title if gate else ""


def end_document(
    overview: Overview, walked: Sequence[Step], done: Mapping[str, Change], skipped: Collection[str] = ()
) -> Document:
    """Return what was decided, what is open, and the decision it adds up to, with what is missing."""
    decided = [step for step in walked if step.subject in done]
    left = [step for step in walked if step.subject not in done]
    blocks: list[Block] = [Paragraph((Span("End of the walk", "strong"),)), *decision_blocks(overview)]
    blocks.append(Heading("Decided", (muted(counted(len(decided), "step")), hint(" (Enter goes back)"))))
    blocks.append(_step_table(decided, [f"{done[one.subject].summary}, by {done[one.subject].by}" for one in decided]))
    if left:
        blocks.append(Heading("Not decided", (muted(counted(len(left), "step")),)))
        blocks.append(_step_table(left, ["skipped" if one.subject in skipped else one.why for one in left]))
    blocks += [Gap(), Paragraph((hint("c close the review, e summary, Left: previous step"),))]
    return Document(
        key="walk:end",
        title=(Span("walk", "strong"),),
        subtitle=(state_span(overview.decision),),
        blocks=tuple(blocks),
    )


def _step_table(steps: Sequence[Step], words: Sequence[str]) -> Table:
    rows = tuple(
        Row(
            (text_of(step.subject), (muted(remark),)),
            Target(action="show", object=step.subject, copy=step.subject),
        )
        for step, remark in zip(steps, words, strict=True)
    )
    return Table(_COLUMNS, rows)


class WalkProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a walk is."""

    at: int
    count: int
    decided: int
    skipped: int

    @property
    def place(self) -> str:
        """Where it is: `step 3 of 11`."""
        return f"step {self.at + 1} of {self.count}" if self.at < self.count else "at the end"

    @property
    def text(self) -> str:
        """Where it is and what came of it: `step 3 of 11, 2 decided, 1 skipped`."""
        return f"{self.place}, {self.decided} decided, {self.skipped} skipped"
