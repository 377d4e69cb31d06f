"""A probe: its state and summary, its rule and evidence, and its facts if `pawtui probe` measured it."""

import json

import msgspec

from pawtui.probes.reading import ProbeReading
from pawtui.report.document import Block, Document, Field, Nested, Paragraph, Span, spaced
from pawtui.report.documents.document_parts import PageContext, evidence_table, muted, state_span


def probe_line(probe: ProbeReading) -> Paragraph:
    """Return the state, the kind and the summary of a probe."""
    return Paragraph(spaced(state_span(probe.state), Span(probe.kind, "strong"), probe.summary), hang=2)


def probe_blocks(probe: ProbeReading, why: str, max_evidence: int) -> list[Block]:
    """Return a probe with its rule, the reason for the rule, its limits, and its evidence."""
    return [probe_line(probe), Nested((*_rule_fields(probe, why), *evidence_table(probe.evidence, max_evidence)))]


def _rule_fields(probe: ProbeReading, why: str) -> list[Block]:
    fields: list[Block] = [Field("rule", probe.rule)]
    if why:
        fields.append(Field("reason", muted(why)))
    if probe.cause:
        fields.append(Field("cause", Span(probe.cause, "alert")))
    fields += [Field("not covered", muted(gap)) for gap in probe.gaps if gap != probe.cause]
    return fields


def trial_document(name: str, probe: ProbeReading, why: str, context: PageContext) -> Document:
    """Return a probe that was measured without a record, with all facts.

    `name` is the signal and the number of the probe: `low-churn.1`.
    """
    facts = msgspec.to_builtins(probe.facts) if probe.facts is not None else {}
    fields = [
        Field(key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for key, value in facts.items()
        if key != "kind"
    ]
    head = Paragraph(spaced(Span(name, "strong"), probe_line(probe).text), hang=2)
    rule, evidence = _rule_fields(probe, why), evidence_table(probe.evidence, context.max_evidence)
    return Document(
        key=f"probe:{name}",
        title=Span(name, "strong"),
        blocks=(head, Nested((*rule, *evidence)), *((Paragraph("facts"), Nested(fields)) if fields else ())),
    )
