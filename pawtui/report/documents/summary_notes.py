"""The notes and verdicts of the summary: those of this review, and those that something rests on.

A record grows for as long as it is kept, the summary must not: of older notes only those are repeated that a satisfied
gate or a standing verdict rests on.
"""

from __future__ import annotations

import datetime as dt

from pawtui.refresh.refresh_types import STALE
from pawtui.report.document import Block, Field, Item, List, Prose, Span, Text, spaced, text_of
from pawtui.report.documents.document_parts import PageContext, drift_span, pin_target, state_span
from pawtui.report.words import short_name, short_pin
from pawtui.review.record_types import Note, Record
from pawtui.review.views import Overview, SignalView
from pawtui.review.walk import last_reviewed

# A comment on GitHub holds 65,536 characters; what is above the notes and below them takes the rest.
NOTES_BUDGET = 30_000


def summary_notes(overview: Overview) -> tuple[Note, ...]:
    """Return the notes of this review and those that something rests on, newest first, as many as fit in a comment.

    A review begins when the one before was closed, or else with the last refresh but one.
    """
    begun = _begun(overview.record)
    kept = {note.id for note in overview.record.notes.values() if begun is None or note.at > begun}
    for gate in overview.gates:
        if gate.state == "satisfied" and not (gate.entry and gate.entry.pins):
            kept |= {note.id for note in gate.notes if note.pins} or {note.id for note in gate.notes[-1:]}
    for signal in overview.signals:
        if signal.verdict is not None and not signal.renewal:
            kept |= {note.id for note in [note for note in signal.notes if note.pins][-1:]}
    found = sorted((overview.record.notes[note_id] for note_id in kept), key=lambda note: note.id, reverse=True)
    left, fitting = NOTES_BUDGET, []
    for note in found:
        left -= len(note.text) + sum(map(len, note.pins))
        if left < 0:
            break
        fitting.append(note)
    return tuple(fitting)


def _begun(record: Record) -> dt.datetime | None:
    before = last_reviewed(record)
    if before is None:
        return None
    review = record.reviews.get(before.id)
    return review.at if review else before.at


def subject_notes(overview: Overview, kind: str, notes: tuple[Note, ...], context: PageContext) -> list[Block]:
    """Return the verdicts (for signals) and the notes on one kind of subject, each under what it belongs to."""
    items = [_verdict_item(view) for view in overview.signals if view.verdict] if kind == "signal" else []
    items += [_note_item(overview, note, context) for note in notes if note.subject.partition(":")[0] == kind]
    return [List(tuple(items))] if items else []


def _verdict_item(view: SignalView) -> Item:
    verdict = view.verdict
    assert verdict is not None  # noqa: S101 - asked for by the caller
    over = "needs renewal" if view.renewal else f'measured "{verdict.measured}"'
    until = f", until {verdict.until}" if verdict.until else ""
    return Item(
        text=text_of(
            Span(f"{short_name(f'signal:{view.signal.id}')}, verdict: ", "strong"),
            state_span(verdict.state),
            f" ({over}; ",
            Span(verdict.by, "code"),
            f", {verdict.at:%Y-%m-%d}{until})",
        ),
        below=(Prose(verdict.reason),),
    )


def _note_item(overview: Overview, note: Note, context: PageContext) -> Item:
    about = "review" if note.subject == "review" else short_name(note.subject)
    signature = text_of(Span(note.by, "code"), f", {note.at:%Y-%m-%d}")
    pins = [_short_pin(overview, pin, context) for pin in note.pins]
    return Item(
        text=text_of(Span(f"{about}, note", "strong"), " (", spaced(signature, *pins, gap="; "), ")"),
        below=(Prose(note.text),),
    )


def _short_pin(overview: Overview, pin: str, context: PageContext) -> Text:
    """A pin by the end of its path; what became of it, where it is out of date or could not be checked."""
    drift = overview.drift.get(pin)
    doubtful = drift is not None and (drift.state in STALE or drift.failed)
    name = short_pin(pin).rpartition("/")[2] if ":" in pin else short_pin(pin)
    return spaced(
        Span(name, "link", pin_target(pin, context.web).url), drift_span(drift) if drift and doubtful else "", gap=" "
    )


def other_notes(overview: Overview) -> list[Block]:
    """Return how many notes are on record besides those that are shown; nothing where there are none."""
    others = len(overview.record.notes) - len(summary_notes(overview))
    return [Field("Other notes on record", text_of(f"{others:,}: ", Span("pawtui notes", "code")))] if others else []
