"""The decision and why it is what it is."""

from __future__ import annotations

from pawtui.refresh.model import PlanStatus
from pawtui.report.words import plan_summary
from pawtui.review.views import Overview
from pawtui.tui.content import ALERT, LINK, MUTED, concat, line, trusted
from pawtui.tui.page import Block, Target, block, heading
from pawtui.tui.pages.common import decision_mark


def plan_blocks(plan: PlanStatus | None) -> list[Block]:
    """Where the migration plan stands on the tracking issue, with its comment and the approving one to open."""
    if plan is None:
        return []
    style = {"approved": "$text-success", "waiting": ALERT, "unclear": ALERT, "withdrawn": ALERT}.get(plan.state, MUTED)
    first = Target(url=plan.url, copy=plan.url) if plan.url else None
    blocks = [heading("Plan", line("no migration work before it is approved", MUTED))]
    blocks.append(block(line(plan_summary(plan), style), target=first))
    for url, words in ((plan.approval_url, "the approving comment"), (plan.unclear_url, "the comment")):
        if url:
            blocks.append(block(line(words, LINK), target=Target(url=url, copy=url)))
    return blocks


def decision_blocks(overview: Overview) -> list[Block]:
    """The decision, every reason behind it, and the day on which it could change."""
    blocks = [heading("Decision now", decision_mark(overview.decision))]
    blocks += [block(concat(trusted("- "), line(reason)), hang=2) for reason in overview.reasons]
    if overview.earliest:
        blocks.append(block(line(f"It could change on {overview.earliest} at the earliest.", ALERT)))
    return blocks
