"""A gate: its state, parts, evidence, notes and paths to check; and the evaluation steps that serve gates."""

from collections.abc import Sequence

from pawtui.phrases import counted, short_sha
from pawtui.report.document import Block, Document, EmptyLine, Field, Heading, Item, Paragraph, Row, Target
from pawtui.report.documents.document_parts import (
    DocumentContext,
    entry_commits,
    entry_fields,
    note_blocks,
    pin_items,
    reason_line,
    section,
    titled_table,
)
from pawtui.report.spans import Span, Text, evidence_remark, gate_span, hint, muted, spaced, text_of
from pawtui.review.overview import Overview
from pawtui.review.views import EvaluationStepView, GateView, verifications
from pawtui.sources import links


def gate_document(overview: Overview, view: GateView, context: DocumentContext) -> Document:
    """Return the document of a gate."""
    gate, entry = view.gate, view.entry
    blocks: list[Block] = [
        Paragraph(Span(gate.title, "strong")),
        Paragraph(muted(gate.about)),
        EmptyLine(),
        Field("state", spaced(gate_span(view), Span(evidence_remark(view), "alert"))),
    ]
    if entry is not None:
        blocks += entry_fields(entry)
    else:
        keys = ": s satisfied, b blocked, p pin, n note"
        blocks.append(Field("", (muted("not set yet"), hint(keys))))
    blocks += _parts(view)
    if entry and entry.pins:
        remark = (muted(counted(len(entry.pins), "pin")), hint(" (X: remove the marked pin)"))
        blocks += [Heading("Evidence", remark), *pin_items(overview, entry.pins, context, view.subject)]
    if entry is not None:
        # Below the evidence: full SHAs would take its place on a small screen.
        blocks += section("Commits when set", entry_commits(overview.tracker, entry, context.web))
    blocks += evaluation_step_blocks(overview, overview.steps_of(gate.id), context)
    blocks += note_blocks(overview, view.notes, context)
    blocks += _paths(overview, view, context)
    return Document(key=view.subject, title=gate.id, subtitle=gate_span(view), blocks=blocks)


def _parts(view: GateView) -> list[Block]:
    items = [
        Item(
            text=part.title,
            # `pawtui gate --part` needs the id.
            remark=muted(part.id if part.id != part.title.lower() else ""),
            target=Target(copy=part.title, part=f"{view.gate.id}/{part.id}"),
            ticked=part.id in view.ticked,
        )
        for part in view.gate.parts
    ]
    remark = (muted(f"{len(view.ticked)} of {len(items)}"), hint(" (Space: tick or untick)"))
    return section("Parts", items, remark)


def _paths(overview: Overview, view: GateView, context: DocumentContext) -> list[Block]:
    """Return the downstream paths that the tracker lists for this gate."""
    last = overview.last
    repo = last.downstream.repo if last else overview.tracker.downstream.repo
    sha = last.downstream.sha if last else ""
    items = []
    for path in view.gate.look:
        url = links.tree_url(context.web, repo, sha or "HEAD", path)
        target = Target(url=url, copy=f"{repo}@{sha}:{path}" if sha else path)
        items.append(Item(Span(path, "link"), target=target, mark=""))
    origin = muted(f"{repo} @ {short_sha(sha)}" if sha else repo)
    return section("Paths to check", items, origin)


def evaluation_step_blocks(
    overview: Overview, views: Sequence[EvaluationStepView], context: DocumentContext
) -> list[Block]:
    """Return a section with these steps; nothing if there are no steps."""
    items = [_step_item(overview, view, context) for view in views]
    remark = (muted(counted(len(views), "step")), hint(" (V: set its state)"))
    return section("Evaluation steps", items, remark)


def _step_item(overview: Overview, view: EvaluationStepView, context: DocumentContext) -> Item:
    below: list[Block] = [Field(kind, how) for kind, how in verifications(view.step)]
    if entry := view.entry:
        commits = entry_commits(overview.tracker, entry, context.web)
        below += [*entry_fields(entry), *pin_items(overview, entry.pins, context, view.subject), *commits]
    first_line = spaced(_step_state(view), Span(view.title, "strong"), muted(view.step.id))
    return Item(first_line, below=below, mark="")


def _step_state(view: EvaluationStepView) -> Text:
    problem = view.evidence_problem
    return text_of(view.state, Span(f", {problem}" if problem else "", "alert"))


def evaluation_step_table(views: Sequence[EvaluationStepView]) -> list[Block]:
    """Return a table of steps: title, state, verifications, gates, and the reason with its author."""
    rows = []
    for view in views:
        name = text_of(Span(view.step.id, "strong"), f": {view.title}")
        verified = ", ".join(kind.lower() for kind, _ in verifications(view.step))
        rows.append(Row((name, _step_state(view), verified, ", ".join(view.step.gates), reason_line(view.entry))))
    return [titled_table(("Evaluation step", "State", "Verifies", "Gates", "Reason"), rows)] if rows else []


def evaluation_steps_document(overview: Overview, context: DocumentContext) -> Document:
    """Return all evaluation steps in full."""
    blocks = evaluation_step_blocks(overview, overview.steps, context)
    if not blocks:
        blocks = [Paragraph("The tracker has no evaluation steps. Add [[steps]] to the tracker file.")]
    return Document(key="steps", title="steps", blocks=blocks)
