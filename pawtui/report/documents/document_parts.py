"""Parts of several documents: the decision, the plan, the state of a gate, commits, pins, notes, evidence."""

import datetime as dt
from collections.abc import Iterable, Sequence
from heapq import nlargest

import msgspec

from pawtui.moments import day_text
from pawtui.phrases import counted, short_sha
from pawtui.probes.reading import Evidence
from pawtui.refresh.pins import pin_or_none
from pawtui.refresh.refresh_types import Drift, PlanStatus, Refresh
from pawtui.report.document import Block, Column, Field, Heading, Hunk, Item, Paragraph, Prose, Row, Table, Target
from pawtui.report.spans import Role, Span, Text, TextLike, hint, muted, signature, spaced, state_span, text_of
from pawtui.report.words import earliest_go, name_and_commit, plan_summary, short_pin, shown_gate_state
from pawtui.review.overview import Overview
from pawtui.review.record_types import EvaluationStepEntry, GateEntry, Note, PinnedEntry
from pawtui.review.subject_status import GateStatus
from pawtui.sources import links

NOTHING_MISSING = "Every signal is met, every gate is satisfied, no evidence is stale."
_PLAN_ROLES: dict[str, Role] = {"approved": "ok", "waiting": "alert", "unclear": "alert", "withdrawn": "alert"}
MAX_EVIDENCE = 60  # listed items of a probe, and listed changes of a signal
_MAX_NOTES = 20  # on a subject


class DocumentContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a document shows: the overview, the web address of the host, and the current time (UTC)."""

    overview: Overview
    web: str
    now: dt.datetime


def gate_span(status: GateStatus) -> Span:
    """Return the shown state of a gate."""
    shown = shown_gate_state(status)
    return Span("unchecked", "gate-unchecked") if shown == "unchecked" else state_span(shown)


def evidence_remark(status: GateStatus) -> str:
    """Return the problem with the evidence of a gate, or why it is untested again; empty if there is neither.

    The shown state of a satisfied gate (`gate_span`) names the problem, so the remark is its effect.
    """
    if status.state == "satisfied" and status.evidence_problem:
        return "does not count as satisfied"
    return status.evidence_problem or status.reopened_reason


def compare_span(web: str, repo: str, base: str, head: str) -> Span:
    """Return the range of commits as `0a1b2c3d4e..5f6a7b8c9d`, with a link to their comparison."""
    return Span(f"{short_sha(base)}..{short_sha(head)}", "link", links.compare_url(web, repo, base, head))


def commit_field(label: str, repo: str, sha: str, web: str) -> Field:
    """Return a full SHA that links to its commit."""
    url = links.commit_url(web, repo, sha)
    return Field(label, Span(sha, "link", url), Target(url=url, copy=sha))


def entry_fields(entry: GateEntry | EvaluationStepEntry) -> list[Block]:
    """Return the reason of a state, its author and time."""
    reason = [Field("reason", Prose(entry.reason))] if entry.reason else []
    return [*reason, Field("set by", signature(entry.by, entry.at))]


def reason_line(entry: GateEntry | EvaluationStepEntry | None, parts: str = "") -> Text:
    """Return the reason of a state with its author and day on one line; `parts` is the number of ticked parts."""
    by = text_of(Span(entry.by, "code"), f", {day_text(entry.at)}") if entry else ()
    remark = spaced(parts, by, gap="; ")
    if entry is None or not entry.reason:
        return remark or (muted("none"),)
    return text_of(entry.reason, " (", remark, ")")


def entry_commits(entry: PinnedEntry, context: DocumentContext) -> list[Block]:
    """Return the known commits at which an entry was written, upstream first."""
    tracker = context.overview.tracker
    sides = (("upstream", tracker.upstream, entry.upstream), ("downstream", tracker.downstream, entry.downstream))
    return [commit_field(label, side.repo, sha, context.web) for label, side, sha in sides if sha]


def error_blocks(refresh: Refresh) -> list[Block]:
    """Return the facts that a refresh could not fetch."""
    return section("Not available", [Paragraph(Span(error, "alert"), hang=2) for error in refresh.errors])


def pin_target(pin: str, web: str, pin_of: str = "") -> Target:
    """Return a target that opens the web page of a pin and copies the pin. `pin_of` is that of `Target`."""
    parsed = pin_or_none(pin)
    return Target(url=parsed.page_url(web) if parsed else "", copy=pin, pin_of=pin_of)


def drift_span(drift: Drift) -> Span:
    """Return the drift of a pin, or that it should have been checked."""
    return Span("? not checked", "alert") if drift.failed else state_span(drift.state)


def pin_items(pins: Iterable[str], context: DocumentContext, pin_of: str = "") -> list[Item]:
    """Return each pin with its drift, and below it the change. `pin_of` is that of `Target`."""
    return [pin_item(context.overview.drift[pin], context, pin_of) for pin in pins]


def pin_item(drift: Drift, context: DocumentContext, pin_of: str = "") -> Item:
    """Return a pin with its commit and its drift, and below it the change."""
    below: list[Block] = []
    if drift.summary and drift.state != "fresh":
        compare = Target(url=drift.url, copy=drift.by or drift.url, changed_pin=drift.pin) if drift.url else None
        below.append(Paragraph(Span(drift.summary, "muted", drift.url), compare))
    if drift.hunk:
        below.append(Hunk(drift.hunk))
    name, commit = name_and_commit(drift.pin)
    target = pin_target(drift.pin, context.web, pin_of)
    return Item(Span(name, "link", target.url), spaced(muted(commit), drift_span(drift)), target, below=below, mark="@")


def note_blocks(notes: tuple[Note, ...], context: DocumentContext) -> list[Block]:
    """Return the newest notes in full with their pins; the first line of a note links to it."""
    remark = (muted(counted(len(notes), "note")),) if notes else (muted("none"), hint(" (<n:note.write> to write one)"))
    blocks: list[Block] = [Heading("Notes", remark)]
    for note in nlargest(_MAX_NOTES, notes, key=lambda note: note.id):
        target = Target(copy=note.text, subject=f"note:{note.id}")
        first_line = spaced(muted(day_text(note.at)), muted(note.by))
        below: list[Block] = [Prose(note.text), *pin_items(note.pins, context)]
        blocks.append(Item(first_line, target=target, below=below, mark=""))
    if (more := len(notes) - _MAX_NOTES) > 0:
        blocks.append(Paragraph(muted(counted(more, "older note"))))
    return blocks


def section(title: str, blocks: Sequence[Block], remark: TextLike = ()) -> list[Block]:
    """Return blocks below a heading; nothing without blocks."""
    return [Heading(title, remark), *blocks] if blocks else []


def table_of(rows: Sequence[Row]) -> list[Block]:
    """Return rows as a table without titles, whose last column wraps; nothing without rows."""
    if not rows:
        return []
    return [Table((*(Column() for _ in rows[0].cells[1:]), Column(shrink="wrap")), rows)]


def titled_table(titles: Sequence[str], rows: Sequence[Row]) -> Table:
    """Return a table with titles, in which all columns wrap."""
    return Table([Column(title, shrink="wrap") for title in titles], rows)


def evidence_table(evidence: Sequence[Evidence], limit: int) -> list[Block]:
    """Return the first `limit` evidence items as a table: day, commit or issue, text."""
    rows = [evidence_row(item) for item in evidence[:limit]]
    if (more := len(evidence) - limit) > 0:
        rows.append(Row(((), (), muted(f"{more} more"))))
    return table_of(rows)


def evidence_row(evidence: Evidence, *first_cells: TextLike, below: Sequence[Block] = ()) -> Row:
    """Return an evidence item as a row: the first cells, the day, the commit or issue, the text."""
    target = Target(url=evidence.url, copy=evidence.pin or evidence.url or evidence.text)
    day = muted(day_text(evidence.at) if evidence.at else "")
    name = ""
    pin = pin_or_none(evidence.pin)
    if pin is not None and pin.kind == "issue":
        name = f"#{pin.number}"
    elif pin is not None and pin.kind == "commit":
        name = short_sha(pin.sha)
    # The text often begins with this name: do not show it twice.
    text = evidence.text.removeprefix(name).lstrip() if name else Span(evidence.text, "", evidence.url)
    return Row((*first_cells, day, Span(name, "link", evidence.url), text), target, below)


def decision_blocks(overview: Overview) -> list[Block]:
    """Return the decision, all its reasons, and the first day on which it can become `go`."""
    count = counted(len(overview.reasons), "reason") if overview.reasons else ""
    earliest = f"No GO before {earliest_go(overview)}" if overview.earliest else ""
    return [
        Heading("Decision", spaced(state_span(overview.decision), muted(count))),
        *reason_blocks(overview),
        Paragraph(Span(earliest, "alert")),
    ]


def reason_blocks(overview: Overview) -> list[Block]:
    """Return the reasons, each with a link to its signal or gate; without reasons, return that nothing is missing.

    Decisions on subjects that the tracker does not define come last: the reasons do not have them.
    """
    blocks: list[Block] = []
    for reason in overview.reasons:
        label = Span(f"{reason.label}: ", "strong")
        if reason.subject:
            detail = muted(f": {short_pin(reason.detail)}" if reason.detail else "")
            text = text_of(label, f'"{reason.title}"', detail)
        else:
            text = text_of(label, reason.detail)
        blocks.append(Item(text, target=Target(copy=reason.text, subject=reason.subject)))
    if not overview.reasons:
        blocks.append(Paragraph(NOTHING_MISSING))
    undefined = ", ".join(overview.undefined_subjects)
    remark = f"Decided, but not in the tracker: {undefined}. Restore the id, or decide again." if undefined else ""
    blocks.append(Paragraph(Span(remark, "alert")))
    return blocks


def plan_blocks(plan: PlanStatus | None) -> list[Block]:
    """Return the status of the plan, with links to its comment and to the deciding comment."""
    if plan is None:
        return []
    posted = Target(url=plan.url, copy=plan.url) if plan.url else None
    state = Span(plan_summary(plan), _PLAN_ROLES.get(plan.state, "muted"))
    blocks: list[Block] = [Heading("Plan", muted("migration work needs an approved plan")), Paragraph(state, posted)]
    for words, url in (("approving comment", plan.approval_url), ("comment about the approval", plan.unclear_url)):
        if url:
            blocks.append(Paragraph(Span(words, "link"), Target(url=url, copy=url)))
    return blocks
