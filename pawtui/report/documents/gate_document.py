"""A gate: its state, parts, evidence, notes and paths to check; and the evaluation steps that serve gates."""

from collections.abc import Sequence

from pawtui.phrases import counted, short_sha
from pawtui.report.document import Block, Document, EmptyLine, Field, Item, Paragraph, Row, Target
from pawtui.report.documents.document_parts import (
    DocumentContext,
    entry_commits,
    entry_fields,
    evidence_remark,
    gate_span,
    note_blocks,
    pin_items,
    reason_line,
    section,
    titled_table,
)
from pawtui.report.spans import Span, Text, hint, muted, spaced, text_of
from pawtui.review.subject_status import EvaluationStepStatus, GateStatus, verifications
from pawtui.sources import links


def gate_document(status: GateStatus, context: DocumentContext) -> Document:
    """Return the document of a gate."""
    gate, entry = status.gate, status.entry
    blocks: list[Block] = [
        Paragraph(Span(gate.title, "strong")),
        Paragraph(muted(gate.about)),
        EmptyLine(),
        Field("state", spaced(gate_span(status), Span(evidence_remark(status), "alert"))),
    ]
    if entry is not None:
        blocks += entry_fields(entry)
    else:
        states = "<s:gate.satisfied> satisfied, <b:gate.blocked> blocked"
        keys = f": {states}, <p:note.pin> pin, <n:note.write> note"
        blocks.append(Field("", (muted("not set yet"), hint(keys))))
    blocks += _parts(status)
    remark = (muted(counted(len(status.own_pins), "pin")), hint(" (<X:note.remove>: remove the marked pin)"))
    blocks += section("Evidence", pin_items(status.own_pins, context, status.subject), remark)
    if entry is not None:
        # Below the evidence: full SHAs would take its place on a small screen.
        blocks += section("Commits when set", entry_commits(entry, context))
    blocks += evaluation_step_blocks(context.overview.steps_of(gate.id), context)
    blocks += note_blocks(status.notes, context)
    blocks += _paths(status, context)
    return Document(key=status.subject, title=gate.id, subtitle=gate_span(status), blocks=blocks)


def _parts(status: GateStatus) -> list[Block]:
    items = [
        Item(
            text=part.title,
            # `pawtui gate --part` needs the id.
            remark=muted(part.id if part.id != part.title.lower() else ""),
            target=Target(copy=part.title, part=f"{status.gate.id}/{part.id}"),
            ticked=part.id in status.ticked_parts,
        )
        for part in status.gate.parts
    ]
    remark = (muted(f"{len(status.ticked_parts)} of {len(items)}"), hint(" (<Space:gate.next>: tick or untick)"))
    return section("Parts", items, remark)


def _paths(status: GateStatus, context: DocumentContext) -> list[Block]:
    last = context.overview.last
    repo = last.downstream.repo if last else context.overview.tracker.downstream.repo
    sha = last.downstream.sha if last else ""
    items = []
    for path in status.gate.paths:
        url = links.tree_url(context.web, repo, sha or "HEAD", path)
        target = Target(url=url, copy=f"{repo}@{sha}:{path}" if sha else path)
        items.append(Item(Span(path, "link"), target=target, mark=""))
    origin = muted(f"{repo} @ {short_sha(sha)}" if sha else repo)
    return section("Paths to check", items, origin)


def evaluation_step_blocks(statuses: Sequence[EvaluationStepStatus], context: DocumentContext) -> list[Block]:
    """Return a section with these steps; nothing if there are no steps."""
    items = []
    for status in statuses:
        below: list[Block] = [Field(kind, how) for kind, how in verifications(status.step)]
        if entry := status.entry:
            pins = pin_items(entry.pins, context, status.subject)
            below += [*entry_fields(entry), *pins, *entry_commits(entry, context)]
        first_line = spaced(_step_state(status), Span(status.title, "strong"), muted(status.step.id))
        items.append(Item(first_line, below=below, mark=""))
    remark = (muted(counted(len(statuses), "step")), hint(" (<V:gate.step>: set its state)"))
    return section("Evaluation steps", items, remark)


def _step_state(status: EvaluationStepStatus) -> Text:
    problem = status.evidence_problem
    return text_of(status.state, Span(f", {problem}" if problem else "", "alert"))


def evaluation_step_table(statuses: Sequence[EvaluationStepStatus]) -> list[Block]:
    """Return a table of steps: title, state, verifications, gates, and the reason with its author."""
    rows = []
    for status in statuses:
        name = text_of(Span(status.step.id, "strong"), f": {status.title}")
        verified = ", ".join(kind.lower() for kind, _ in verifications(status.step))
        rows.append(Row((name, _step_state(status), verified, ", ".join(status.step.gates), reason_line(status.entry))))
    return [titled_table(("Evaluation step", "State", "Verifies", "Gates", "Reason"), rows)] if rows else []


def evaluation_steps_document(statuses: Sequence[EvaluationStepStatus], context: DocumentContext) -> Document:
    """Return these evaluation steps in full."""
    blocks = evaluation_step_blocks(statuses, context)
    if not blocks:
        blocks = [Paragraph("The tracker has no evaluation steps. Add [[steps]] to the tracker file.")]
    return Document(key="steps", title="steps", blocks=blocks)
