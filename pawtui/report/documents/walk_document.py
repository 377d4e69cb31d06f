"""The walk: the list of its items, its end, and one item in detail."""

from collections.abc import Iterable

from pawtui.moments import day_text
from pawtui.phrases import counted
from pawtui.report.document import Block, Document, EmptyLine, Field, Paragraph, Row, Target
from pawtui.report.documents.difference_document import changed_states, evidence_change_blocks
from pawtui.report.documents.document_parts import (
    DocumentContext,
    compare_span,
    decision_blocks,
    pin_item,
    section,
    table_of,
)
from pawtui.report.documents.gate_document import gate_document
from pawtui.report.documents.signal_document import signal_document
from pawtui.report.refresh_difference import reading_change
from pawtui.report.spans import Span, hint, muted, spaced, state_span, text_of
from pawtui.report.walk_keys import walk_keys
from pawtui.review.overview import Overview
from pawtui.review.record_types import Review
from pawtui.review.subject_status import GateStatus, SignalStatus
from pawtui.review.walk import Urgency, Walk, WalkItem, compared_refresh

# The maximum number of listed evidence changes; the document below lists all evidence.
_CHANGES_SHOWN = 8


def walk_document(walk: Walk, context: DocumentContext) -> Document:
    """Return the document of the current item, or that of the end of the walk. `context` has the walk's overview."""
    return _item_document(walk, walk.item, context) if walk.item is not None else _end_document(walk)


def _end_document(walk: Walk) -> Document:
    decided = [(item, walk.decided[item.subject]) for item in walk.items if item.subject in walk.decided]
    undecided = [item for item in walk.items if item.subject not in walk.decided]
    overview = walk.overview
    review = _closed_review(overview)
    keys_of_items = ", <←:walk.previous>: previous item, <Enter:detail.enter>: marked item" if walk.items else ""
    keys = hint(f" ({_close_key(overview)}, <e:walk.export>: summary{keys_of_items})")
    open_items = [item for item in undecided if item.needs_decision]
    numbers = f"{counted(len(walk.items), 'item')}, {len(open_items)} open, {walk.decided_count} decided"
    blocks: list[Block] = [Paragraph(text_of(Span(numbers, "strong"), keys))]
    if review:
        blocks.append(Field("closed", text_of(review.recommendation, muted(f" ({review.by})"))))
    blocks += decision_blocks(overview)
    decisions = _item_table((item, f"{change.summary}, by {change.by}") for item, change in decided)
    blocks += section("Decided", decisions, muted(counted(len(decided), "item")))
    others = [item for item in undecided if not item.needs_decision]
    for heading, items in (("Open", open_items), ("Nothing to decide", others)):
        table = _item_table((item, "skipped" if item.subject in walk.skipped else item.why) for item in items)
        blocks += section(heading, table, muted(counted(len(items), "item")))
    return Document(key="walk:end", title="walk", subtitle=state_span(walk.overview.decision), blocks=blocks)


def _closed_review(overview: Overview) -> Review | None:
    return overview.record.reviews.get(overview.last.id) if overview.last else None


def _close_key(overview: Overview) -> str:
    return f"<c:walk.close>: {'replace the recommendation' if _closed_review(overview) else 'close the review'}"


def _item_table(items: Iterable[tuple[WalkItem, str]]) -> list[Block]:
    rows = [
        Row((item.subject, muted(remark)), Target(subject=item.subject, copy=item.subject)) for item, remark in items
    ]
    return table_of(rows)


def _item_document(walk: Walk, item: WalkItem, context: DocumentContext) -> Document:
    overview, deciding = context.overview, walk.deciding_change
    status = overview.statuses[item.subject]
    document = signal_document(status, context) if isinstance(status, SignalStatus) else gate_document(status, context)
    # The statement comes first: it is what the user decides.
    statement, *details = document.blocks
    usual, others = walk_keys(overview, status)
    gate_pins = status.own_pins if isinstance(status, GateStatus) else ()
    problem_pins = [
        pin_item(drift, context, status.subject if drift.pin in gate_pins else "") for drift in status.problem_pins
    ]
    closes = f"; {_close_key(overview)}" if not item.needs_decision else ""
    other_keys = Span(f"; or {others}{closes}", "muted", names_keys=True)
    blocks = [
        statement,
        Field("why now", Span(item.why, "alert" if item.urgency <= Urgency.UNTESTED_GATE else "muted")),
        Field("next", (Span(usual, "strong", names_keys=True), other_keys)),
        Field("decided", muted(f"{deciding.summary}, by {deciding.by}" if deciding else "")),
        *_since_decided(status, context),
        *_since_last_review(status, context),
        *section("Evidence to renew", problem_pins),
        EmptyLine(),
        *details,
    ]
    return Document(f"walk:{document.key}", document.title, document.subtitle, blocks)


def _since_decided(status: SignalStatus | GateStatus, context: DocumentContext) -> list[Block]:
    """Return the range of upstream commits since the gate was set or the verdict was given."""
    last = context.overview.last
    given = status.entry if isinstance(status, GateStatus) else status.verdict
    if last is None or given is None or not given.upstream:
        return []
    what = "its state was set on" if isinstance(status, GateStatus) else "the verdict of"
    since = muted(f"since {what} {day_text(given.at)}")
    if given.upstream == last.upstream.sha:
        return [Field("upstream", spaced(muted("no new commits"), since, gap=" "))]
    commits = compare_span(context.web, last.upstream.repo, given.upstream, last.upstream.sha)
    target = Target(url=commits.url, copy=f"{given.upstream}..{last.upstream.sha}")
    return [Field("upstream", spaced(commits, since, gap=" "), target)]


def _since_last_review(status: SignalStatus | GateStatus, context: DocumentContext) -> list[Block]:
    """Return the changes of a signal since the last closed review, in state and evidence; nothing for a gate."""
    before, last = compared_refresh(context.overview.record), context.overview.last
    if not isinstance(status, SignalStatus) or before is None or last is None:
        return []
    label = f"since {before.at:%m-%d}"
    change = reading_change(status.signal.id, status.title, before, last)
    if change is None:
        # Evidence under another rule is not compared.
        return [Field(label, muted("no change" if before.rules == last.rules else "same state, with another tracker"))]
    states = spaced(changed_states(change), Span(change.why, "alert") if change.why else muted("same state"))
    return [Field(label, states), *evidence_change_blocks(change, _CHANGES_SHOWN)]
