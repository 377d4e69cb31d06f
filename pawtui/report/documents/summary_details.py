"""The folded sections of the summary: commits, cost, limits, evidence, pins, and the scope."""

from collections.abc import Iterator

from pawtui.moments import moment_text
from pawtui.phrases import counted
from pawtui.probes.probe_facts import ReleaseFacts
from pawtui.refresh.refresh_types import Range, Refresh, RepoSnapshot, SideName
from pawtui.report.document import Block, Details, Field, Item
from pawtui.report.documents.document_parts import DocumentContext, compare_span, evidence_table, pin_items
from pawtui.report.documents.refresh_document import related_blocks
from pawtui.report.documents.summary_notes import summary_notes
from pawtui.report.documents.timeline_document import weekly_blocks
from pawtui.report.reading_facts import errors_with_missing_facts, facts_of
from pawtui.report.spans import Span, spaced, state_span, text_of
from pawtui.report.words import ancestry, cost, part_words, pin_counts, range_size, short_name, snapshot_remarks
from pawtui.review.subject_status import GateStatus, SignalStatus
from pawtui.sources import links

_EVIDENCE_SHOWN = 3
_GAPS_SHOWN = 12


def detail_sections(context: DocumentContext) -> list[Block]:
    """Return the folded sections that are not empty."""
    last = context.overview.last
    sections: list[tuple[str, list[Block]]] = []
    if last is not None:
        commits = [*_commits(last, context), *_not_covered(last), *weekly_blocks(context.overview)]
        evidence = [*_signal_evidence(context), *_gate_evidence(context), *_note_evidence(context)]
        sections = [("Commits, cost, limits and history", commits), ("Evidence", evidence)]
    sections.append(("Scope and related work", list(_scope(context))))
    return [Details(title, blocks) for title, blocks in sections if blocks]


def _commits(last: Refresh, context: DocumentContext) -> Iterator[Block]:
    previous, web = context.overview.previous, context.web
    sides: tuple[SideName, ...] = ("upstream", "downstream")
    for side in sides:
        before = previous.snapshot(side) if previous else None
        yield from _repository(side.capitalize(), last.snapshot(side), before, last.range.of_side(side), web)
    for facts in facts_of(last.signals, ReleaseFacts):
        if newest := facts.newest:
            commit = _commit(last.upstream.repo, newest.sha, web)
            value = text_of(Span(newest.tag, "code"), " at ", commit, f", {newest.at.date()}")
            yield Field("Newest stable release", value)
    yield Field("Measured", f"{moment_text(last.at)} with {last.tool}, source {last.source}")
    yield Field("Cost", f"{cost(last)}, {last.duration:.1f} s")


def _commit(repo: str, sha: str, web: str) -> Span:
    return Span(sha, "link", links.commit_url(web, repo, sha))


def _repository(
    name: str, snapshot: RepoSnapshot, before: RepoSnapshot | None, range_: Range | None, web: str
) -> Iterator[Block]:
    commit_line = text_of(
        Span(snapshot.repo, "code"),
        ", ref ",
        Span(snapshot.ref, "code"),
        ": ",
        _commit(snapshot.repo, snapshot.sha, web),
    )
    yield Field(name, text_of(commit_line, f", committed {moment_text(snapshot.committed_at)}"))
    for remark in snapshot_remarks(snapshot):
        yield Field(f"{name} remark", remark)
    yield Field(f"{name} facts", snapshot.source)
    if before is None:
        yield Field(f"Previous {name.lower()} commit", "none (first refresh)")
        return
    relation = "still the head" if before.sha == snapshot.sha else "comparison not available"
    previous = before.sha
    if range_ is not None:
        # If the comparison of the previous refresh failed, this one is with an earlier commit.
        relation, previous = ancestry(range_), range_.from_
    yield Field(f"Previous {name.lower()} commit", text_of(_commit(before.repo, previous, web), f": {relation}"))
    if range_ is not None and range_.from_ != range_.to:
        between = compare_span(web, snapshot.repo, range_.from_, range_.to)
        yield Field(f"{name} range", text_of(between, f": {range_size(range_)}"))


def _signal_evidence(context: DocumentContext) -> Iterator[Block]:
    for status in context.overview.signals:
        parts = [Item(spaced(state_span(part.state), part_words(part), gap=" ")) for part in status.part_readings]
        blocks: list[Block] = [Item("parts", below=parts)] if parts else []
        for probe in status.probe_readings:
            cause = f" ({probe.cause})" if probe.cause else ""
            first_line = text_of(f"{probe.kind}: ", state_span(probe.state), f", {probe.summary}{cause}")
            below = (Field("rule", probe.rule), *evidence_table(probe.evidence, _EVIDENCE_SHOWN))
            blocks.append(Item(first_line, below=below))
        if pins := [drift.pin for drift in status.problem_pins]:
            blocks.append(Item("pins", below=pin_items(pins, context)))
        if blocks:
            yield Item(_name(status), below=blocks)


def _name(status: SignalStatus | GateStatus) -> Span:
    return Span(short_name(status.subject), "strong")


def _gate_evidence(context: DocumentContext) -> Iterator[Block]:
    for status in context.overview.gates:
        pins = dict.fromkeys((*status.own_pins, *(drift.pin for drift in status.problem_pins)))
        ticked = [part.title for part in status.gate.parts if part.id in status.ticked_parts]
        if pins or ticked:
            named = f"{status.ticked_summary} ({', '.join(ticked)})" if ticked else status.ticked_summary
            yield Item(spaced(_name(status), named), below=pin_items(pins, context))


def _note_evidence(context: DocumentContext) -> Iterator[Block]:
    """Yield the pins of the shown notes, the number of pins by state, and the number of other notes."""
    overview = context.overview
    pins = dict.fromkeys(pin for note in summary_notes(overview) for pin in note.pins)
    if pins:
        yield Item(Span("notes", "strong"), below=pin_items(pins, context))
    failed = next((f" ({drift.summary or 'not checked'})" for drift in overview.drift.values() if drift.failed), "")
    yield Field("All pins", pin_counts(overview) + failed)
    others = len(overview.record.notes) - len(summary_notes(overview))
    yield Field("Other notes", text_of(f"{others:,} (", Span("pawtui notes", "code"), " lists all)") if others else "")


def _not_covered(last: Refresh) -> Iterator[Block]:
    """Yield the facts that could not be fetched, and the limits of the probes."""
    for error in errors_with_missing_facts(last):
        yield Field("Not available", error)
    all_gaps = ((reading.id, gap) for reading in last.signals for probe in reading.probes for gap in probe.gaps)
    gaps = [(signal_id, gap) for signal_id, gap in dict.fromkeys(all_gaps) if gap not in last.errors]
    for signal_id, gap in gaps[:_GAPS_SHOWN]:
        yield Field(f"Not covered, {short_name(f'signal:{signal_id}')}", gap)
    if len(gaps) > _GAPS_SHOWN:
        yield Field("Not covered", counted(len(gaps) - _GAPS_SHOWN, "more gap"))


def _scope(context: DocumentContext) -> Iterator[Block]:
    tracker, last = context.overview.tracker, context.overview.last
    for label, lines in (("In scope", tracker.scope.inside), ("Out of scope", tracker.scope.outside)):
        for line in lines:
            yield Field(label, line)
    statuses, shown = (last.related, last.errors) if last else ((), ())
    yield from related_blocks(tracker.related, statuses, context.web, shown=shown)
