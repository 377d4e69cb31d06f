"""A step of the walk: its reason, its keys, its changes, and the document of its subject."""

from pawtui.refresh.refresh_types import Drift
from pawtui.report.document import (
    Block,
    Document,
    Field,
    Gap,
    Heading,
    Item,
    List,
    Nested,
    Paragraph,
    Role,
    Span,
    Target,
    Text,
    spaced,
    text_of,
)
from pawtui.report.documents.difference_document import evidence_changes_table
from pawtui.report.documents.document_parts import (
    PageContext,
    compare_span,
    compare_target,
    muted,
    pin_item,
    pin_target,
    state_span,
)
from pawtui.report.documents.subject_document import subject_document
from pawtui.report.refresh_difference import ReadingChange, reading_change
from pawtui.report.walk_keys import settling_keys
from pawtui.report.words import short_pin
from pawtui.review.record_types import Change
from pawtui.review.views import GateView, Overview, SignalView
from pawtui.review.walk import WalkStep, last_reviewed

_ALERT_BELOW = 4
# The maximum number of listed evidence changes; the document below lists all evidence.
_CHANGES_SHOWN = 8
_HUNK_ROLES: dict[str, Role] = {"+": "ok", "-": "danger", "@": "muted"}


def walk_step_document(
    overview: Overview, step: WalkStep, context: PageContext, done: Change | None, error: str = ""
) -> Document | None:
    """Return the document of a step, or None if the tracker no longer has its subject.

    `done` is the change that decided the step, `error` the reason why the last change was refused.
    """
    page = subject_document(overview, step.subject, context)
    if page is None:
        return None
    blocks: list[Block] = [Paragraph(Span(f"x {error}", "danger"), hang=2)] if error else []
    blocks.append(Field("why now", Span(step.why, "alert" if step.urgency < _ALERT_BELOW else "muted")))
    keys = settling_keys(overview, step.subject)
    others = f"; or {keys.others}" if keys.others else ""
    closes = "; c: close the review" if not step.needs_decision else ""
    blocks.append(Field("next", text_of(Span(keys.key, "strong"), f": {keys.does}", muted(f"{others}{closes}"))))
    if done is not None:
        blocks.append(Field("decided", muted(f"{done.summary}, by {done.by}")))
    blocks += _since_decided(overview, step.subject, context)
    blocks += _since_last_review(overview, step, context)
    blocks += _evidence_to_renew(overview, step.subject, context)
    return Document(
        key=f"walk:{page.key}", title=page.title, subtitle=page.subtitle, blocks=(*blocks, Gap(), *page.blocks)
    )


def _since_decided(overview: Overview, subject: str, context: PageContext) -> list[Block]:
    """Return the range of upstream commits since the gate was set or the verdict was given."""
    view, last = overview.view(subject), overview.last
    given = view.entry if isinstance(view, GateView) else view.verdict if view else None
    if last is None or given is None or not given.upstream:
        return []
    since = muted(f"since it was {'set' if isinstance(view, GateView) else 'given'} on {given.at:%Y-%m-%d}")
    if given.upstream == last.upstream.sha:
        return [Field("compare", spaced(muted("upstream has no new commits"), since, gap=" "))]
    repo = last.upstream.repo
    moved = compare_span(context.web, repo, given.upstream, last.upstream.sha)
    target = compare_target(context.web, repo, given.upstream, last.upstream.sha)
    return [Field("compare", spaced(muted("upstream"), moved, since, gap=" "), target)]


def _since_last_review(overview: Overview, step: WalkStep, context: PageContext) -> list[Block]:
    """Return the changes of a signal since the last closed review: its state and its evidence."""
    signal = overview.view(step.subject)
    before, last = last_reviewed(overview.record), overview.last
    if not isinstance(signal, SignalView) or before is None or last is None:
        return []
    label = f"since {before.at:%m-%d}"
    change = reading_change(signal.signal.id, signal.title, before, last)
    if change is None:
        # Evidence under another rule is not compared.
        return [Field(label, muted("no change" if before.rules == last.rules else "same state, with another tracker"))]
    states = Field(label, _states(signal, change))
    if not change.evidence:
        return [states]
    table = evidence_changes_table(change.evidence, min(_CHANGES_SHOWN, context.max_evidence))
    return [states, Field("", muted(f"evidence: {change.count()}")), Nested(tuple(table))]


def _states(signal: SignalView, change: ReadingChange) -> Text:
    if not change.why:
        return spaced(state_span(signal.measured), muted("same state"))
    was = state_span(change.before) if change.before else muted("not measured")
    return spaced(was, muted("→"), state_span(signal.measured), Span(change.why, "alert"))


def _evidence_to_renew(overview: Overview, subject: str, context: PageContext) -> list[Block]:
    """Return each stale or unchecked pin, with its changed lines and its current place."""
    view = overview.view(subject)
    if view is None or not view.problem_pins:
        return []
    items = tuple(_problem_pin(drift, context) for drift in view.problem_pins)
    return [Heading("Evidence to renew"), List(items, mark="@")]


def _problem_pin(drift: Drift, context: PageContext) -> Item:
    below: list[Block] = []
    if drift.summary:
        compare = Target(url=drift.url, copy=drift.by or drift.url) if drift.url else None
        below.append(Paragraph(Span(drift.summary, "muted", drift.url), compare))
    if drift.place:
        target = pin_target(drift.place, context.web)
        place = text_of(muted("now "), Span(short_pin(drift.place), "link", target.url))
        below.append(Paragraph(place, target, hang=4))
    below += [Paragraph(Span(line, _HUNK_ROLES.get(line[:1], "")), hang=2) for line in drift.hunk]
    return pin_item(drift, below, context)
