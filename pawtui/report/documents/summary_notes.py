"""The notes and verdicts of the summary.

The summary has the notes of this review. Of the older notes it has only the evidence of a satisfied gate or a valid
verdict, so that it does not grow with the record.
"""

from collections.abc import Iterator

from pawtui.ids import is_after
from pawtui.moments import day_text
from pawtui.report.document import Item, Prose
from pawtui.report.documents.document_parts import DocumentContext, drift_span, pin_target
from pawtui.report.documents.record_documents import notes_newest_first
from pawtui.report.spans import Span, Text, spaced, state_span, text_of
from pawtui.report.words import short_name, short_pin
from pawtui.review.overview import Overview
from pawtui.review.record_types import Note, Verdict
from pawtui.review.subject_status import SignalStatus
from pawtui.review.walk import review_start

# The limit of a comment on GitHub is 65,536 characters; the rest is for the other parts of the summary.
NOTES_BUDGET = 30_000


def summary_notes(overview: Overview) -> tuple[Note, ...]:
    """Return the notes of this review and the older notes that are evidence, newest first, up to the budget.

    A review begins when the previous review was closed. Without a closed review, it begins at the previous refresh.
    """
    start = review_start(overview.record)
    evidence_ids = {note.id for note in _evidence_notes(overview)}
    left, fitting = NOTES_BUDGET, []
    for note in notes_newest_first(overview):
        if start is not None and not is_after(note, start) and note.id not in evidence_ids:
            continue
        left -= len(note.text) + sum(map(len, note.pins))
        if left < 0:
            break
        fitting.append(note)
    return tuple(fitting)


def _evidence_notes(overview: Overview) -> Iterator[Note]:
    """Yield the notes that are the evidence of a satisfied gate or a valid verdict."""
    for gate in overview.gates:
        if gate.state == "satisfied" and not gate.own_pins:
            # All notes with pins, or without any, the newest note.
            yield from [note for note in gate.notes if note.pins] or gate.notes[-1:]
    for signal in overview.signals:
        if signal.verdict is not None and not signal.renewal_reason:
            yield from [note for note in signal.notes if note.pins][-1:]


def subject_notes(kind: str, notes: tuple[Note, ...], context: DocumentContext) -> Iterator[Item]:
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
