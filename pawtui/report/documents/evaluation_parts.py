"""Evaluation steps as parts of the pages and the summary: their verifications and states."""

from collections.abc import Sequence

from pawtui.phrases import counted
from pawtui.report.document import (
    Block,
    Column,
    Document,
    Field,
    Heading,
    Item,
    List,
    Paragraph,
    Row,
    Span,
    Table,
    Text,
    spaced,
    text_of,
)
from pawtui.report.documents.document_parts import (
    PageContext,
    commit_fields,
    entry_fields,
    hint,
    muted,
    pin_list,
    short_entry,
)
from pawtui.review.views import EvaluationStepView, Overview, verifications


def evaluation_step_blocks(
    overview: Overview, views: Sequence[EvaluationStepView], context: PageContext
) -> list[Block]:
    """Return a section with these steps; nothing if there are no steps."""
    if not views:
        return []
    items = tuple(_item(overview, view, context) for view in views)
    remark = (muted(counted(len(views), "step")), hint(" (V: set its state)"))
    return [Heading("Evaluation steps", remark), List(items, mark="")]


def _item(overview: Overview, view: EvaluationStepView, context: PageContext) -> Item:
    below: list[Block] = [Field(kind, how) for kind, how in verifications(view.step)]
    if entry := view.entry:
        below += entry_fields(entry)
        if entry.pins:
            below.append(pin_list(overview, entry.pins, context))
        below += commit_fields(overview.tracker, entry, context.web)
    return Item(spaced(_state(view), Span(view.step.title, "strong"), muted(view.step.id)), below=below)


def _state(view: EvaluationStepView) -> Text:
    problem = view.evidence_problem
    return text_of(view.state, Span(f", {problem}" if problem else "", "alert"))


def evaluation_step_table(views: Sequence[EvaluationStepView]) -> list[Block]:
    """Return a table of steps: title, state, verifications, gates, and the reason with its author."""
    if not views:
        return []
    rows = tuple(
        Row(
            (
                text_of(Span(view.step.id, "strong"), f": {view.step.title}"),
                _state(view),
                ", ".join(kind.lower() for kind, _ in verifications(view.step)),
                ", ".join(view.step.gates),
                short_entry(view.entry),
            )
        )
        for view in views
    )
    titles = ("Evaluation step", "State", "Verifies", "Gates", "Reason")
    return [Table(tuple(Column(title, shrink="wrap") for title in titles), rows)]


def evaluation_steps_document(overview: Overview, context: PageContext) -> Document:
    """Return all evaluation steps of the tracker."""
    blocks = evaluation_step_blocks(overview, overview.steps, context)
    if not blocks:
        blocks = [Paragraph("The tracker has no evaluation steps. Add [[steps]] to the tracker file.")]
    return Document(key="steps", title=Span("steps", "strong"), blocks=blocks)
