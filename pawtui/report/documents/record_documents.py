"""The record: its lists of refreshes, notes and changes, and one note or change in full."""

from collections.abc import Iterable, Sequence
from typing import Any

from pawtui.moments import minute_text, moment_text
from pawtui.phrases import counted, short_sha
from pawtui.refresh.refresh_types import Refresh
from pawtui.report.document import Block, Column, Document, EmptyLine, Field, Item, Paragraph, Prose, Row, Table, Target
from pawtui.report.documents.difference_document import log_table
from pawtui.report.documents.document_parts import (
    DocumentContext,
    entry_commits,
    pin_items,
    section,
)
from pawtui.report.spans import Span, hint, muted, spaced, state_span
from pawtui.report.words import brief_range_size, state_glyphs
from pawtui.review.log import FoldedChange, fold_log
from pawtui.review.overview import Overview
from pawtui.review.record_types import Change, Edit, Note

_HISTORY_COLUMNS = (
    Column("time (UTC)"),
    Column("upstream", shrink="wrap"),
    Column("downstream", shrink="wrap"),
    Column("new commits", shrink="wrap"),
    Column("decision"),
    Column("states", shrink="wrap"),
    Column("review", shrink="wrap"),
)
# What an entry of a table is called.
_ENTRIES = {
    "verdicts": "verdict",
    "gates": "gate",
    "steps": "evaluation step",
    "notes": "note",
    "reviews": "review",
    "rulings": "plan",
}
NO_REFRESH = "No refresh is recorded. Run `pawtui refresh`."
NO_PAST_REFRESH = "No refresh of a past day is recorded: run `pawtui refresh --as-of DATE`."


def history_document(overview: Overview, *, past: bool = False) -> Document:
    """Return all refreshes and the number of past days, newest first; with `past`, those of past days."""
    past_days = overview.record.past_refreshes
    refreshes = past_days if past else overview.record.refreshes
    nothing = Paragraph(NO_PAST_REFRESH if past else NO_REFRESH)
    blocks: list[Block] = [history_table(overview, refreshes) if refreshes else nothing]
    if past_days and not past:
        number = counted(len(past_days), "past day")
        blocks += [EmptyLine(), Paragraph(muted(f"{number} not listed: `pawtui history --past`"))]
    return Document("history", "history", blocks=blocks)


def history_table(overview: Overview, refreshes: Sequence[Refresh]) -> Table:
    """Return refreshes as a table, newest first."""
    rows = []
    # `before` is the refresh in the row below.
    for refresh, before in zip(refreshes, (None, *refreshes), strict=False):
        heads = [f"{snapshot.ref} {short_sha(snapshot.sha)}" for snapshot in (refresh.upstream, refresh.downstream)]
        range_ = refresh.range.upstream
        size = brief_range_size(range_) if range_ else "-"
        # The refresh may be compared with one further below, for example if that of an earlier day was measured later.
        if range_ and before and range_.from_ != before.upstream.sha:
            size += f" since {short_sha(range_.from_)}"
        decision = state_span(refresh.decision) if refresh.as_of is None else muted("-")
        states = state_glyphs(refresh, [signal.id for signal in overview.tracker.signals])
        review = overview.record.reviews.get(refresh.id)
        closed = (muted("closed: "), state_span(review.decision)) if review else ()
        rows.append(Row((minute_text(refresh.moment), *heads, size, decision, states, closed)))
    return Table(_HISTORY_COLUMNS, rows[::-1])


def notes_newest_first(overview: Overview) -> list[Note]:
    return sorted(overview.record.notes.values(), key=lambda note: note.id, reverse=True)


def notes_document(context: DocumentContext) -> Document:
    """Return all notes in full, newest first, with their ids and pins."""
    items = []
    for note in notes_newest_first(context.overview):
        first_line = spaced(note.id, moment_text(note.at), note.by, f"on {note.subject}")
        items.append(Item(first_line, below=(Prose(note.text), *pin_items(note.pins, context)), mark=""))
    return Document("notes", "notes", blocks=items or [Paragraph("No notes recorded.")])


def log_document(changes: Iterable[Change]) -> Document:
    """Return all changes, newest first, with undone changes folded."""
    blocks = log_table(reversed(fold_log(changes))) or [Paragraph("The log is empty.")]
    return Document("log", "log", blocks=blocks)


def note_document(note: Note, context: DocumentContext) -> Document:
    """Return a note in full, with the drift of its pins."""
    # The review has no document.
    whole = Target(copy=note.text, subject=note.subject if note.subject != "review" else "")
    blocks: list[Block] = [
        Field("on", Span(note.subject, "link"), whole),
        Field("by", f"{note.by}, {minute_text(note.at)}"),
        EmptyLine(),
        Prose(note.text),
    ]
    pins = pin_items(note.pins, context)
    blocks += section("Pins", pins, muted(counted(len(pins), "pin")))
    blocks += section("Commits when written", entry_commits(note, context))
    blocks += [EmptyLine(), Paragraph(hint("<E:note.edit> edit, <X:note.remove> remove, <n:note.write> new note"))]
    return Document(key=f"note:{note.id}", title="note", blocks=blocks)


def change_document(folded: FoldedChange) -> Document:
    """Return a change with its undos, redos and edits."""
    change = folded.change
    blocks: list[Block] = [
        Paragraph(Span(change.summary, "strong")),
        Field("by", change.by),
        Field("at", moment_text(change.at)),
    ]
    blocks += [
        Field("undone" if later.undoes else "redone", f"{moment_text(later.at)}, {later.by}") for later in folded.later
    ]
    for edit in change.edits:
        blocks += _edit_blocks(edit)
    title = change.action.partition(" ")[0]
    return Document(key=f"log:{change.id}", title=title, blocks=blocks)


def _edit_blocks(edit: Edit) -> list[Block]:
    effect = "changed"
    if edit.after is None:
        effect = "removed"
    elif edit.before is None:
        effect = "new"
    before, after = edit.before or {}, edit.after or {}
    fields = ((name, _words(before.get(name)), _words(after.get(name))) for name in dict.fromkeys((*before, *after)))
    rows = [Row((name, muted(old), new)) for name, old, new in fields if old != new]
    table = Table((Column("field"), Column("before", shrink="wrap"), Column("after", shrink="wrap")), rows)
    return section(f"{_ENTRIES[edit.table]} {edit.key}", [table], muted(effect))


def _words(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
