"""The document of a subject, such as `gate:ID`."""

from pawtui.report.document import Document
from pawtui.report.documents.document_parts import DocumentContext
from pawtui.report.documents.gate_document import gate_document
from pawtui.report.documents.record_documents import note_document
from pawtui.report.documents.refresh_document import refresh_document
from pawtui.report.documents.signal_document import signal_document
from pawtui.review.overview import Overview
from pawtui.review.subject_status import GateStatus, SignalStatus


def subject_document(overview: Overview, subject: str, context: DocumentContext) -> Document | None:
    """Return the document of `signal:ID`, `gate:ID`, `note:ID` or `refresh:ID`; None if it does not exist."""
    kind, _, subject_id = subject.partition(":")
    status = overview.status(subject)
    if isinstance(status, SignalStatus):
        return signal_document(overview, status, context)
    if isinstance(status, GateStatus):
        return gate_document(overview, status, context)
    if note := overview.note(subject):
        return note_document(overview, note, context)
    if kind == "refresh":
        for refresh in overview.record.all_refreshes:
            if refresh.id == subject_id:
                return refresh_document(overview, refresh, context)
    return None
