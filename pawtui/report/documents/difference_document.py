"""The difference between two refreshes: warnings, decision, plan, repositories, readings, and the log."""

from collections.abc import Iterable

from pawtui.moments import minute_text
from pawtui.phrases import counted, short_sha
from pawtui.probes.state import State
from pawtui.report.document import (
    Block,
    Column,
    Document,
    EmptyLine,
    Field,
    Heading,
    Nested,
    Paragraph,
    Row,
    Table,
    Target,
)
from pawtui.report.documents.document_parts import MAX_EVIDENCE, DocumentContext, compare_span, evidence_row, table_of
from pawtui.report.refresh_difference import PlanChange, ReadingChange, RefreshDifference, SideChange
from pawtui.report.spans import Span, Text, muted, spaced, state_span, text_of
from pawtui.review.log import FoldedChange


def difference_document(difference: RefreshDifference, context: DocumentContext) -> Document:
    """Return the document of a difference."""
    blocks: list[Block] = [Paragraph(Span(f"! {warning}", "danger"), hang=2) for warning in difference.warnings]
    blocks += [_decision_field(difference), *_plan_field(difference.plan)]
    blocks += [field for change in difference.sides for field in _side_fields(change, context.web)]
    changed = [reading for reading in difference.readings if reading.why]
    remark = counted(len(changed), "signal") if changed else "none"
    blocks.append(Heading("Changed states", muted(remark)))
    blocks += [block for reading in changed for block in _reading(reading)]
    if others := [reading for reading in difference.readings if not reading.why]:
        blocks.append(Heading("Same state, new evidence", muted(counted(len(others), "signal"))))
        blocks += [block for reading in others for block in _reading(reading)]
    remark = counted(len(difference.changes), "change") if difference.changes else "none"
    blocks += [Heading("Log", muted(remark)), *log_table(difference.changes)]
    return Document(f"diff:{difference.first.id}:{difference.second.id}", "difference", blocks=blocks)


def _decision_field(difference: RefreshDifference) -> Field:
    before, after = difference.decision
    if difference.first.as_of is not None or difference.second.as_of is not None:
        return Field("decision", muted("not compared: a past day has no decision"))
    if before == after:
        return Field("decision", spaced(state_span(after), muted("unchanged")))
    return Field("decision", spaced(state_span(before), muted("→"), state_span(after)))


def _plan_field(plan: PlanChange) -> list[Block]:
    if plan.after is None and not plan.changed:
        return []
    before, after = plan.status_words
    value = spaced(before, muted("→"), after) if plan.changed else spaced(after, muted("unchanged"))
    status = plan.after or plan.before
    # An unchanged plan has no link, so that the first link opens the commits between the refreshes.
    url = (status.approval_url or status.url) if status and plan.changed else ""
    return [Field("plan", spaced(value, Span(plan.why, "alert")), Target(url=url, copy=url) if url else None)]


def _side_fields(change: SideChange, web: str) -> list[Block]:
    before, after = change.before, change.after
    if before.sha == after.sha:
        fields = [Field(change.side, spaced(after.repo, muted(f"no new commits, {short_sha(after.sha)}")))]
    else:
        between = compare_span(web, after.repo, before.sha, after.sha)
        target = Target(url=between.url, copy=f"{before.sha}..{after.sha}")
        fields = [Field(change.side, spaced(after.repo, between, change.size), target)]
    return [*fields, *(Field("", Span(remark, "alert")) for remark in change.name_changes)]


def _state(state: State | None) -> Span:
    return state_span(state) if state else muted("not measured")


def _reading(reading: ReadingChange) -> list[Block]:
    target = Target(subject=f"signal:{reading.id}", copy=reading.id)
    first_line = Paragraph(spaced(Span(reading.title, "strong"), changed_states(reading)), target, hang=2)
    details: list[Block] = [
        Field("why", Span(reading.why, "alert")),
        Field("now", muted(reading.summary)),
        *evidence_change_blocks(reading, MAX_EVIDENCE),
    ]
    return [first_line, Nested(details), EmptyLine()]


def changed_states(reading: ReadingChange) -> Text:
    """Return both states of a signal, or the one state that it has in both refreshes."""
    if reading.before == reading.after:
        return (_state(reading.after),)
    return spaced(_state(reading.before), muted("→"), _state(reading.after))


def evidence_change_blocks(reading: ReadingChange, limit: int) -> list[Block]:
    """Return the number of evidence changes by kind, and the first `limit` changes as a table."""
    rows = []
    for change in reading.evidence[:limit]:
        before = Paragraph(muted(f"before: {change.before}" if change.before else ""))
        rows.append(evidence_row(change.evidence, muted(change.change), below=[before]))
    if (more := len(reading.evidence) - limit) > 0:
        rows.append(Row(((), (), (), muted(f"{more} more"))))
    return [Field("evidence", muted(reading.evidence_counts)), Nested(table_of(rows))]


def log_table(changes: Iterable[FoldedChange]) -> list[Block]:
    """Return changes as a table: time, author, summary."""
    rows = []
    for folded in changes:
        what = text_of(folded.change.summary, muted(" (undone)" if folded.is_undone else ""))
        rows.append(Row((muted(minute_text(folded.change.at)), Span(folded.change.by, "link"), what)))
    return [Table((Column(), Column(shrink="cut"), Column(shrink="wrap")), rows)] if rows else []
