"""The report of a replay: what a migration would keep, change and lose.

It has counts, ids and names of fields only, because the text of sessions is private.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import PurePath

from pawtui.phrases import counted
from pawtui.replay.checking.proof import Proof, proofs_of_checks, proofs_of_semantics
from pawtui.replay.checking.session_state import SETTLED, V1_ON_RESUME
from pawtui.replay.results.result import Result, SourceInfo, UpstreamResult
from pawtui.replay.results.totals import Counts
from pawtui.report.document import Block, Column, Document, Item, Paragraph, Row, Table, Target
from pawtui.report.documents.document_parts import section
from pawtui.report.spans import Role, Span, Text, muted, text_of
from pawtui.sources.sanitize import safe_line

# The titles of columns with words of pawtui or of the mapping. Other texts are ids and names, which are shown as code.
_COLUMNS_OF_WORDS = frozenset({"check", "data", "problem", "result", "scope", "state", "side", "reason", "on resume"})
_DIGEST_DIGITS = 12
_COUNT_TITLES = ("parts", "kept", "changed", "lost", "fields lost")

# A cell of a table.
CellValue = str | int | Span


def replay_document(result: Result, *, max_rows: int | None = None) -> Document:
    """Return the report, the most important section first. Each table has at most `max_rows` rows (None: all)."""
    sections: Iterable[Iterable[Block]] = (
        _summary(result),
        _semantics(result),
        _checks(result),
        _problems(result),
        differences_section(result),
        _invalid_data(result),
        _unfinished(result),
        _agreement(result),
        _sessions(result),
        _outside(result),
        *(_disagreements(result, compared) for compared in result.upstream),
        types_section(result),
        _unknown(result),
        _sources(result),
    )
    blocks: list[Block] = []
    for block in chain.from_iterable(sections):
        if isinstance(block, Table) and max_rows is not None and len(block.rows) > max_rows:
            more = f"{len(block.rows) - max_rows:,} more: --json lists all"
            blocks += [Table(block.columns, block.rows[:max_rows]), Paragraph(muted(more))]
        else:
            blocks.append(block)
    return Document(key="replay", title="Shadow replay", blocks=blocks)


def name_span(text: str) -> Span:
    """Return an id or a name from a database, on one line."""
    return Span(safe_line(text), "code")


def show_target(kind: str, key: str) -> Target:
    """Return the target that shows the details of a `semantics` or a `session`."""
    return Target(copy=key, subject=f"{kind}:{key}")


def table_section(
    heading: str,
    titles: Sequence[str],
    rows: Sequence[Sequence[CellValue]],
    targets: Sequence[Target | None] = (),
    remarks: Sequence[str] = (),
) -> list[Block]:
    """Return a section of one table, or nothing if it has no rows. The last column wraps.

    Numbers have commas and are right-aligned, names are code; an empty field concerns the whole part. `remarks` are
    texts below the rows.
    """
    columns = []
    for index, title in enumerate(titles):
        is_number, is_last = all(isinstance(row[index], int) for row in rows), index == len(titles) - 1
        columns.append(Column(title, align="right" if is_number else "left", shrink="wrap" if is_last else "keep"))
    table_rows = []
    for row, target, remark in zip_longest(rows, targets, remarks):
        cells = [_cell(title, value) for title, value in zip(titles, row, strict=True)]
        table_rows.append(Row(cells, target, [Paragraph(muted(remark))] if remark else ()))
    return section(heading, [Table(columns, table_rows)] if rows else [])


def _cell(title: str, value: CellValue) -> str | Span:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Span) or title in _COLUMNS_OF_WORDS:
        return value
    return name_span(value or ("(all)" if title == "field" else ""))


def _summary(result: Result) -> Iterator[Block]:
    counts = result.counts()
    read = counted(len(result.totals.sessions), "session")
    read += f", {counted(sum(result.totals.messages.values()), 'message')}, {counted(counts.total, 'part')}"
    names = [name_span(PurePath(source.path).name) for source in result.sources]
    what = names[0] if len(names) == 1 else Span(counted(len(names), "source"))
    yield Paragraph(text_of("Replayed ", what, f" onto {result.generation.title}: {read}."))
    role: Role = "ok"
    if counts.lost:
        role = "danger"
    elif counts.changed or counts.lost_fields or counts.unstated:
        role = "alert"
    yield Paragraph(
        Span(f"{counted(counts.kept, 'part')} kept, {counts.changed:,} changed, {counts.lost:,} lost.", role)
    )
    if counts.lacks_fields:
        parts = counted(counts.lacks_fields, "kept or changed part")
        yield Paragraph(f"{counted(counts.lost_fields, 'field')} lost in {parts}.")
    if lost := result.lost_messages():
        yield Paragraph(Span(f"{counted(lost, 'message')} lost.", "danger"))
    if counts.unstated:
        yield Paragraph(Span(f"{counted(counts.unstated, 'difference')} without a reason in the mapping.", "alert"))
    yield Paragraph(_schema(result))
    if not result.complete:
        yield Paragraph(Span("Some data could not be read: see Problems.", "danger"))


def _schema(result: Result) -> Text:
    if result.schema is None:
        return text_of(Span("Events not validated: give the upstream's OpenAPI document as the schema.", "alert"))
    made = sum(result.totals.events.values())
    invalid = result.invalid_events()
    validity = f"{invalid:,} of {made:,} events are invalid" if invalid else f"All {made:,} events are valid"
    schema = result.schema
    title = f"{schema.title} {schema.version}".strip() or PurePath(schema.path).name
    return text_of(
        f"{validity} in the schema ", name_span(title), ", sha256 ", name_span(schema.sha256[:_DIGEST_DIGITS])
    )


def _semantics(result: Result) -> list[Block]:
    proofs = proofs_of_semantics(result)
    by_semantics = result.by_semantics()
    rows = [
        (semantics, *_count_cells(counts), _proof(proofs[semantics], is_muted=not counts.total))
        for semantics, counts in by_semantics
    ]
    targets = [show_target("semantics", semantics) if counts.total else None for semantics, counts in by_semantics]
    return table_section("Semantics", ("semantics", *_COUNT_TITLES, "proof"), rows, targets)


def _count_cells(counts: Counts) -> tuple[int, int, int, int, int]:
    return counts.total, counts.kept, counts.changed, counts.lost, counts.lost_fields


def _proof(proof: Proof, *, is_muted: bool = False) -> Span:
    if proof.proven:
        return Span("proven", "ok")
    return Span(f"not proven: {proof.reason}", "muted" if is_muted else "")


def _checks(result: Result) -> list[Block]:
    checks = result.totals.checks
    rows = [
        (check, checks[check].passed, checks[check].failed, _proof(proof))
        for check, proof in proofs_of_checks(result).items()
    ]
    return table_section("Session checks", ("check", "passed", "failed", "proof"), rows)


def _problems(result: Result) -> list[Block]:
    """Return the issues of the sources, first those that left data unread."""
    rows: list[Sequence[CellValue]] = [
        (1, "not read", "source", source.path, source.error) for source in result.sources if source.error
    ]
    issues = result.totals.issues.items()
    for kind, issue_count in sorted(issues, key=lambda item: (-item[1].unread, -item[1].count, item[0])):
        data = "not read" if issue_count.unread else "read"
        where = ", ".join(issue.where or issue.session for issue in issue_count.examples[:3])
        details = "; ".join(dict.fromkeys(issue.detail for issue in issue_count.examples if issue.detail))
        rows.append((issue_count.count, data, kind, where, details))
    return table_section("Problems", ("count", "data", "problem", "where", "detail"), rows)


def differences_section(result: Result, semantics: str = "") -> list[Block]:
    """Return the differences of parts, of all semantics or of one: lost parts, changed content, then details."""
    counts = result.difference_counts(semantics)
    counts.sort(key=lambda item: (not item[0].is_whole_loss, item[0].weight != "content"))
    rows = [(parts, found.type, found.semantics, found.kind, found.field, found.reason) for found, parts in counts]
    return table_section("Differences", ("parts", "type", "semantics", "result", "field", "reason"), rows)


def _outside(result: Result) -> list[Block]:
    rows = [
        (found.count, found.scope, found.subject, found.kind, found.field, found.reason)
        for found in result.outside_differences()
    ]
    titles = ("count", "scope", "name", "result", "field", "reason")
    return table_section("Messages, sessions and tables", titles, rows)


def _invalid_data(result: Result) -> list[Block]:
    """Return the events, and messages of V1, that are invalid in the schema."""
    errors = sorted(result.totals.event_errors.values(), key=lambda error: (-error.count, error.type, error.error))
    rows = [(error.count, error.type, "".join(error.examples[:1]), error.error) for error in errors]
    return table_section("Invalid in the schema", ("count", "event", "example", "error"), rows)


def _unfinished(result: Result) -> Iterator[Block]:
    rows: list[Sequence[CellValue]] = []
    for state, number in sorted(result.totals.stopped_in.items()):
        if state not in SETTLED:
            rule = result.generation.resume.get(state)
            on_resume = "Unknown: see Problems."
            if rule is not None and state in V1_ON_RESUME:
                on_resume = f"Today: {V1_ON_RESUME[state]} After migration: {rule.native}"
            examples = [session.id for session in result.totals.sessions if session.stopped_in == state][:3]
            rows.append((number, state, ", ".join(examples), on_resume))
    yield from table_section("Unfinished sessions", ("sessions", "state", "examples", "on resume"), rows)
    if rows:
        yield Paragraph(text_of(muted("States: "), Span("pawtui help sessions", "code")))


def _agreement(result: Result) -> list[Block]:
    items = []
    for compared in result.upstream:
        label = name_span(_compared_name(result, compared))
        if compared.sessions:
            unexplained = compared.parts - compared.agreed - compared.explained
            agreed = f": {compared.agreed:,} of {counted(compared.parts, 'part')} agree ({compared.agreement:.1%})"
            agreed += f" in {counted(compared.sessions, 'session')}; {compared.explained:,} differ with a reason"
            agreed += f", {unexplained:,} without a reason"
            if compared.unexplained:
                agreed += f". {counted(compared.unexplained, 'difference')} without a reason"
            items.append(Item(text_of(label, f"{agreed}.")))
        if compared.alone:
            sessions = counted(compared.alone, "session")
            items.append(Item(text_of(label, f": {sessions} without V1 messages to compare.")))
        of_source = (session for session in result.totals.sessions if session.source == compared.source)
        if missing := sum(session.messages > 0 for session in of_source) - compared.sessions:
            others = counted(missing, "other session")
            items.append(Item(text_of(label, f": {others} without stored {compared.stored}.")))
    return section("Compared with the upstream's own data", items)


def _compared_name(result: Result, compared: UpstreamResult) -> str:
    name = f"{compared.generation} {compared.stored}"
    if len(result.sources) == 1:
        return name
    return f"{name} of {PurePath(result.sources[compared.source].path).name}"


def _disagreements(result: Result, compared: UpstreamResult) -> list[Block]:
    sides = {"ours": "only mapping", "theirs": "only upstream"}
    rows = [
        (found.count, found.parts, found.event, found.field, sides.get(found.only, "differs"), found.reason)
        for found in compared.differences
    ]
    titles = ("count", "parts", "event", "field", "side", "reason")
    heading = f"Differences from the upstream's {safe_line(_compared_name(result, compared))}"
    return table_section(heading, titles, rows)


def _sessions(result: Result) -> list[Block]:
    rows, targets = [], []
    for session in result.sessions():
        parts = session.parts
        if parts.lost or parts.changed or parts.unstated:
            counts = (parts.total, parts.kept, parts.changed, parts.lost)
            rows.append((session.id, *counts, session.stopped_in))
            targets.append(show_target("session", session.id))
    titles = ("session", "parts", "kept", "changed", "lost", "state")
    return table_section("Sessions with lost, changed or unexplained parts", titles, rows, targets)


def types_section(result: Result, semantics: str = "") -> list[Block]:
    """Return the counts of each type of part, of all semantics or of one, the worst first."""
    rows = [(part_type, *_count_cells(counts)) for part_type, counts in result.by_type(semantics)]
    return table_section("Part types", ("type", *_COUNT_TITLES), rows)


def _unknown(result: Result) -> list[Block]:
    items = []
    for source in result.sources:
        if source.inventory is None:
            continue
        for table, count in source.inventory.unknown_tables.items():
            items.append(Item(text_of("Table ", name_span(table), f" with {counted(count, 'row')}")))
        named = "Fields of" if source.kind == "export" else "Columns of"
        for table, columns in source.inventory.unknown_columns.items():
            items.append(Item(text_of(f"{named} ", name_span(table), ": ", name_span(", ".join(columns)))))
    return section("Unknown tables, columns and fields", items)


def _sources(result: Result) -> list[Block]:
    items = []
    for source in result.sources:
        read = _access(source)
        if source.sha256:
            read = f"{counted(source.bytes, 'byte')}, {read}, sha256 "
        items.append(Item(text_of(name_span(source.path), f": {read}", name_span(source.sha256))))
    if result.skipped:
        items.append(Item(f"{counted(len(result.skipped), 'other file')} without sessions in the given folders"))
    return section("Sources", items)


def _access(source: SourceInfo) -> str:
    if source.error:
        return "not read"
    if source.kind == "export":
        return "export"
    if source.wal_sha256:
        return "from a copy, with its write-ahead log"
    return "from a copy" if source.copied else "in place, read-only"
