"""The summary of a refresh for the tracking issue: the essential facts, and folded details."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pawtui.ids import is_after
from pawtui.moments import day_text
from pawtui.phrases import counted, short_sha
from pawtui.refresh.refresh_types import PlanStatus, Refresh, RepoSnapshot
from pawtui.report.document import Block, Document, Field, Heading, Item, Paragraph, Row, Table
from pawtui.report.documents.decision_parts import NOTHING_MISSING
from pawtui.report.documents.document_parts import (
    DocumentContext,
    compare_span,
    evidence_remark,
    gate_span,
    pin_target,
    reason_line,
    titled_table,
)
from pawtui.report.documents.gate_document import evaluation_step_table
from pawtui.report.documents.summary_details import detail_sections
from pawtui.report.documents.summary_notes import subject_notes, summary_notes
from pawtui.report.refresh_difference import RefreshDifference, SideChange, compare_refreshes
from pawtui.report.spans import Span, Text, spaced, state_span, text_of
from pawtui.report.words import earliest_go, met_counts, plan_summary, short_name
from pawtui.review.decision import Reason, ReasonKind
from pawtui.review.overview import Overview
from pawtui.review.record_types import Change, Record
from pawtui.review.subject_status import GateStatus, SignalStatus
from pawtui.review.undo import FoldedChange, fold_log
from pawtui.review.walk import agreed_with, compared_refresh, review_start
from pawtui.sources import links

# Kinds of reasons whose detail is short and not shown elsewhere in the visible part.
_DETAILED: frozenset[ReasonKind] = frozenset({"blocked", "renewal"})
# Kinds of reasons that are states of a signal. The summary lists them under one label.
_STATES: frozenset[ReasonKind] = frozenset({"unmet", "partial", "unknown"})


def summary_document(context: DocumentContext) -> Document:
    """Return the summary of the last refresh; without a refresh, only the scope."""
    overview = context.overview
    last = overview.last
    at = last.at if last else context.now
    title = f"Scope refresh on {day_text(at)}: {overview.tracker.title}"
    if last is None:
        nothing = Paragraph("No refresh is recorded. Refresh first.")
        return Document("summary", title, blocks=(nothing, *detail_sections(context)))
    notes = summary_notes(overview)
    base = compared_refresh(overview.record)
    difference = compare_refreshes(overview.tracker, overview.record, base, last) if base else None
    blocks: list[Block] = [
        *_decision_fields(last, context),
        *_missing(overview, last),
        *(_changes(overview, difference) if difference else ()),
        _repositories(overview, last, difference, context.web),
        titled_table(("Signal", "State", "Measured"), [_signal_row(status) for status in overview.signals]),
        *subject_notes("signal", notes, context),
        titled_table(("Gate", "State", "Reason"), [_gate_row(status) for status in overview.gates]),
        *subject_notes("gate", notes, context),
        *evaluation_step_table(overview.steps),
        *subject_notes("review", notes, context),
        *detail_sections(context),
    ]
    return Document(key="summary", title=title, blocks=blocks)


def _decision_fields(last: Refresh, context: DocumentContext) -> Iterator[Block]:
    overview = context.overview
    yield Field("Decision", text_of(state_span(overview.decision), f": {met_counts(overview)}"))
    review = overview.record.reviews.get(last.id)
    if review is None:
        yield Field("Recommendation", "none yet (review open)")
    else:
        given = "" if review.decision == overview.decision else f", given at decision {review.decision}"
        by = text_of(" (", Span(review.by, "code"), f", {day_text(review.at)}{given})")
        yield Field("Recommendation", text_of(review.recommendation, by))
    if overview.plan is not None:
        yield Field("Plan", _plan(overview.plan))
    if overview.due:
        issue = overview.tracker.issue
        linked = text_of("; tracking issue ", Span(issue, "link", pin_target(issue, context.web).url)) if issue else ()
        yield Field("Next review", text_of(str(overview.due), linked))


def _plan(plan: PlanStatus) -> Text:
    posted = Span(plan_summary(plan), "link", plan.url)
    comments = [("approval", plan.approval_url), ("comment", plan.unclear_url)]
    comment_links = [text_of(" (", Span(words, "link", url), ")") for words, url in comments if url]
    return text_of(posted, *comment_links)


def _missing(overview: Overview, last: Refresh) -> Iterator[Block]:
    """Yield the missing items for a go, grouped by label: `Blocked: shadow replay (2 of 6 parts), ...`."""
    yield Heading("Missing for GO")
    if not overview.reasons:
        yield Paragraph(NOTHING_MISSING)
    groups: defaultdict[str, list[Reason]] = defaultdict(list)
    for reason in overview.reasons:
        groups["Not met" if reason.kind in _STATES else reason.label].append(reason)
    for label, reasons in groups.items():
        yield Field(label, spaced(*(_short_reason(reason, overview) for reason in reasons), gap=", "))
    if last.errors:
        yield Field("Not available", f"{counted(len(last.errors), 'error')}, see the details")
    yield Field("No GO before", earliest_go(overview))


def _short_reason(reason: Reason, overview: Overview) -> str:
    name = short_name(reason.subject)
    if not name:
        return reason.detail
    if reason.kind in _STATES:
        return f"{name} ({reason.kind})"
    if reason.kind == "stale":
        return f"{name} ({overview.statuses[reason.subject].evidence_state})"
    return f"{name} ({reason.detail})" if reason.kind in _DETAILED and reason.detail else name


def _changes(overview: Overview, difference: RefreshDifference) -> Iterator[Block]:
    record, before = overview.record, difference.first
    yield Heading(f"Changes since {day_text(before.at)}")
    # The changes before that review was closed are in its own summary.
    changes = [*_changes_since(record, review_start(record) or before)]
    lines = []
    if (old := record.decision_at(before)) != overview.decision:
        lines.append(text_of(Span("Decision: ", "strong"), f"{old} → {overview.decision}"))
    lines += [*_changed_facts(difference), *_log_lines(changes, overview)]
    yield from map(Item, lines) if lines else (Paragraph("No changes."),)


def _changes_since(record: Record, start: Refresh | Change) -> Iterator[FoldedChange]:
    """Yield the changes that began after the start, and the earlier ones that were undone or redone since."""
    for folded in fold_log(record.log):
        since = [change for change in (folded.change, *folded.later) if is_after(change, start)]
        if folded.change in since:
            yield folded
        # An undo and its redo leave an earlier change as it was.
        elif len(since) % 2 == 1:
            yield FoldedChange(change=since[-1] if since[-1].undoes else folded.change)


def _changed_facts(difference: RefreshDifference) -> Iterator[Text]:
    for warning in difference.warnings:
        yield text_of(Span("Warning: ", "strong"), warning)
    if difference.plan.changed:
        old, new = difference.plan.status_words
        why = f" ({difference.plan.why})" if difference.plan.why else ""
        yield text_of(Span("Plan: ", "strong"), f"{old} → {new}{why}")
    for reading in difference.readings:
        if reading.why:
            states = f"{reading.before or 'not measured'} → {reading.after or 'not measured'}"
            yield text_of(Span(f"{short_name(f'signal:{reading.id}')}: ", "strong"), f"{states} ({reading.why})")
    others = [
        f"{short_name(f'signal:{reading.id}')} ({reading.evidence_counts})"
        for reading in difference.readings
        if reading.evidence and not reading.why
    ]
    if others:
        yield text_of(Span("Same state, new evidence: ", "strong"), ", ".join(others))


def _log_lines(changes: Sequence[FoldedChange], overview: Overview) -> Iterator[Text]:
    """Yield the changes by each maintainer; notes, agreements and undone changes are only counted."""
    by_name: defaultdict[str, list[FoldedChange]] = defaultdict(list)
    for folded in changes:
        by_name[folded.change.by].append(folded)
    for by, folded_changes in by_name.items():
        listed: list[str] = []
        agreed: set[str] = set()
        notes = undone = 0
        for folded in folded_changes:
            change = folded.change
            if folded.is_undone:
                undone += 1
            elif change.action == "note":
                notes += 1
            elif agreed_with(change) and not change.edits:
                # An agreement that removed a verdict has edits, and is listed.
                agreed.add(agreed_with(change))
            else:
                listed.append(change.summary)
        parts = list(dict.fromkeys(listed))
        if notes:
            parts.append(counted(notes, "note change"))
        if undone:
            parts.append(counted(undone, "undone change"))
        if known := agreed & overview.statuses.keys():
            subjects = counted(len(overview.statuses), "signal or gate", "signals and gates")
            parts.append(f"agreed with {len(known)} of {subjects}")
        if parts:
            yield text_of(Span(by, "code"), f": {'; '.join(parts)}")


def _repositories(overview: Overview, last: Refresh, difference: RefreshDifference | None, web: str) -> Table:
    since = "the previous refresh"
    upstream = downstream = text_of("first refresh")
    if difference is not None:
        upstream, downstream = [_commits_since(side, web) for side in difference.sides]
        if difference.first is not overview.previous:
            since = day_text(difference.first.at)
    rows = (_repository_row(last.upstream, upstream, web), _repository_row(last.downstream, downstream, web))
    return titled_table(("Repository", "Ref", "Commit", f"Since {since}"), rows)


def _repository_row(snapshot: RepoSnapshot, commits: Text, web: str) -> Row:
    commit = Span(short_sha(snapshot.sha), "link", links.commit_url(web, snapshot.repo, snapshot.sha))
    dated = text_of(commit, f" of {day_text(snapshot.committed_at)}", f". {snapshot.remark}" if snapshot.remark else "")
    return Row((Span(snapshot.repo, "code"), Span(snapshot.ref, "code"), dated, commits))


def _commits_since(side: SideChange, web: str) -> Text:
    """Return the commits between two refreshes, with their number if it is known."""
    before, after = side.before, side.after
    if before.repo.lower() not in (after.repo.lower(), after.renamed_from.lower()):
        return text_of("unknown")
    if before.sha == after.sha:
        return text_of("no new commits")
    size = ", ".join(filter(None, (side.size, side.not_ancestor_reason)))
    return text_of(compare_span(web, after.repo, before.sha, after.sha), f": {size}" if size else "")


def _subject(status: SignalStatus | GateStatus) -> Text:
    return text_of(Span(short_name(status.subject), "strong"), f": {status.title}")


def _signal_row(status: SignalStatus) -> Row:
    by_verdict = "by verdict" if status.overridden else ""
    renewal = "verdict needs renewal" if status.renewal_reason else ""
    state = spaced(state_span(status.effective), by_verdict, renewal, status.evidence_problem, gap=", ")
    # Under a verdict, the column of the state does not have the measured state.
    measured = f"{status.measured}: {status.summary}" if status.overridden and status.summary else status.summary
    return Row((_subject(status), state, measured))


def _gate_row(status: GateStatus) -> Row:
    state = spaced(gate_span(status), evidence_remark(status), gap=", ")
    parts = status.ticked_summary if status.state != "satisfied" else ""
    return Row((_subject(status), state, reason_line(status.entry, parts)))
