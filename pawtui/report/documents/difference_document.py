"""Two refreshes: warnings first, then decision and plan, both repositories, readings and why, and what people did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pawtui.probes.finding import State
from pawtui.report.difference import Difference, PlanChange, ReadingChange, SideChange
from pawtui.report.document import (
    Block,
    Column,
    Document,
    Field,
    Gap,
    Heading,
    Nested,
    Paragraph,
    Row,
    Span,
    Table,
    Target,
    spaced,
    text_of,
)
from pawtui.report.documents.document_parts import PageContext, evidence_row, muted, state_span
from pawtui.report.evidence_changes import EvidenceChange
from pawtui.report.words import counted, minute, movement, short_sha
from pawtui.review.log_entries import LogEntry
from pawtui.sources import links

_EVIDENCE_COLUMNS = (Column(), Column(), Column(), Column(shrink="wrap"))


def difference_document(found: Difference, context: PageContext) -> Document:
    """Return the whole difference."""
    blocks: list[Block] = [Paragraph((Span(f"! {one}", "danger"),), hang=2) for one in found.warnings]
    blocks += [_decision_field(found), *_plan_field(found.plan)]
    blocks += [field for side in found.sides for field in _side_fields(side, context.web)]
    changed = [one for one in found.readings if one.why]
    aside = counted(len(changed), "signal") if changed else "none"
    blocks.append(Heading("Changed states", (muted(aside),)))
    blocks += [block for one in changed for block in _reading(one, context)]
    if others := [one for one in found.readings if not one.why]:
        blocks.append(Heading("Same state, new evidence", (muted(counted(len(others), "signal")),)))
        blocks += [block for one in others for block in _reading(one, context)]
    aside = counted(len(found.entries), "change") if found.entries else "none"
    blocks += [Heading("Log", (muted(aside),)), *entry_table(found.entries)]
    return Document(
        key=f"diff:{found.first.id}:{found.second.id}",
        title=(Span("difference", "strong"),),
        blocks=tuple(blocks),
    )


def _decision_field(found: Difference) -> Field:
    before, after = found.decision
    if found.first.as_of is not None or found.second.as_of is not None:
        return Field("decision", (muted("not compared: a past date has none"),))
    if before == after:
        return Field("decision", spaced(state_span(after), muted("as before")))
    return Field("decision", spaced(state_span(before), muted("then"), state_span(after)))


def _plan_field(plan: PlanChange) -> list[Block]:
    if plan.after is None and not plan.changed:
        return []
    before, after = plan.summary
    value = spaced(before, muted("then"), after) if plan.changed else spaced(after, muted("as before"))
    status = plan.after or plan.before
    # Where it stands as before, the first line to open is what the commits between have changed.
    url = (status.approval_url or status.url) if status and plan.changed else ""
    return [Field("plan", spaced(value, Span(plan.why, "alert")), Target(url=url, copy=url) if url else None)]


def _side_fields(side: SideChange, web: str) -> list[Block]:
    before, after = side.before, side.after
    label = side.name.lower()
    remarks = []
    if before.repo != after.repo:
        remarks.append(f"renamed from {before.repo}")
    if before.ref != after.ref:
        remarks.append(f"ref changed: {before.ref}, now {after.ref}")
    if before.sha == after.sha:
        fields = [Field(label, spaced(after.repo, muted(f"not moved, {short_sha(after.sha)}")))]
    else:
        target = Target(
            url=links.compare_url(web, after.repo, before.sha, after.sha), copy=f"{before.sha}..{after.sha}"
        )
        between = Span(f"{short_sha(before.sha)}..{short_sha(after.sha)}", "link")
        amount = movement(side.range) if side.range else ""
        fields = [Field(label, spaced(after.repo, between, amount), target)]
    return [*fields, *(Field("", (Span(remark, "alert"),)) for remark in remarks)]


def _state(state: State | None) -> Span:
    return state_span(state) if state else muted("not measured")


def _reading(one: ReadingChange, context: PageContext) -> list[Block]:
    changed = one.before != one.after
    states = spaced(_state(one.before), muted("then"), _state(one.after)) if changed else (_state(one.after),)
    target = Target(action="show", object=f"signal:{one.id}", copy=one.id)
    blocks: list[Block] = []
    if one.why:
        blocks.append(Field("why", (Span(one.why, "alert"),)))
    if one.summary:
        blocks.append(Field("now", (muted(one.summary),)))
    if one.evidence:
        blocks.append(Field("evidence", (muted(one.count()),)))
    return [
        Paragraph(spaced(Span(one.title, "strong"), states), target, hang=2),
        Nested((*blocks, *evidence_changes_table(one.evidence, context.most_evidence))),
        Gap(),
    ]


def evidence_changes_table(changes: Sequence[EvidenceChange], most: int) -> list[Block]:
    """Return what happened to each piece of evidence, line by line."""
    rows = []
    for change in changes[:most]:
        row = evidence_row(change.evidence, (muted(change.change),))
        before = (Paragraph((muted(f"before: {change.before}"),)),) if change.before else ()
        rows.append(Row(row.cells, row.target, before))
    if (more := len(changes) - most) > 0:
        rows.append(Row(((), (), (), (muted(f"{more} more"),))))
    return [Table(_EVIDENCE_COLUMNS, tuple(rows))] if rows else []


def entry_table(entries: Iterable[LogEntry]) -> list[Block]:
    """Return log entries line by line: when, who, what, and whether it was undone."""
    rows = tuple(
        Row(
            (
                (muted(minute(entry.change.at)),),
                (Span(entry.change.by, "link"),),
                text_of(entry.change.summary, muted(" (undone)" if entry.is_undone else "")),
            )
        )
        for entry in entries
    )
    return [Table((Column(), Column(shrink="cut"), Column(shrink="wrap")), rows)] if rows else []
