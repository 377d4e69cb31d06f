"""The scope of the tracker, its related work, and the decision."""

from pawtui.report.document import Block, Document, Item, Paragraph
from pawtui.report.documents.decision_parts import decision_blocks, plan_blocks
from pawtui.report.documents.document_parts import DocumentContext, pin_target, section
from pawtui.report.documents.refresh_document import related_blocks
from pawtui.report.spans import Span, hint, muted, text_of


def scope_document(context: DocumentContext) -> Document:
    """Return the scope, the decision, and related work with its states at the last refresh."""
    overview = context.overview
    tracker, last = overview.tracker, overview.last
    blocks: list[Block] = [Paragraph(Span(tracker.title, "strong")), Paragraph(muted(tracker.about))]
    if tracker.issue:
        issue = text_of("tracking issue: ", Span(tracker.issue, "link"))
        blocks.append(Paragraph(issue, pin_target(tracker.issue, context.web)))
    blocks += decision_blocks(overview)
    blocks += plan_blocks(overview.plan)
    if overview.plan and overview.plan.state == "unclear":
        blocks.append(Paragraph(hint("<a:scope.plan>: record its meaning")))
    for title, mark, lines in (("In scope", "+", tracker.scope.inside), ("Out of scope", "-", tracker.scope.outside)):
        blocks += section(title, [Item(line, mark=mark) for line in lines])
    blocks += related_blocks(tracker.related, last.related if last else (), context.web)
    return Document(key="scope", title=tracker.id, blocks=blocks)
