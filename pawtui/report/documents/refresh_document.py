"""A refresh: commits, ranges, decision, readings, errors, requests; and the scope of the tracker with related work."""

from collections.abc import Collection, Sequence

from pawtui.moments import day_text, moment_text
from pawtui.refresh.refresh_types import Refresh, RelatedStatus, SideName
from pawtui.report.document import Block, Document, EmptyLine, Field, Heading, Item, Paragraph, Prose, Row, Target
from pawtui.report.documents.document_parts import (
    DocumentContext,
    commit_field,
    compare_span,
    decision_blocks,
    error_blocks,
    pin_target,
    plan_blocks,
    section,
    table_of,
)
from pawtui.report.spans import Span, hint, muted, signature, spaced, state_span, text_of
from pawtui.report.words import ancestry, cost, range_size, snapshot_remarks
from pawtui.review.overview import Overview, reading_summary
from pawtui.tracker.tracker_types import Related


def refresh_document(refresh: Refresh, context: DocumentContext) -> Document:
    """Return the document of a refresh; that of the last one has the current decision and all its reasons."""
    overview = context.overview
    refreshes = overview.record.refreshes if refresh.as_of is None else overview.record.past_refreshes
    index = next((index for index, other in enumerate(refreshes) if other.id == refresh.id), 0)
    before = refreshes[index - 1] if index > 0 else None
    blocks: list[Block] = [Paragraph(Span(f"Refresh of {moment_text(refresh.moment)}", "strong")), EmptyLine()]
    blocks += [*repository_fields("upstream", refresh, context.web), EmptyLine()]
    blocks += [*repository_fields("downstream", refresh, context.web), EmptyLine()]
    blocks += _decision(overview, refresh)
    if refresh is overview.last:
        blocks += decision_blocks(overview)
    blocks += plan_blocks(overview.plan if refresh is overview.last else refresh.plan)
    remark = "compared with the previous refresh" if before else "first refresh"
    blocks += [Heading("Measured states", muted(remark)), *readings_table(overview, refresh, before)]
    blocks += error_blocks(refresh)
    blocks += [
        Heading("Cost"),
        *cost_fields(refresh),
        Field("id", muted(refresh.id), Target(copy=refresh.id)),
    ]
    related = tuple(Related(ref=status.ref) for status in refresh.related)
    blocks += related_blocks(related, refresh.related, context.web, shown=refresh.errors)
    return Document(
        key=f"refresh:{refresh.id}",
        title=f"refresh {day_text(refresh.moment)}",
        subtitle=(
            state_span(overview.record.decision_at(refresh)) if refresh.as_of is None else muted("measured later")
        ),
        blocks=blocks,
    )


def repository_fields(side: SideName, refresh: Refresh, web: str) -> list[Block]:
    """Return one repository at a refresh: its ref, commit and remarks, and its range since the previous refresh."""
    snapshot, range_ = refresh.snapshot(side), refresh.range.of_side(side)
    fields: list[Block] = [
        Field(side, spaced(snapshot.repo, Span(snapshot.ref, "strong"))),
        commit_field("", snapshot.repo, snapshot.sha, web),
        Field("", muted(f"committed {moment_text(snapshot.committed_at)}")),
    ]
    fields += [Field("", Span(remark, "alert")) for remark in snapshot_remarks(snapshot)]
    fields.append(Field("", muted(snapshot.source)))
    if range_ and range_.from_ == range_.to:
        fields.append(Field("", muted("no new commits since the previous refresh")))
    elif range_:
        between = compare_span(web, snapshot.repo, range_.from_, range_.to)
        target = Target(url=between.url, copy=f"{range_.from_}..{range_.to}")
        previous = Span(f"previous commit: {ancestry(range_)}", "muted" if range_.ancestor else "danger")
        fields += [Field("", spaced(between, range_size(range_)), target), Field("", previous)]
    return fields


def cost_fields(refresh: Refresh) -> list[Block]:
    """Return the requests of a refresh, its duration, its source, and the version of pawtui."""
    return [
        Field("requests", cost(refresh)),
        Field("time", f"{refresh.duration:.1f} s, {refresh.source}, {refresh.tool}"),
    ]


def _decision(overview: Overview, refresh: Refresh) -> list[Block]:
    if refresh.as_of is not None:
        # The gates and verdicts of a past day are unknown.
        return [Field("decision", muted(f"none: measured on {day_text(refresh.at)}"))]
    blocks: list[Block] = []
    is_last = refresh is overview.last
    # The section of the current decision follows.
    if not is_last or refresh.decision != overview.decision:
        when = muted("when refreshed" if is_last else "")
        blocks.append(Field("decision", spaced(state_span(refresh.decision), when)))
    if review := overview.record.reviews.get(refresh.id):
        first_line = spaced(state_span(review.decision), signature(review.by, review.at))
        target = Target(copy=review.recommendation)
        blocks += [Field("review", first_line, target), Field("", Prose(review.recommendation))]
    return blocks


def readings_table(overview: Overview, refresh: Refresh, before: Refresh | None = None) -> list[Block]:
    """Return each measured state with its summary, and the state in the refresh `before` if it was different."""
    rows = []
    for reading in refresh.signals:
        old = before.signal(reading.id) if before else None
        was = f"was {old.state}" if old is not None and old.state != reading.state else ""
        summary = reading_summary(overview.tracker.signal(reading.id), reading)
        target = Target(subject=f"signal:{reading.id}", copy=f"{reading.id} {reading.state}")
        rows.append(Row((state_span(reading.state), reading.id, Span(was, "alert"), muted(summary)), target))
    return table_of(rows)


def related_blocks(
    related: Sequence[Related], statuses: Sequence[RelatedStatus], web: str, *, shown: Collection[str] = ()
) -> list[Block]:
    """Return related issues and pull requests with their states; nothing if there are none.

    `shown` are the errors that the document shows already.
    """
    by_ref = {status.ref: status for status in statuses}
    items = []
    for work in related:
        status = by_ref.get(work.ref)
        url = (status.url if status else "") or pin_target(work.ref, web).url
        state = Span(status.state, "strong") if status else muted("not checked yet")
        first_line = spaced(Span(work.ref, "link", url), state, status.title if status else "")
        remarks = [work.why, status.cause if status and status.cause not in shown else ""]
        below = [Paragraph(muted(remark)) for remark in remarks if remark]
        items.append(Item(first_line, target=Target(url=url, copy=work.ref), below=below, mark=""))
    return section("Related work", items, muted("linked, out of scope here"))


def scope_document(context: DocumentContext) -> Document:
    """Return the scope, the decision, and related work with its states at the last refresh."""
    overview = context.overview
    tracker = overview.tracker
    blocks: list[Block] = [Paragraph(Span(tracker.title, "strong")), Paragraph(muted(tracker.about))]
    if tracker.issue:
        issue = text_of("tracking issue: ", Span(tracker.issue, "link"))
        blocks.append(Paragraph(issue, pin_target(tracker.issue, context.web)))
    blocks += decision_blocks(overview)
    blocks += plan_blocks(overview.plan)
    if overview.plan and overview.plan.state == "unclear":
        blocks.append(Paragraph(hint("<a:scope.plan>: record its meaning")))
    return Document(key="scope", title=tracker.id, blocks=[*blocks, *scope_blocks(context)])


def scope_blocks(context: DocumentContext, *, shown: Collection[str] = ()) -> list[Block]:
    """Return what is in and out of scope, and related work. `shown` is that of `related_blocks`."""
    tracker, last = context.overview.tracker, context.overview.last
    inside = [Item(line, mark="+") for line in tracker.scope.inside]
    outside = [Item(line) for line in tracker.scope.outside]
    related = related_blocks(tracker.related, last.related if last else (), context.web, shown=shown)
    return [*section("In scope", inside), *section("Out of scope", outside), *related]
