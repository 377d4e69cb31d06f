"""The details of a replay: one semantics, one session, or one part. The content of a part is hidden by default."""

import json
from collections import Counter
from collections.abc import Iterator

from pawtui.replay.inspection import InspectedPart
from pawtui.replay.reading.session_types import Json
from pawtui.replay.results.result import Result
from pawtui.replay.results.totals import SessionResult
from pawtui.report.document import Block, Document, Field, Heading, Paragraph, Prose, Target
from pawtui.report.documents.replay_document import (
    differences_section,
    name_span,
    show_target,
    table_section,
    types_section,
)
from pawtui.report.spans import Span, hint, muted, text_of
from pawtui.sources.sanitize import safe_line

_MAX_ROWS = 500
_MAX_LINES = 400
_LINE_CHARACTERS = 500


def semantics_document(result: Result, semantics: str) -> Document:
    """Return the counts and differences of one semantics: by type, by reason, and by session."""
    counts = Counter(
        difference.session.id
        for difference in result.differences(semantics=semantics)
        if difference.session is not None
    )
    worst = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MAX_ROWS]
    targets = [show_target("session", session) for session, _ in worst]
    blocks = [
        *types_section(result, semantics),
        *differences_section(result, semantics),
        *table_section("Sessions with differences", ("session", "differences"), worst, targets),
    ]
    return Document(key=f"semantics:{semantics}", title=f"Semantics {safe_line(semantics)}", blocks=blocks)


def session_document(result: Result, session_id: str) -> Document:
    """Return one session: its counts, the state in which it stopped, and the differences of its parts.

    If several sources have the session, each is shown, with its source.
    """
    sessions = result.sessions_of(session_id)
    blocks: list[Block] = []
    for session in sessions:
        if len(sessions) > 1:
            blocks.append(Heading("Source", name_span(result.sources[session.source].path)))
        blocks += _session_blocks(result, session)
    title = f"Session {safe_line(session_id)}"
    return Document(f"session:{session_id}", title, blocks=blocks or (Paragraph(muted("Not in this replay")),))


def _session_blocks(result: Result, session: SessionResult) -> Iterator[Block]:
    counts = session.parts
    kept = f"{counts.kept:,} kept, {counts.changed:,} changed, {counts.lost:,} lost"
    failed = [f"{check}: {reason}" for check, reason in session.failed.items()]
    yield Field("parts", f"{counts.total:,}: {kept}")
    yield Field("state", session.stopped_in or "unknown")
    yield Field("failed checks", "; ".join(failed) or "none")
    if session.parent:
        yield Field("parent", name_span(session.parent), show_target("session", session.parent))
    # Lost parts first, then fields.
    differences = sorted(result.differences(session=session), key=lambda found: bool(found.difference.field))
    shown = differences[:_MAX_ROWS]
    rows = [(found.part, found.difference.type, found.difference.kind, found.difference.field) for found in shown]
    # Several sources can have the same part.
    targets = [Target(copy=found.part, subject=f"part:{session.source}:{found.part}") for found in shown]
    # The reason is below its row: a column next to ids of parts would be one word wide.
    reasons = [found.difference.reason for found in shown]
    yield from table_section("Differences", ("part", "type", "result", "field"), rows, targets, reasons)
    if not differences:
        yield Paragraph(muted("No differences"))
    elif len(differences) > _MAX_ROWS:
        yield Paragraph(muted(f"{len(differences) - _MAX_ROWS:,} more: --json lists all"))


def part_document(inspected: InspectedPart, *, with_content: bool) -> Document:
    """Return one part: its differences, its events, and, if `with_content`, the content of both."""
    part, events = inspected.part, inspected.events
    blocks: list[Block] = [Field("type", name_span(part.type)), Field("semantics", name_span(inspected.semantics))]
    if part.problem:
        blocks.append(Field("problem", Span(safe_line(f"It {part.problem}."), "alert")))
    rows = [(difference.kind, difference.field, difference.reason) for difference in inspected.differences]
    blocks += table_section("Differences", ("result", "field", "reason"), rows)
    blocks.append(Heading("Events", muted(f"{len(events)}")))
    if with_content:
        for event in events:
            blocks += [Paragraph(name_span(event.type)), *_json(event.data)]
        blocks.append(Heading("Content"))
        blocks += _json(part.data) if part.data is not None else [Paragraph(muted("Not readable"))]
    else:
        blocks += [Paragraph(name_span(event.type)) for event in events]
        blocks.append(Paragraph(text_of(muted("Content hidden"), hint(" (<C:replay.content> shows it)"))))
    return Document(f"part:{part.id}", f"Part {safe_line(part.id)}", blocks=blocks)


def _json(value: Json) -> Iterator[Block]:
    lines = json.dumps(value, indent=2, ensure_ascii=False).splitlines()
    yield Prose("\n".join(_shortened(line) for line in lines[:_MAX_LINES]))
    if len(lines) > _MAX_LINES:
        yield Paragraph(muted(f"{len(lines) - _MAX_LINES:,} lines not shown"))


def _shortened(line: str) -> str:
    indent = len(line) - len(line.lstrip(" "))
    return " " * indent + safe_line(line, _LINE_CHARACTERS)
