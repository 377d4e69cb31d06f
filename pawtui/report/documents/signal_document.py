"""A signal: its state, verdict, probes, notes and history; and a probe that `pawtui probe` measured."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence

import msgspec

from pawtui.moments import day_text
from pawtui.phrases import counted, short_sha
from pawtui.probes.probe_facts import ChurnFacts, SoakFacts
from pawtui.probes.reading import ProbeReading
from pawtui.refresh.refresh_types import Refresh
from pawtui.report.document import (
    Block,
    Chart,
    Column,
    Document,
    EmptyLine,
    Field,
    Heading,
    Nested,
    Paragraph,
    Prose,
    Row,
    Table,
    Target,
)
from pawtui.report.documents.document_parts import (
    MAX_EVIDENCE,
    DocumentContext,
    evidence_table,
    note_blocks,
    section,
    table_of,
)
from pawtui.report.reading_facts import churn_facts, soak_facts
from pawtui.report.spans import Span, Text, TextLike, hint, muted, signature, spaced, state_span, text_of
from pawtui.report.words import STATE_GLYPH, part_words, sparkline
from pawtui.review.overview import reading_summary
from pawtui.review.subject_status import SignalStatus
from pawtui.tracker.probe_types import kind_of

_REFRESHES_SHOWN = 52
_CHANGES_SHOWN = 12
_BAR_CELLS = 14


def signal_document(status: SignalStatus, context: DocumentContext) -> Document:
    """Return the document of a signal."""
    signal = status.signal
    blocks: list[Block] = [Paragraph(Span(signal.title, "strong")), Paragraph(muted(signal.about)), EmptyLine()]
    blocks += [*_state_fields(status, context.overview.last), *_verdict_fields(status)]
    if window := soak_facts(status.reading):
        blocks += _soak_window(window)
    if commits := churn_facts(status.reading):
        blocks += _commit_counts(commits)
    blocks += _probes(status)
    blocks += note_blocks(status.notes, context)
    blocks += _history(signal.id, context)
    return Document(status.subject, signal.id, state_span(status.effective), blocks)


def _state_fields(status: SignalStatus, last: Refresh | None) -> Iterator[Block]:
    yield Field("measured", spaced(state_span(status.measured), status.summary))
    heads = {probe.facts.head for probe in status.probe_readings if probe.facts is not None}
    for snapshot in (last.upstream, last.downstream) if last else ():
        # The remark on a ref that the signal was measured on: an inactive branch may be abandoned.
        yield Field("", Span(snapshot.remark if snapshot.sha in heads else "", "alert"))
    for number, part in enumerate(status.part_readings):
        yield Field("" if number else "parts", spaced(state_span(part.state), part_words(part)))
    if status.overridden:
        yield Field("counts as", spaced(state_span(status.effective), Span("by verdict", "alert")))
    stale = counted(len(status.stale), "pin is out of date", "pins are out of date") if status.stale else ""
    unchecked = counted(len(status.unchecked), "pin not checked", "pins not checked") if status.unchecked else ""
    yield Field("evidence", Span(", ".join(filter(None, (stale, unchecked))), "alert"))


def _verdict_fields(status: SignalStatus) -> Iterator[Block]:
    verdict = status.verdict
    if verdict is None:
        yield Field("verdict", (muted("none"), hint(" (<v:signal.verdict> to override)")))
        return
    first_line = spaced(state_span(verdict.state), signature(verdict.by, verdict.at))
    yield Field("verdict", first_line, Target(copy=verdict.reason))
    yield Field("", Prose(verdict.reason))
    present, past = ("Confirms", "Confirmed") if verdict.state == verdict.measured else ("Overrides", "Overrode")
    measured = f'"{verdict.measured}"' + (f" at {short_sha(verdict.upstream)}" if verdict.upstream else "")
    if status.renewal_reason:
        yield Field("", muted(f"{past} {measured}"))
        text = f"Needs renewal: {status.renewal_reason}. The measured state applies until you renew it."
        yield Field("", Span(text, "alert"))
    else:
        end = f"expires on {verdict.until}" if verdict.until else "does not expire"
        yield Field("", muted(f"{present} {measured}, {end}"))


def _soak_window(facts: SoakFacts) -> Iterator[Block]:
    needs = "days and releases" if facts.mode == "both" else "days or releases"
    since = f"since {facts.anchor}"
    if facts.anchor_at and facts.anchor != str(facts.anchor_at.date()):
        since += f" ({facts.anchor_at.date()})"
    yield Heading("Soak window", muted(f"{since}; needs {needs}"))
    yield Field("quiet", _days(facts.quiet_days, facts.quiet_on, facts.days, at_most=facts.quiet_at_most))
    yield Field("age", _days(facts.age_days, facts.age_on, facts.days))
    state = "enough" if facts.releases_closed else "not enough yet"
    yield Field("releases", f"{counted(facts.releases, 'release')}, {counted(facts.minors, 'new minor')}: {state}")
    if (last := facts.last_break) is not None:
        words = spaced(muted(f"{last.at.date()}"), Span(short_sha(last.sha), "link"), last.subject)
        yield Field("last break", words)
    if facts.met_on is not None:
        yield Field("closes", Span(f"{facts.met_on}, if nothing breaks before", "alert"))


def _days(count: int, enough_on: dt.date | None, needed: int, *, at_most: bool = False) -> Text:
    """Return a bar, followed by `17 of 28 days; enough from 2026-12-01`.

    `count` is the number of days so far. With `at_most` there may be fewer days.
    """
    filled = max(0, min(_BAR_CELLS, count * _BAR_CELLS // needed)) if needed > 0 else 0
    bar = text_of(Span("█" * filled, "link"), muted("░" * (_BAR_CELLS - filled)))
    progress = f"{'at most ' if at_most else ''}{count:,} of {counted(needed, 'day')}"
    enough = f"; enough from {enough_on}{' at the earliest' if at_most else ''}" if enough_on else ""
    return spaced(bar, f"{progress}{enough}")


def _commit_counts(facts: ChurnFacts) -> Iterator[Block]:
    weeks = len(facts.weeks)
    columns = (
        Column("surface", shrink="cut"),
        Column(f"{facts.days} days", align="right"),
        Column("peak", align="right"),
        Column(f"{weeks} weeks"),
    )
    rows = [_surface_row(surface.name, surface.count, surface.peak, surface.weeks) for surface in facts.surfaces]
    rows.append(_surface_row(Span("all surfaces", "strong"), facts.total, facts.peak, facts.weeks))
    yield Heading("Commits", muted("in the window; peak: in the busiest window before it"))
    yield Table(columns, rows)
    if (start := facts.weeks_from) is not None:
        labels = tuple(f"{start + dt.timedelta(weeks=week):%m-%d}" for week in range(weeks))
        yield Heading("Week by week", muted("all surfaces, by the first day of each week"))
        yield Chart(facts.weeks, labels)


def _surface_row(name: TextLike, count: int, peak: int, weeks: Sequence[int]) -> Row:
    return Row((name, f"{count:,}", muted(f"{peak:,}"), Span(sparkline(weeks), "link")))


def _probes(status: SignalStatus) -> list[Block]:
    """Return each probe with its rule and evidence; before the first refresh, with its reason."""
    probes, reading = status.signal.probes, status.reading
    if reading is None:
        rows = tuple(Row((muted(kind_of(probe)), probe.why or "no reason given")) for probe in probes)
        heading = Heading("Probes", muted(f"{counted(len(probes), 'probe')}, not measured yet"))
        return [heading, *table_of(rows)]
    by_parts = status.signal.parts or status.signal.combine == "parts"
    rule = "all parts must be met" if by_parts else "worst probe decides"
    number = counted(len(reading.probes), "probe")
    blocks: list[Block] = [Heading("Probes", muted(f"{number}: {rule}" if len(reading.probes) > 1 else number))]
    # The summary of a single probe is that of the signal, which is shown above.
    shown_summary = status.summary if len(reading.probes) == 1 else ""
    for index, probe in enumerate(reading.probes):
        # The tracker may have other probes now: their reasons are not those of this reading.
        is_same_kind = index < len(probes) and kind_of(probes[index]) == probe.kind
        why = probes[index].why if is_same_kind else ""
        details = Nested(probe_details(probe, why=why))
        blocks += [Paragraph(probe_line(probe, shown_summary), hang=2), details, EmptyLine()]
    return blocks


def _history(signal_id: str, context: DocumentContext) -> list[Block]:
    overview = context.overview
    # More refreshes than are shown as marks, so that older changes of state are found.
    readings = [
        (refresh, reading)
        for refresh in overview.record.all_refreshes[-_REFRESHES_SHOWN * 4 :]
        if (reading := refresh.signal(signal_id))
    ]
    marks = tuple(Span(STATE_GLYPH[reading.state], reading.state) for _, reading in readings[-_REFRESHES_SHOWN:])
    rows: list[Row] = []
    last = ""
    for refresh, reading in readings:
        if reading.state != last:
            summary = reading_summary(overview.tracker.signal(signal_id), reading)
            day = day_text(refresh.moment)
            target = Target(subject=f"refresh:{refresh.id}", copy=day)
            rows.append(Row((muted(day), state_span(reading.state), muted(summary)), target))
            last = reading.state
    blocks = [Paragraph(marks), *table_of(rows[-_CHANGES_SHOWN:][::-1])] if rows else []
    return section("History", blocks, muted("one mark per refresh, newest last"))


def probe_line(probe: ProbeReading, shown_summary: str = "") -> Text:
    """Return the state, kind and summary of a probe; without the summary if it is shown already."""
    summary = "" if probe.summary == shown_summary else probe.summary
    return spaced(state_span(probe.state), Span(probe.kind, "strong"), summary)


def probe_details(probe: ProbeReading, *, why: str = "", max_evidence: int = MAX_EVIDENCE) -> list[Block]:
    """Return the rule of a probe, the reason for the rule (`why`), its limits, and its first evidence items."""
    fields = [Field("rule", probe.rule), Field("why", muted(why)), Field("cause", Span(probe.cause, "alert"))]
    fields += [Field("not covered", muted(gap)) for gap in probe.gaps if gap != probe.cause]
    return [*fields, *evidence_table(probe.evidence, max_evidence)]


def probe_document(name: str, probe: ProbeReading, why: str) -> Document:
    """Return a probe that `pawtui probe` measured, with all facts.

    `name` is the signal and the number of the probe: `low-churn.1`.
    """
    facts = msgspec.to_builtins(probe.facts) if probe.facts is not None else {}
    fields = [
        Field(key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for key, value in facts.items()
        if key != "kind"
    ]
    first_line = Paragraph(spaced(Span(name, "strong"), probe_line(probe)), hang=2)
    details = Nested(probe_details(probe, why=why))
    blocks = (first_line, details, Paragraph("facts" if fields else ""), Nested(fields))
    return Document(f"probe:{name}", name, blocks=blocks)
