"""The document of a subject, such as `gate:ID`."""

from pawtui.report.document import Document
from pawtui.report.documents.document_parts import DocumentContext
from pawtui.report.documents.gate_document import gate_document
from pawtui.report.documents.record_documents import note_document
from pawtui.report.documents.refresh_document import refresh_document
from pawtui.report.documents.signal_document import signal_document
from pawtui.review.subject_status import GateStatus, SignalStatus


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
