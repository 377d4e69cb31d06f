"""Lists of the record: every refresh, every note, every change of the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pawtui.refresh.refresh_types import Refresh
from pawtui.report.document import (
    Block,
    Column,
    Document,
    Item,
    List,
    Paragraph,
    Prose,
    Row,
    Span,
    Table,
    spaced,
    text_of,
)
from pawtui.report.documents.difference_document import entry_table
from pawtui.report.documents.document_parts import PageContext, muted, pin_target, state_span
from pawtui.report.words import brief_movement, minute, moment, short_sha, strip
from pawtui.review.log_entries import fold_log
from pawtui.review.record_types import Change, Note
from pawtui.review.views import Overview

NO_REFRESH = "Nothing recorded yet: run `pawtui refresh`."
NO_PAST_REFRESH = "No refresh of a past moment is on record: run `pawtui refresh --as-of DATE`."


def history_document(overview: Overview, *, past: bool = False) -> Document:
    """Return every refresh, newest first; with `past` those of past moments instead of live ones."""
    refreshes = overview.record.past_refreshes if past else overview.record.refreshes
    blocks: list[Block] = [history_table(overview, refreshes, titled=True)]
    if not refreshes:
        blocks = [Paragraph(text_of(NO_PAST_REFRESH if past else NO_REFRESH))]
    return Document("history", (Span("history", "strong"),), blocks=tuple(blocks))


def history_table(overview: Overview, refreshes: Sequence[Refresh], *, titled: bool = False) -> Table:
    """Return refreshes line by line, newest first: when, both commits, what moved, the decision, the states."""
    titles = ("time (UTC)", "upstream", "downstream", "moved", "decision", "states")
    columns = tuple(
        Column(title if titled else "", shrink="cut" if title in ("upstream", "downstream", "moved") else "keep")
        for title in titles
    )
    signal_ids = [signal.id for signal in overview.tracker.signals]
    rows = tuple(
        Row(
            (
                text_of(minute(one.moment)),
                text_of(f"{one.upstream.ref} {short_sha(one.upstream.sha)}"),
                text_of(f"{one.downstream.ref} {short_sha(one.downstream.sha)}"),
                text_of(brief_movement(one.range.upstream)),
                (state_span(one.decision) if one.as_of is None else muted("-"),),
                text_of(strip(one, signal_ids)),
            )
        )
        for one in reversed(refreshes)
    )
    return Table(columns, rows)


def newest_notes(overview: Overview) -> list[Note]:
    """Return the notes, newest first."""
    return sorted(overview.record.notes.values(), key=lambda note: note.id, reverse=True)


def notes_document(overview: Overview, context: PageContext) -> Document:
    """Return every note in full, newest first: its id, when, who, on what, its pins and what became of them."""
    items = tuple(_note_item(overview, note, context) for note in newest_notes(overview))
    blocks: list[Block] = [List(items, mark="")] if items else [Paragraph(text_of("No notes on record."))]
    return Document("notes", (Span("notes", "strong"),), blocks=tuple(blocks))


def _note_item(overview: Overview, note: Note, context: PageContext) -> Item:
    below: list[Block] = [Prose(note.text)]
    for pin in note.pins:
        # In full: it is there to be copied.
        drift = overview.drift[pin].state
        text = spaced(text_of(muted("pin: "), Span(pin, "link")), state_span(drift))
        below.append(Paragraph(text, pin_target(pin, context.web)))
    return Item(spaced(note.id, moment(note.at), note.by, f"on {note.subject}"), below=tuple(below))


def log_document(changes: Iterable[Change]) -> Document:
    """Return what people did, newest first, undone changes folded."""
    entries = fold_log(changes)
    blocks = entry_table(reversed(entries)) or [Paragraph(text_of("The log is empty."))]
    return Document("log", (Span("log", "strong"),), blocks=tuple(blocks))
