"""A note: its text, its pins with their drift, and the commits at which it was written."""

from pawtui.moments import minute_text
from pawtui.phrases import counted
from pawtui.report.document import Block, Document, Field, Gap, Heading, Paragraph, Prose, Span, Target
from pawtui.report.documents.document_parts import PageContext, commit_fields, hint, muted, pin_list
from pawtui.review.record_types import Note
from pawtui.review.views import Overview


def note_document(overview: Overview, note: Note, context: PageContext) -> Document:
    """Return the document of a note."""
    whole = Target(copy=note.text, action="copy" if note.subject == "review" else "show", object=note.subject)
    blocks: list[Block] = [
        Field("on", Span(note.subject, "link"), whole),
        Field("by", f"{note.by}, {minute_text(note.at)}"),
        Gap(),
        Prose(note.text),
    ]
    if note.pins:
        blocks += [Heading("Pins", muted(counted(len(note.pins), "pin"))), pin_list(overview, note.pins, context)]
    if commits := commit_fields(overview.tracker, note, context.web):
        blocks += [Heading("Commits when written"), *commits]
    blocks += [Gap(), Paragraph(hint("E edit, X remove, n new note"))]
    return Document(key=f"note:{note.id}", title=Span("note", "strong"), blocks=blocks)
