"""The summary of a refresh for the tracking issue: the essential facts, and folded details.

It has the notes of this review. Of the older notes it has only the evidence of a satisfied gate or a valid verdict, so
that it does not grow with the record.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pawtui.ids import is_after
from pawtui.moments import day_text, moment_text
from pawtui.phrases import counted, short_sha
from pawtui.probes.probe_facts import ReleaseFacts
from pawtui.refresh.refresh_types import Refresh
from pawtui.report.document import Block, Details, Document, Field, Heading, Item, Paragraph, Prose, Row, Table
from pawtui.report.documents.document_parts import (
    NOTHING_MISSING,
    DocumentContext,
    commit_field,
    compare_span,
    drift_span,
    evidence_remark,
    gate_span,
    pin_items,
    pin_target,
    reason_line,
    titled_table,
)
from pawtui.report.documents.gate_document import evaluation_step_table
from pawtui.report.documents.record_documents import notes_newest_first
from pawtui.report.documents.refresh_document import cost_fields, repository_fields, scope_blocks
from pawtui.report.documents.signal_document import probe_details, probe_line
from pawtui.report.documents.timeline_document import weekly_blocks
from pawtui.report.reading_facts import facts_of
from pawtui.report.refresh_difference import RefreshDifference, SideChange, compare_refreshes
from pawtui.report.spans import Span, Text, TextLike, spaced, state_span, text_of
from pawtui.report.words import earliest_go, met_counts, part_words, pin_counts, plan_summary, short_name, short_pin
from pawtui.review.decision import Reason, ReasonKind
from pawtui.review.log import fold_log
from pawtui.review.overview import Overview
from pawtui.review.record_types import Note, Verdict
from pawtui.review.subject_status import GateStatus, SignalStatus
from pawtui.review.walk import compared_refresh, review_start
from pawtui.sources import links

# The summary lists these reasons, which are states of a signal, under one label.
_STATE_REASONS: frozenset[ReasonKind] = frozenset({"unmet", "partial", "unknown"})
_EVIDENCE_SHOWN = 3  # per probe


def summary_document(context: DocumentContext) -> Document:
    """Return the summary of the last refresh; without a refresh, only the scope."""
    overview = context.overview
    last = overview.last
    at = last.at if last else context.now
    title = f"Scope refresh on {day_text(at)}: {overview.tracker.title}"
    if last is None:
        nothing = Paragraph("No refresh is recorded. Refresh first.")
        return Document("summary", title, blocks=(nothing, *_detail_sections(context, ())))
    notes = _notes(overview)
    base = compared_refresh(overview.record)
    difference = compare_refreshes(overview.tracker, overview.record, base, last) if base else None
    blocks: list[Block] = [
        *_decision_fields(last, context),
        *_missing(overview, last),
        *(_changes(overview, difference) if difference else ()),
        _repositories(last, difference, context.web),
        titled_table(("Signal", "State", "Measured"), [_signal_row(status) for status in overview.signals]),
        *_subject_notes("signal", notes, context),
        titled_table(("Gate", "State", "Reason"), [_gate_row(status) for status in overview.gates]),
        *_subject_notes("gate", notes, context),
        *evaluation_step_table(overview.steps),
        *_subject_notes("review", notes, context),
        *_detail_sections(context, notes),
    ]
    return Document(key="summary", title=title, blocks=blocks)


def _decision_fields(last: Refresh, context: DocumentContext) -> Iterator[Block]:
    overview = context.overview
    yield Field("Decision", text_of(state_span(overview.decision), f": {met_counts(overview)}"))
    review = overview.record.reviews.get(last.id)
    if review is None:
        yield Field("Recommendation", "none yet (review open)")
    else:
        given = (", given at decision ", state_span(review.decision)) if review.decision != overview.decision else ()
        by = text_of(" (", Span(review.by, "code"), f", {day_text(review.at)}", *given, ")")
        yield Field("Recommendation", text_of(review.recommendation, by))
    if plan := overview.plan:
        posted = Span(plan_summary(plan), "link" if plan.url else "", plan.url)
        comments = [("approval", plan.approval_url), ("comment", plan.unclear_url)]
        comment_links = [text_of(" (", Span(words, "link", url), ")") for words, url in comments if url]
        yield Field("Plan", text_of(posted, *comment_links))
    if overview.due:
        issue = overview.tracker.issue
        linked = text_of("; tracking issue ", Span(issue, "link", pin_target(issue, context.web).url)) if issue else ()
        yield Field("Next review", text_of(str(overview.due), linked))


def _missing(overview: Overview, last: Refresh) -> Iterator[Block]:
    """Yield the missing items for a go, grouped by label: `Blocked: shadow replay (2 of 6 parts), ...`."""
    yield Heading("Missing for GO")
    if not overview.reasons:
        yield Paragraph(NOTHING_MISSING)
    groups: defaultdict[str, list[Reason]] = defaultdict(list)
    for reason in overview.reasons:
        groups["Not met" if reason.kind in _STATE_REASONS else reason.label].append(reason)
    for label, reasons in groups.items():
        yield Field(label, spaced(*(_short_reason(reason, overview) for reason in reasons), gap=", "))
    if last.errors:
        yield Field("Not available", f"{counted(len(last.errors), 'error')}, see the details")
    yield Field("No GO before", earliest_go(overview))


def _short_reason(reason: Reason, overview: Overview) -> str:
    name = short_name(reason.subject)
    if not name:
        return reason.detail
    if reason.kind in _STATE_REASONS:
        return f"{name} ({reason.kind})"
    if reason.kind == "stale":
        return f"{name} ({overview.statuses[reason.subject].stale[0].state})"
    # Only these have a detail that is short and not shown elsewhere in the visible part.
    if reason.kind in ("blocked", "renewal") and reason.detail:
        return f"{name} ({reason.detail})"
    return name


def _changes(overview: Overview, difference: RefreshDifference) -> Iterator[Block]:
    before, plan = difference.first, difference.plan
    yield Heading(f"Changes since {day_text(before.at)}")
    facts: list[tuple[str, TextLike]] = []
    if (old := overview.record.decision_at(before)) != overview.decision:
        facts.append(("Decision", text_of(state_span(old), " → ", state_span(overview.decision))))
    facts += [("Warning", warning) for warning in difference.warnings]
    if plan.changed:
        was, now = plan.status_words
        facts.append(("Plan", f"{was} → {now} ({plan.why})" if plan.why else f"{was} → {now}"))
    same_state = []
    for reading in difference.readings:
        name = short_name(f"signal:{reading.id}")
        if reading.why:
            states = f"{reading.before or 'not measured'} → {reading.after or 'not measured'}"
            remarks = filter(None, (reading.why, reading.evidence_counts))
            facts.append((name, f"{states} ({'; '.join(remarks)})"))
        elif reading.evidence:
            same_state.append(f"{name} ({reading.evidence_counts})")
    if same_state:
        facts.append(("Same state, new evidence", ", ".join(same_state)))
    items: list[Block] = [Item(text_of(Span(f"{label}: ", "strong"), text)) for label, text in facts]
    items += map(Item, _log_lines(overview, before))
    yield from items or [Paragraph("No changes.")]


def _log_lines(overview: Overview, before: Refresh) -> Iterator[Text]:
    """Yield the changes by each maintainer that were not undone, without notes, which are listed below."""
    # The changes before the last review was closed are in its own summary.
    start = review_start(overview.record) or before
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    for folded in fold_log(change for change in overview.record.log if is_after(change, start)):
        change = folded.change
        # An agreement has no edits, unless it removed a verdict.
        if change.edits and change.action != "note" and not folded.is_undone:
            by_name[change.by].append(change.summary)
    for by, summaries in by_name.items():
        # Of equal summaries the last, so that the present state comes last.
        parts = list(dict.fromkeys(reversed(summaries)))[::-1]
        yield text_of(Span(by, "code"), f": {'; '.join(parts)}")


def _repositories(last: Refresh, difference: RefreshDifference | None, web: str) -> Table:
    since = day_text(difference.first.at) if difference else "the previous refresh"
    rows = []
    for number, snapshot in enumerate((last.upstream, last.downstream)):
        commit = Span(short_sha(snapshot.sha), "link", links.commit_url(web, snapshot.repo, snapshot.sha))
        remark = f". {snapshot.remark}" if snapshot.remark else ""
        dated = text_of(commit, f" of {day_text(snapshot.committed_at)}", remark)
        commits = _commits_since(difference.sides[number], web) if difference else "first refresh"
        rows.append(Row((Span(snapshot.repo, "code"), Span(snapshot.ref, "code"), dated, commits)))
    return titled_table(("Repository", "Ref", "Commit", f"Since {since}"), rows)


def _commits_since(side: SideChange, web: str) -> Text:
    before, after = side.before, side.after
    if not after.has_name(before.repo):
        return text_of("unknown")
    if before.sha == after.sha:
        return text_of("no new commits")
    size = ", ".join(filter(None, (side.size, side.not_ancestor_reason)))
    return text_of(compare_span(web, after.repo, before.sha, after.sha), f": {size}" if size else "")


def _name_and_title(status: SignalStatus | GateStatus) -> Text:
    return text_of(_name(status), f": {status.title}")


def _signal_row(status: SignalStatus) -> Row:
    by_verdict = "by verdict" if status.overridden else ""
    renewal = "verdict needs renewal" if status.renewal_reason else ""
    state = spaced(state_span(status.effective), by_verdict, renewal, status.evidence_problem, gap=", ")
    # Under a verdict, the column of the state does not have the measured state.
    measured = f"{status.measured}: {status.summary}" if status.overridden and status.summary else status.summary
    return Row((_name_and_title(status), state, measured))


def _gate_row(status: GateStatus) -> Row:
    state = spaced(gate_span(status), evidence_remark(status), gap=", ")
    parts = status.ticked_summary if status.state != "satisfied" else ""
    return Row((_name_and_title(status), state, reason_line(status.entry, parts)))


def _notes(overview: Overview) -> list[Note]:
    """Return the notes of this review and the older notes that are evidence, newest first.

    A review begins when the previous review was closed. Without a closed review, it begins at the previous refresh.
    """
    start = review_start(overview.record)
    evidence_ids = {note.id for note in _evidence_notes(overview)}
    return [
        note
        for note in notes_newest_first(overview)
        if start is None or is_after(note, start) or note.id in evidence_ids
    ]


def _evidence_notes(overview: Overview) -> Iterator[Note]:
    """Yield the notes that are the evidence of a satisfied gate or a valid verdict."""
    for gate in overview.gates:
        if gate.state == "satisfied" and not gate.own_pins:
            # All notes with pins, or without any, the newest note.
            yield from [note for note in gate.notes if note.pins] or gate.notes[-1:]
    for signal in overview.signals:
        if signal.verdict is not None and not signal.renewal_reason:
            yield from [note for note in signal.notes if note.pins][-1:]


def _subject_notes(kind: str, notes: Sequence[Note], context: DocumentContext) -> Iterator[Item]:
    """Yield the notes on one kind of subject; for signals first the verdicts."""
    if kind == "signal":
        yield from (_verdict_item(status, status.verdict) for status in context.overview.signals if status.verdict)
    yield from (_note_item(note, context) for note in notes if note.subject.partition(":")[0] == kind)


def _verdict_item(status: SignalStatus, verdict: Verdict) -> Item:
    remark = "needs renewal" if status.renewal_reason else f'measured "{verdict.measured}"'
    until = f", until {verdict.until}" if verdict.until else ""
    return Item(
        text=text_of(
            Span(f"{short_name(status.subject)}, verdict: ", "strong"),
            state_span(verdict.state),
            f" ({remark}; ",
            Span(verdict.by, "code"),
            f", {day_text(verdict.at)}{until})",
        ),
        below=(Prose(verdict.reason),),
    )


def _note_item(note: Note, context: DocumentContext) -> Item:
    subject = "review" if note.subject == "review" else short_name(note.subject)
    signature = text_of(Span(note.by, "code"), f", {day_text(note.at)}")
    pins = [_pin_label(pin, context) for pin in note.pins]
    return Item(
        text=text_of(Span(f"{subject}, note", "strong"), " (", spaced(signature, *pins, gap="; "), ")"),
        below=(Prose(note.text),),
    )


def _pin_label(pin: str, context: DocumentContext) -> Text:
    """Return a pin by its file name, with its drift if it is out of date or could not be checked."""
    drift = context.overview.drift[pin]
    name = short_pin(pin).rpartition("/")[2] if ":" in pin else short_pin(pin)
    state = drift_span(drift) if drift.is_stale or drift.failed else ""
    return spaced(Span(name, "link", pin_target(pin, context.web).url), state, gap=" ")


def _detail_sections(context: DocumentContext, notes: Sequence[Note]) -> list[Block]:
    """Return the folded sections that are not empty. `notes` are those of the visible part."""
    last = context.overview.last
    sections: list[tuple[str, list[Block]]] = []
    if last is not None:
        commits = [*_commits(last, context.web), *weekly_blocks(context.overview)]
        evidence = [*_signal_evidence(context), *_gate_evidence(context), *_counts(context.overview, notes)]
        sections = [("Commits, cost, limits and history", commits), ("Evidence", evidence)]
    sections.append(("Scope and related work", scope_blocks(context, shown=last.errors if last else ())))
    return [Details(title, blocks) for title, blocks in sections if blocks]


def _commits(last: Refresh, web: str) -> Iterator[Block]:
    yield from repository_fields("upstream", last, web)
    for facts in facts_of(last.signals, ReleaseFacts):
        if newest := facts.newest:
            yield Field("newest stable release", text_of(Span(newest.tag, "code"), f", {newest.at.date()}"))
            yield commit_field("", last.upstream.repo, newest.sha, web)
    yield from repository_fields("downstream", last, web)
    yield Field("measured", moment_text(last.at))
    yield from cost_fields(last)
    yield from (Field("not available", error) for error in last.errors)


def _signal_evidence(context: DocumentContext) -> Iterator[Block]:
    for status in context.overview.signals:
        parts = [Item(spaced(state_span(part.state), part_words(part), gap=" ")) for part in status.part_readings]
        blocks = [Item("parts", below=parts)] if parts else []
        blocks += [
            Item(probe_line(probe), below=probe_details(probe, max_evidence=_EVIDENCE_SHOWN))
            for probe in status.probe_readings
        ]
        if pins := [drift.pin for drift in status.problem_pins]:
            blocks.append(Item("pins", below=pin_items(pins, context)))
        if blocks:
            yield Item(_name(status), below=blocks)


def _name(status: SignalStatus | GateStatus) -> Span:
    return Span(short_name(status.subject), "strong")


def _gate_evidence(context: DocumentContext) -> Iterator[Block]:
    for status in context.overview.gates:
        pins = dict.fromkeys((*status.own_pins, *(drift.pin for drift in status.problem_pins)))
        ticked = ", ".join(part.title for part in status.gate.parts if part.id in status.ticked_parts)
        if pins or ticked:
            named = f"{status.ticked_summary} ({ticked})" if ticked else status.ticked_summary
            yield Item(spaced(_name(status), named), below=pin_items(pins, context))


def _counts(overview: Overview, notes: Sequence[Note]) -> Iterator[Block]:
    failed = next((f" ({drift.summary or 'not checked'})" for drift in overview.drift.values() if drift.failed), "")
    yield Field("all pins", pin_counts(overview) + failed)
    others = len(overview.record.notes) - len(notes)
    yield Field("other notes", text_of(f"{others:,} (", Span("pawtui notes", "code"), " lists all)") if others else "")
