"""The decision with its reasons, and the status of the migration plan."""

from pawtui.phrases import counted
from pawtui.refresh.refresh_types import PlanStatus
from pawtui.report.document import Block, Heading, Item, Paragraph, Target
from pawtui.report.spans import Role, Span, muted, spaced, state_span, text_of
from pawtui.report.words import earliest_go, plan_summary, short_pin
from pawtui.review.decision import Reason
from pawtui.review.overview import Overview

NOTHING_MISSING = "Every signal is met, every gate is satisfied, no evidence is stale."
_PLAN_ROLES: dict[str, Role] = {"approved": "ok", "waiting": "alert", "unclear": "alert", "withdrawn": "alert"}


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
    reasons: list[Block] = [_reason_item(reason) for reason in overview.reasons]
    undefined = ", ".join(overview.undefined_subjects)
    remark = f"Decided, but not in the tracker: {undefined}. Restore the id, or decide again." if undefined else ""
    return [*(reasons or [Paragraph(NOTHING_MISSING)]), Paragraph(Span(remark, "alert"))]


def _reason_item(reason: Reason) -> Item:
    label = Span(f"{reason.label}: ", "strong")
    if not reason.subject:
        return Item(text=text_of(label, reason.detail), target=Target(copy=reason.text))
    detail = f": {short_pin(reason.detail)}" if reason.detail else ""
    return Item(
        text=text_of(label, f'"{reason.title}"', muted(detail)),
        target=Target(copy=reason.text, subject=reason.subject),
    )


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
