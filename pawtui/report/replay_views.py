"""What a report of a replay says: one function a view, each returning plain tables and lines, or None.

How they are written out is the matter of `replay_plain.py` and `replay_markdown.py`. Counts, ids, names of types and
fields only: nothing of what was said in a session.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from pawtui.replay import queries
from pawtui.replay.checks import FIRST_MODEL
from pawtui.replay.proof import Proof, check_proofs, semantics_proofs
from pawtui.replay.result import SourceInfo
from pawtui.replay.run import Result
from pawtui.replay.session_state import SETTLED
from pawtui.replay.tally import CHECKS
from pawtui.report.words import counted

# The field of what concerns all of a part or a message.
ALL = "(all)"
_DIGEST = 12


class Name(NamedTuple):
    """An id or a name that comes from outside: a type, a field, a session, a path."""

    text: str


Cell = str | int | Name


class Table(NamedTuple):
    """A table; the last column may hold sentences. `more` is how many rows are left out."""

    heading: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    more: int = 0


class Lines(NamedTuple):
    """Sentences, each of texts and names; without a heading they open the report."""

    heading: str
    lines: list[tuple[Cell, ...]]


Block = Table | Lines


def report(result: Result, limit: int | None = None) -> list[Block]:
    """Return the whole report: what is read first comes first. `limit` is how many rows a table has at most."""
    blocks = [
        summary(result),
        semantics(result),
        checks(result),
        issues(result),
        lost(result),
        changed(result),
        refused(result),
        unfinished(result),
        agreement(result),
        sessions(result),
        fields(result),
        outside(result),
        *disagreements(result),
        unknown(result),
        sources(result),
    ]
    return [_cut(block, limit) for block in blocks if block is not None]


def _cut(block: Block, limit: int | None) -> Block:
    if isinstance(block, Lines) or limit is None or len(block.rows) <= limit:
        return block
    return block._replace(rows=block.rows[:limit], more=len(block.rows) - limit)


def summary(result: Result) -> Block:
    """Return what was replayed onto what, and the sum of it."""
    total = queries.total(result)
    read = counted(len(result.tally.sessions), "session")
    read += f", {counted(sum(result.tally.messages.values()), 'message')}, {counted(total.total, 'part')}"
    names: list[Cell] = [Name(PurePath(source.path).name) for source in result.sources]
    what = names if len(names) == 1 else [counted(len(names), "source")]
    lines: list[tuple[Cell, ...]] = [
        (*what, f"onto {result.generation.title}: {read}."),
        (_kept(result),),
        _schema(result),
    ]
    if not result.complete:
        lines.append(("Not all could be read: see the problems below.",))
    return Lines("", lines)


def _kept(result: Result) -> str:
    total = queries.total(result)
    said = f"{total.kept:,} parts are kept, {total.changed:,} changed, {total.lost:,} lost."
    if total.poorer:
        said += f" {total.poorer:,} of those that arrive lack {counted(total.fields, 'field')}."
    if total.unstated:
        said += f" {counted(total.unstated, 'difference')} without a reason in the mapping."
    return said


def _schema(result: Result) -> tuple[Cell, ...]:
    if result.schema is None:
        return ("The events were not checked against a schema: name the upstream's OpenAPI document with --schema.",)
    made = sum(result.tally.events.values())
    refused = sum(error.count for error in result.tally.event_errors.values() if error.type != FIRST_MODEL)
    said = f"All {made:,} events are valid" if not refused else f"{refused:,} of {made:,} events are refused"
    schema = result.schema
    title = f"{schema.title} {schema.version}".strip() or PurePath(schema.path).name
    return (f"{said} by the schema", Name(title), "with the sha256", Name(schema.sha256[:_DIGEST]))


def semantics(result: Result) -> Block | None:
    """Return how many parts of each semantics arrive, the worst first, and whether that proves a gate's part."""
    proofs = semantics_proofs(result)
    rows: list[tuple[Cell, ...]] = []
    for name, counts in queries.by_semantics(result):
        proof = proofs.get(name)
        row = (Name(name), counts.total, counts.kept, counts.changed, counts.lost, counts.fields)
        rows.append((*row, _proof(proof) if proof is not None else ""))
    rows += [(Name(name), 0, 0, 0, 0, 0, "no part of it is there") for name in queries.absent(result)]
    columns = ("semantics", "parts", "kept", "changed", "lost", "fields lost", "proof")
    return Table("Semantics", columns, rows)


def _proof(proof: Proof) -> str:
    return "proven" if proof.proven else f"not proven: {proof.reason}"


def checks(result: Result) -> Block | None:
    """Return how many sessions open, read, resume and export."""
    proofs = check_proofs(result)
    rows: list[tuple[Cell, ...]] = []
    for name in CHECKS:
        check = result.tally.checks[name]
        rows.append((name, check.passed, check.failed, _proof(proofs[name])))
    return Table("Sessions", ("check", "pass", "fail", "proof"), rows)


def issues(result: Result) -> Block | None:
    """Return what is wrong with the sources, what could not be read first."""
    rows: list[tuple[Cell, ...]] = [
        (1, "not read", "source", Name(source.path), Name(source.error)) for source in result.sources if source.error
    ]
    for found in sorted(result.tally.issues.values(), key=lambda found: (-found.unread, -found.count, found.kind)):
        where = [issue.where or issue.session for issue in found.examples[:3]]
        said = "not read" if found.unread else "read"
        details = dict.fromkeys(issue.detail for issue in found.examples if issue.detail)
        rows.append((found.count, said, found.kind, Name(", ".join(where)), Name("; ".join(details))))
    return Table("Problems", ("times", "", "problem", "where", "detail"), rows) if rows else None


def lost(result: Result) -> Block | None:
    """Return which parts are lost as a whole, and why."""
    rows: list[tuple[Cell, ...]] = [
        (parts, Name(entry.type), Name(entry.semantics), entry.reason)
        for entry, parts in queries.groups(result, "lost", whole=True)
    ]
    return Table("Lost", ("parts", "type", "semantics", "reason"), rows) if rows else None


def changed(result: Result) -> Block | None:
    """Return which parts arrive with a change of what they say, and why."""
    rows: list[tuple[Cell, ...]] = [
        (parts, Name(entry.type), Name(entry.semantics), Name(entry.field or ALL), entry.reason)
        for entry, parts in queries.groups(result)
        if entry.weight == "content" and not (entry.kind == "lost" and not entry.field)
    ]
    return Table("Changed", ("parts", "type", "semantics", "field", "reason"), rows) if rows else None


def fields(result: Result) -> Block | None:
    """Return which fields are missing or differ in parts that arrive all the same."""
    found: dict[tuple[str, str, str, str], int] = {}
    for entry, parts in queries.groups(result):
        if entry.weight == "detail" and entry.field:
            key = (entry.type, entry.kind, entry.field, entry.reason)
            found[key] = found.get(key, 0) + parts
    rows: list[tuple[Cell, ...]] = [
        (parts, Name(kind), how, Name(field), reason)
        for (kind, how, field, reason), parts in sorted(found.items(), key=lambda item: -item[1])
    ]
    return Table("Fields", ("parts", "type", "", "field", "reason"), rows) if rows else None


def outside(result: Result) -> Block | None:
    """Return what differs outside parts: of messages, sessions and other tables."""
    rows: list[tuple[Cell, ...]] = [
        (one.count, one.scope, Name(one.subject), one.kind, Name(one.field or ALL), one.reason)
        for one in queries.outside(result)
    ]
    return Table("Outside parts", ("times", "", "of", "", "field", "reason"), rows) if rows else None


def refused(result: Result) -> Block | None:
    """Return what the schema refuses: events, and messages of the first model that it would not read."""
    found = sorted(result.tally.event_errors.values(), key=lambda one: (-one.count, one.type, one.error))
    rows: list[tuple[Cell, ...]] = [
        (one.count, Name(one.type), Name(", ".join(one.examples[:1])), Name(one.error)) for one in found
    ]
    return Table("Refused by the schema", ("times", "event", "such as", "error"), rows) if rows else None


def unfinished(result: Result) -> Block | None:
    """Return the sessions that were left in the middle of something, and what each side does on resume."""
    rows: list[tuple[Cell, ...]] = []
    for state, number in sorted(result.tally.left.items()):
        if state not in SETTLED:
            today, after = result.resume.get(state, ("", ""))
            some = [session.id for session in result.tally.sessions if session.left == state][:3]
            rows.append((number, state, Name(", ".join(some)), f"Today: {today} After: {after}"))
    return Table("Sessions left unfinished", ("sessions", "left", "such as", "on resume"), rows) if rows else None


def agreement(result: Result) -> Block | None:
    """Return how far the mapping agrees with what the upstream itself stored."""
    lines: list[tuple[Cell, ...]] = []
    for one in result.upstream:
        name = Name(f"{one.generation} {one.stored}")
        if one.sessions:
            rest = one.parts - one.agreed - one.explained
            agreed = f"{one.agreed:,} of {counted(one.parts, 'part')} agree ({one.share:.1%})"
            agreed += f" in {counted(one.sessions, 'session')}; of the others {one.explained:,} are explained"
            lines.append((name, f"{agreed}, {rest:,} are not."))
        if one.alone:
            lines.append((name, f"{counted(one.alone, 'session')} with nothing of the first model to compare."))
    return Lines("What the upstream itself stored", lines) if lines else None


def disagreements(result: Result) -> list[Block]:
    """Return each difference from what the upstream itself stored."""
    blocks: list[Block] = []
    for one in result.upstream:
        rows: list[tuple[Cell, ...]] = [
            (each.count, each.parts, Name(each.event), Name(each.field or ALL), _side(each.only), each.reason)
            for each in one.differences
        ]
        if rows:
            columns = ("times", "parts", "event", "field", "side", "reason")
            blocks.append(Table(f"Differences from the upstream's {one.generation} {one.stored}", columns, rows))
    return blocks


def _side(only: str) -> str:
    return f"only {only}" if only else "differs"


def sessions(result: Result) -> Block | None:
    """Return the sessions of which something is lost or changed, the worst first."""
    rows: list[tuple[Cell, ...]] = []
    for session in queries.sessions(result):
        counts = session.parts
        if counts.lost or counts.changed or counts.unstated:
            rows.append((Name(session.id), counts.total, counts.kept, counts.changed, counts.lost, session.left))
    columns = ("session", "parts", "kept", "changed", "lost", "left")
    return Table("Sessions with losses", columns, rows) if rows else None


def types(result: Result) -> Block | None:
    """Return how many parts of each type arrive, the worst first."""
    rows: list[tuple[Cell, ...]] = [
        (Name(name), counts.total, counts.kept, counts.changed, counts.lost, counts.fields)
        for name, counts in queries.by_type(result)
    ]
    columns = ("type", "parts", "kept", "changed", "lost", "fields lost")
    return Table("Types of parts", columns, rows) if rows else None


def unknown(result: Result) -> Block | None:
    """Return the tables and columns that no version is known to have."""
    lines: list[tuple[Cell, ...]] = []
    for source in result.sources:
        inventory = source.inventory
        if inventory is None:
            continue
        for table, count in inventory.unknown_tables.items():
            lines.append(("Table", Name(table), f"with {counted(count, 'row')}."))
        for table, columns in inventory.unknown_columns.items():
            lines.append(("Columns of", Name(table), "that no version has:", Name(", ".join(columns))))
    return Lines("Not known", lines) if lines else None


def sources(result: Result) -> Block | None:
    """Return what was read, with digests."""
    lines: list[tuple[Cell, ...]] = []
    for source in result.sources:
        digest = (f"{counted(source.bytes, 'byte')}, {_how(source)}, sha256", Name(source.sha256))
        lines.append((Name(source.path), *(digest if source.sha256 else (_how(source),))))
    if result.skipped:
        lines.append((f"{counted(len(result.skipped), 'other file')} in the folders that were named: no sessions.",))
    return Lines("Sources", lines)


def _how(source: SourceInfo) -> str:
    if source.error:
        return "not read"
    if source.kind == "export":
        return "export"
    if source.wal_sha256:
        return "from a copy, with its log"
    return "from a copy" if source.copied else "in place"


def content(parts: Sequence[tuple[str, list[tuple[str, str]]]]) -> list[Block]:
    """Return parts with what was said in them, each a title and named texts. Only for `--show-content`."""
    return [
        Lines(title, [(label, Name(line)) for label, text in texts for line in text.splitlines() or [""]])
        for title, texts in parts
    ]
