"""A change of the log, with each changed document before and after."""

from typing import Any

from pawtui.moments import moment_text
from pawtui.report.document import Block, Column, Document, Field, Heading, Paragraph, Row, Span, Table
from pawtui.report.documents.document_parts import muted
from pawtui.review.record_types import Edit
from pawtui.review.undo import LogEntry


def change_document(entry: LogEntry) -> Document:
    """Return a change with its undos, redos and edits."""
    change = entry.change
    blocks: list[Block] = [
        Paragraph(Span(change.summary, "strong")),
        Field("by", change.by),
        Field("at", moment_text(change.at)),
    ]
    blocks += [
        Field("undone" if later.undoes else "redone", f"{moment_text(later.at)}, {later.by}") for later in entry.later
    ]
    for edit in change.edits:
        what = "removed" if edit.after is None else "new" if edit.before is None else "changed"
        blocks += [Heading(f"{edit.table} {edit.key}", muted(what)), _edit_table(edit)]
    title = change.action.partition(" ")[0]
    return Document(key=f"log:{change.id}", title=Span(title, "strong"), blocks=blocks)


def _edit_table(edit: Edit) -> Table:
    """Return the changed fields before and after; a new or removed document has one value per field."""
    before, after = edit.before or {}, edit.after or {}
    rows = []
    for name in dict.fromkeys((*before, *after)):
        old, new = (_words(document.get(name)) for document in (before, after))
        if old != new:
            values = (muted(old), new) if before and after else (old or new,)
            rows.append(Row((name, *values)))
    titles = ("before", "after") if before and after else ("value",)
    return Table((Column("field"), *(Column(title, shrink="wrap") for title in titles)), rows)


def _words(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
