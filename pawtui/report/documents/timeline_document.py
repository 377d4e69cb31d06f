"""The timeline: all signals by week, upstream events, and one week in detail."""

from collections.abc import Sequence

from pawtui.moments import moment_text
from pawtui.phrases import counted
from pawtui.report.document import (
    Block,
    Column,
    Document,
    Field,
    Gap,
    Heading,
    Item,
    List,
    Paragraph,
    Row,
    Span,
    Table,
    Target,
    spaced,
)
from pawtui.report.documents.document_parts import PageContext, commit_field, error_blocks, muted
from pawtui.report.documents.refresh_document import readings_table
from pawtui.report.timeline_rows import LEGEND, event_words, month_names, timeline_rows
from pawtui.review.timeline import UpstreamEvent, Week, weeks
from pawtui.review.views import Overview

NO_WEEKS = "No refresh is recorded. Refresh, or run `pawtui backfill --since DATE`."
# The maximum number of weeks in the summary.
_MAX_WEEKS = 52


def timeline_document(overview: Overview) -> Document:
    """Return the chart of all weeks, and all events."""
    all_weeks = weeks(overview.record)
    title = Span("timeline", "strong")
    if not all_weeks:
        return Document("timeline", title, blocks=(Paragraph(NO_WEEKS),))
    period = f"{all_weeks[0].start} to {all_weeks[-1].start}, {counted(len(all_weeks), 'week')}"
    blocks: list[Block] = [
        Paragraph((Span("Signals by week", "strong"), muted(f"  {period}"))),
        Gap(),
        _chart(overview, all_weeks),
        Gap(),
        Paragraph(muted(LEGEND)),
        *_event_blocks([event for week in all_weeks for event in week.events]),
    ]
    return Document("timeline", title, blocks=blocks)


def _chart(overview: Overview, all_weeks: Sequence[Week]) -> Table:
    rows = [Row((row.label, row.cells)) for row in timeline_rows(overview.tracker, all_weeks)]
    # One span for each character, because spaces within a span are collapsed.
    months = Row(("", tuple(map(muted, month_names(all_weeks)))))
    # A narrow terminal shows the last weeks.
    return Table((Column(), Column(shrink="cut-start")), (*rows, months))


def weekly_blocks(overview: Overview) -> list[Block]:
    """Return the last year by week for the summary; nothing for fewer than three weeks."""
    last_weeks = weeks(overview.record)[-_MAX_WEEKS:]
    if len(last_weeks) < 3:
        return []
    rows = tuple(Row((row.label, Span(row.text, "code"))) for row in timeline_rows(overview.tracker, last_weeks))
    return [
        Paragraph(f"By week from {last_weeks[0].start} to {last_weeks[-1].start}: {LEGEND}"),
        Table((Column("signal"), Column("weeks")), rows),
    ]


def _event_blocks(events: Sequence[UpstreamEvent]) -> list[Block]:
    if not events:
        return []
    columns = (Column(), Column(), Column(shrink="wrap"))
    rows = tuple(Row((muted(str(event.day)), _kind(event), event.text)) for event in events)
    return [Heading("Releases and breaks"), Table(columns, rows)]


def _kind(event: UpstreamEvent) -> Span:
    return Span(event_words(event.kind), "ok" if event.kind == "release" else "danger")


def week_document(overview: Overview, week: Week, context: PageContext) -> Document:
    """Return the events and the readings of one week."""
    title = Span(f"week of {week.start}", "strong")
    events = tuple(Item(spaced(muted(str(event.day)), _kind(event), event.text)) for event in week.events)
    blocks: list[Block] = [List(events), Gap()] if events else []
    refresh = week.refresh
    if refresh is None:
        blocks.append(Paragraph(muted("Nothing measured in this week.")))
        return Document(f"week:{week.start}", title, blocks=blocks)
    measured = f"measured on {refresh.at:%Y-%m-%d}" if refresh.as_of else "live"
    target = Target(action="show", object=f"refresh:{refresh.id}", copy=refresh.upstream.sha)
    when = spaced(moment_text(refresh.moment), muted(measured), muted(refresh.upstream.source))
    blocks += [
        Field("at", when, target),
        commit_field(refresh.upstream.ref, refresh.upstream.repo, refresh.upstream.sha, context.web),
    ]
    if refresh.upstream.doubt:
        blocks.append(Field("", Span(refresh.upstream.doubt, "alert")))
    blocks += [Heading("Measured states"), readings_table(overview, refresh)]
    blocks += error_blocks(refresh)
    return Document(f"week:{week.start}", title, muted(refresh.upstream.ref), blocks=blocks)
