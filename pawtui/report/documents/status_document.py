"""The status: repositories, signals, gates, steps, history, notes, and the reasons for the decision."""

from collections.abc import Iterator

from pawtui.moments import day_text, moment_text
from pawtui.phrases import counted, short_sha
from pawtui.refresh.refresh_types import RepoSnapshot
from pawtui.report.document import Block, Column, Document, Field, Heading, Paragraph, Row, Table
from pawtui.report.documents.document_parts import (
    DocumentContext,
    drift_span,
    evidence_remark,
    gate_span,
    reason_blocks,
    table_of,
)
from pawtui.report.documents.record_documents import NO_REFRESH, history_table, notes_newest_first
from pawtui.report.spans import Span, Text, TextLike, muted, spaced, state_span, text_of
from pawtui.report.words import (
    DECISION_WORD,
    ago,
    cost,
    earliest_go,
    met_counts,
    part_words,
    pin_counts,
    plan_summary,
    short_pin,
    snapshot_remarks,
)
from pawtui.review.overview import Overview
from pawtui.review.subject_status import EvaluationStepStatus, GateStatus, SignalStatus, SubjectStatus, verifications

_REFRESHES_SHOWN = 5
_NOTES_SHOWN = 5


def status_document(context: DocumentContext) -> Document:
    """Return the output of `pawtui status`."""
    overview = context.overview
    signals = [row for status in overview.signals for row in _signal_rows(status)]
    gates = [row for status in overview.gates for row in _gate_rows(status)]
    steps = [row for status in overview.steps for row in _step_rows(status)]
    blocks: list[Block] = [
        Paragraph(overview.tracker.title),
        Paragraph(text_of(state_span(overview.decision), f": {met_counts(overview)}")),
        Heading("Repositories"),
        *_repositories(context),
        Heading("Signals"),
        *(table_of(signals) or [Paragraph(muted("the tracker has no signals"))]),
        Heading("Gates"),
        *(table_of(gates) or [Paragraph(muted("the tracker has no gates"))]),
        *([Heading("Evaluation steps"), *table_of(steps)] if steps else []),
        Heading("History"),
        *_history(overview),
        *_notes(overview),
        Heading(f"Why {DECISION_WORD[overview.decision]}"),
        *reason_blocks(overview),
        Field("no GO before", earliest_go(overview)),
    ]
    return Document(key="status", title=overview.tracker.title, blocks=blocks)


def _repositories(context: DocumentContext) -> Iterator[Block]:
    overview = context.overview
    last, tracker = overview.last, overview.tracker
    if last is None:
        for name, side in (("upstream", tracker.upstream), ("downstream", tracker.downstream)):
            yield Field(name, spaced(side.repo, muted("not measured yet")))
        yield Paragraph(NO_REFRESH)
        return
    yield Field("upstream", _repository(last.upstream, context))
    yield Field("downstream", _repository(last.downstream, context))
    yield Field("refreshed", f"{moment_text(last.at)} ({ago(last.at, context.now)}), {last.source}, {cost(last)}")
    if overview.due:
        remark = Span(" (due)" if overview.is_due else "", "alert")
        yield Field("next review", text_of(str(overview.due), remark))
    for error in last.errors:
        yield Field("not available", Span(error, "alert"))
    if overview.plan:
        remedy = ". Record its meaning with `pawtui plan`" if overview.plan.state == "unclear" else ""
        yield Field("plan", f"{plan_summary(overview.plan)}{remedy}")
    failed = sum(drift.failed for drift in overview.drift.values())
    yield Field("pins", pin_counts(overview) + (f" ({failed} could not be checked)" if failed else ""))


def _repository(snapshot: RepoSnapshot, context: DocumentContext) -> Text:
    return spaced(
        snapshot.repo,
        f"{snapshot.ref} @ {short_sha(snapshot.sha)}",
        muted(ago(snapshot.committed_at, context.now)),
        Span("; ".join(snapshot_remarks(snapshot)), "alert"),
    )


def _below(*parts: TextLike) -> Row:
    """Return another line for the subject of the previous row."""
    return Row(((), (), text_of(*parts)))


def _signal_rows(status: SignalStatus) -> Iterator[Row]:
    yield Row((state_span(status.effective), status.signal.id, status.title))
    if status.summary and not status.overridden:
        yield _below(muted(status.summary))
    for part in status.part_readings:
        yield _below(spaced(state_span(part.state), muted(part_words(part))))
    verdict = status.verdict
    if verdict is not None:
        until = f", until {verdict.until}" if verdict.until else ""
        by = f" by {verdict.by} on {day_text(verdict.at)}{until}: "
        if status.renewal_reason:
            yield _below(Span(f'verdict "{verdict.state}" needs renewal: {status.renewal_reason}', "alert"))
            yield _below(f"given{by}", verdict.reason)
        elif status.overridden:
            yield _below(Span(f"overridden{by}", "alert"), verdict.reason)
            yield _below(muted(f'measured "{status.measured}"'), muted(f": {status.summary}" if status.summary else ""))
        else:
            yield _below(f"confirmed{by}", verdict.reason)
    yield from _evidence_rows(status)


def _gate_rows(status: GateStatus) -> Iterator[Row]:
    yield Row((gate_span(status), status.gate.id, status.title))
    if status.state == "satisfied" and not status.counts_as_satisfied:
        yield _below(Span(evidence_remark(status), "alert"))
    elif status.summary:
        yield _below(muted(status.summary))
    yield from _evidence_rows(status)


def _step_rows(status: EvaluationStepStatus) -> Iterator[Row]:
    yield Row((status.state, status.step.id, status.title))
    verified = ", ".join(kind.lower() for kind, _ in verifications(status.step))
    gates = ", ".join(status.step.gates)
    purpose = (f"verifies {verified}" if verified else "", f"gates: {gates}" if gates else "")
    if any(purpose):
        yield _below(muted("; ".join(filter(None, purpose))))
    if status.entry and status.entry.reason:
        yield _below(muted(status.entry.reason))
    yield from _evidence_rows(status)


def _evidence_rows(status: SubjectStatus) -> Iterator[Row]:
    for drift in status.stale:
        yield _below(muted("stale pin: "), spaced(short_pin(drift.pin), state_span(drift.state)))
    for drift in status.unchecked:
        yield _below(muted("pin not checked: "), short_pin(drift.pin))


def _history(overview: Overview) -> Iterator[Block]:
    refreshes = overview.record.refreshes
    shown = refreshes[-_REFRESHES_SHOWN:]
    yield history_table(overview, shown) if shown else Paragraph(muted("none"))
    if earlier := len(refreshes) - len(shown):
        yield Paragraph(muted(f"{counted(earlier, 'earlier refresh', 'earlier refreshes')}: `pawtui history`"))


def _notes(overview: Overview) -> Iterator[Block]:
    notes = notes_newest_first(overview)
    if not notes:
        return
    rows = []
    for note in notes[:_NOTES_SHOWN]:
        pins = [text_of(short_pin(pin), " ", drift_span(overview.drift[pin])) for pin in note.pins]
        rows.append(Row((day_text(note.at), note.subject, spaced(note.text, *pins))))
    yield Heading("Notes", muted(f"{len(notes):,}"))
    yield Table((Column(), Column(), Column(shrink="cut")), rows)
    if (more := len(notes) - _NOTES_SHOWN) > 0:
        yield Paragraph(muted(f"{counted(more, 'older note')}: `pawtui notes`"))
