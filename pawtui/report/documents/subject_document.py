"""The document of a subject, such as `gate:ID`; without a selected subject, the welcome before the first refresh."""

from pawtui.report.document import Document, EmptyLine, Field, Heading, Nested, Paragraph, Row
from pawtui.report.documents.document_parts import DocumentContext, table_of
from pawtui.report.documents.gate_document import gate_document
from pawtui.report.documents.record_documents import note_document
from pawtui.report.documents.refresh_document import refresh_document
from pawtui.report.documents.signal_document import signal_document
from pawtui.report.spans import Span, muted, text_of
from pawtui.review.overview import Overview
from pawtui.review.subject_status import GateStatus, SignalStatus

_FIRST_KEYS = (
    ("<r:refresh>", "measure both repositories (writes only to the local record)"),
    ("<2:pane.gates>", "gates: set satisfied, blocked or untested"),
    ("<n:note.write>", "write a note, with pins to exact lines"),
    ("<e:export>", "export the Markdown summary"),
    ("<?:help>", "all keys"),
)
NOTHING_SELECTED = Document("nothing", "detail", blocks=(Paragraph(muted("Nothing selected.")),))


def subject_document(subject: str, context: DocumentContext) -> Document | None:
    """Return the document of `signal:ID`, `gate:ID`, `note:ID` or `refresh:ID`; None if it does not exist."""
    overview = context.overview
    status = overview.status(subject)
    if isinstance(status, SignalStatus):
        return signal_document(status, context)
    if isinstance(status, GateStatus):
        return gate_document(status, context)
    if note := overview.note(subject):
        return note_document(note, context)
    refresh = next((each for each in overview.record.all_refreshes if subject == f"refresh:{each.id}"), None)
    return refresh_document(refresh, context) if refresh is not None else None


def welcome_document(overview: Overview, preview: Document | None = None, *, is_builtin: bool = False) -> Document:
    """Return the purpose of the tracker and the first keys, followed by `preview`, the document of the selected row.

    With `is_builtin`, it also shows how to write a tracker for other projects.
    """
    tracker = overview.tracker
    start = Span("<r:refresh>", "strong", names_keys=True)
    keys = table_of([Row((Span(key, "muted", names_keys=True), words)) for key, words in _FIRST_KEYS])
    below = (Heading("What will be measured"), Nested(preview.blocks)) if preview is not None else ()
    own_tracker = (Field("tracker", "built-in; for other projects: pawtui init --small"),) if is_builtin else ()
    return Document(
        key="welcome",
        title="welcome",
        blocks=(
            Paragraph(text_of(Span("No refresh is recorded.", "strong"), " Start with ", start, ".")),
            EmptyLine(),
            Paragraph(tracker.about or tracker.title),
            EmptyLine(),
            Field("upstream", tracker.upstream.repo),
            Field("downstream", tracker.downstream.repo),
            *own_tracker,
            EmptyLine(),
            Nested(keys),
            *below,
        ),
    )
