"""The timeline: signals, churn and upstream events by week, with one character per week; and one week in detail."""

from collections.abc import Sequence

import msgspec

from pawtui.moments import day_text, moment_text
from pawtui.phrases import counted
from pawtui.report.document import Block, Column, Document, EmptyLine, Field, Item, Paragraph, Row, Table, Target
from pawtui.report.documents.document_parts import DocumentContext, commit_field, error_blocks, section, table_of
from pawtui.report.documents.refresh_document import readings_table
from pawtui.report.spans import Role, Span, muted, spaced
from pawtui.report.words import STATE_GLYPH, sparkline
from pawtui.review.overview import Overview
from pawtui.review.timeline import EventKind, UpstreamEvent, Week, group_by_week
from pawtui.tracker.tracker_types import Tracker

NO_WEEKS = "No refresh is recorded. Refresh, or run `pawtui backfill --since DATE`."
_MAX_WEEKS = 52  # in the summary
# A week without a measurement or without an event.
EMPTY = "·"
_EVENT_MARKS: dict[EventKind, str] = {
    "release": "v",
    "reset": "!",
    "file": "!",
    "renamed": "n",
    "removed": "n",
    "version": "n",
    "breaking": "b",
}
# If a week has several kinds of breaks, the first of these is shown.
_WORST_FIRST: tuple[EventKind, ...] = ("reset", "file", "removed", "renamed", "version", "breaking")
STATES_LEGEND = "= met, ~ partial, x unmet, ? unknown"
EVENTS_LEGEND = "v release; ! reset or new file, n names removed or changed, b breaking commit"
LEGEND = f"{STATES_LEGEND}; {EVENTS_LEGEND}"


class TimelineRow(msgspec.Struct, frozen=True):
    """A label, and one cell for each week."""

    label: str
    cells: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(cell.text for cell in self.cells)


def timeline_rows(tracker: Tracker, weeks: Sequence[Week]) -> tuple[TimelineRow, ...]:
    """Return a row for each signal, then churn, releases and breaks."""
    rows = [TimelineRow(signal.id, tuple(_state_cell(week, signal.id) for week in weeks)) for signal in tracker.signals]
    bars = sparkline([week.churn or 0 for week in weeks])
    churn = (muted(" ") if week.churn is None else Span(bar, "link") for week, bar in zip(weeks, bars, strict=True))
    rows.append(TimelineRow("churn", tuple(churn)))
    rows.append(TimelineRow("releases", tuple(_mark_cell(week, ("release",), "ok") for week in weeks)))
    rows.append(TimelineRow("breaks", tuple(_mark_cell(week, _WORST_FIRST, "danger") for week in weeks)))
    return tuple(rows)


def _state_cell(week: Week, signal_id: str) -> Span:
    reading = week.refresh.signal(signal_id) if week.refresh is not None else None
    if reading is None:
        return Span(EMPTY, "muted")
    return Span(STATE_GLYPH[reading.state], reading.state)


def _mark_cell(week: Week, kinds: Sequence[EventKind], role: Role) -> Span:
    present = {event.kind for event in week.events}
    kind = next((kind for kind in kinds if kind in present), None)
    return Span(EMPTY, "muted") if kind is None else Span(_EVENT_MARKS[kind], role)


def event_words(kind: EventKind) -> str:
    """Return the kind of an event in words."""
    words = {"file": "new file", "removed": "names removed", "renamed": "names changed", "version": "new version"}
    return words.get(kind, kind)


def month_names(weeks: Sequence[Week], week_width: int = 1) -> str:
    """Return the name of each month at its first week, if it fits; for January, the year, such as `'25`.

    `week_width` is the number of columns of a week.
    """
    text, width = "", len(weeks) * week_width
    for index, week in enumerate(weeks):
        name = f"'{week.start:%y}" if week.start.month == 1 else f"{week.start:%b}"
        if week.start.day <= 7 and index * week_width + len(name) <= width:
            text = text.ljust(index * week_width) + name
    return text.ljust(width)


def timeline_document(overview: Overview) -> Document:
    """Return the chart of all weeks, and all events."""
    all_weeks = group_by_week(overview.record)
    if not all_weeks:
        return Document("timeline", "timeline", blocks=(Paragraph(NO_WEEKS),))
    period = f"{all_weeks[0].start} to {all_weeks[-1].start}, {counted(len(all_weeks), 'week')}"
    rows = [Row((row.label, row.cells)) for row in timeline_rows(overview.tracker, all_weeks)]
    # One span for each character, because spaces within a span are collapsed.
    rows.append(Row(("", tuple(map(muted, month_names(all_weeks))))))
    blocks: list[Block] = [
        Paragraph((Span("Signals by week", "strong"), muted(f"  {period}"))),
        EmptyLine(),
        # A narrow terminal shows the last weeks.
        Table((Column(), Column(shrink="cut-start")), rows),
        EmptyLine(),
        Paragraph(muted(LEGEND)),
    ]
    events = [Row(_event_cells(event)) for week in all_weeks for event in week.events]
    blocks += section("Releases and breaks", table_of(events))
    return Document("timeline", "timeline", blocks=blocks)


def weekly_blocks(overview: Overview) -> list[Block]:
    """Return the last year by week for the summary; nothing for fewer than three weeks."""
    last_weeks = group_by_week(overview.record)[-_MAX_WEEKS:]
    if len(last_weeks) < 3:
        return []
    rows = tuple(Row((row.label, Span(row.text, "code"))) for row in timeline_rows(overview.tracker, last_weeks))
    return [
        Paragraph(f"By week from {last_weeks[0].start} to {last_weeks[-1].start}: {LEGEND}"),
        Table((Column("signal"), Column("weeks")), rows),
    ]


def _event_cells(event: UpstreamEvent) -> tuple[Span, Span, str]:
    role: Role = "ok" if event.kind == "release" else "danger"
    return muted(str(event.day)), Span(event_words(event.kind), role), event.text


def week_document(week: Week, context: DocumentContext) -> Document:
    """Return the events and the readings of one week."""
    key, title = f"week:{week.start}", f"week of {week.start}"
    blocks: list[Block] = [*(Item(spaced(*_event_cells(event))) for event in week.events), EmptyLine()]
    refresh = week.refresh
    if refresh is None:
        blocks.append(Paragraph(muted("Nothing measured in this week.")))
        return Document(key, title, blocks=blocks)
    measured = f"measured on {day_text(refresh.at)}" if refresh.as_of else ""
    target = Target(subject=f"refresh:{refresh.id}", copy=refresh.upstream.sha)
    when = spaced(moment_text(refresh.moment), muted(measured), muted(refresh.upstream.source))
    blocks += [
        Field("at", when, target),
        commit_field(refresh.upstream.ref, refresh.upstream.repo, refresh.upstream.sha, context.web),
        Field("", Span(refresh.upstream.doubt, "alert")),
        *section("Measured states", readings_table(context.overview, refresh)),
        *error_blocks(refresh),
    ]
    return Document(key, title, muted(refresh.upstream.ref), blocks=blocks)
