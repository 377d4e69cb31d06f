"""What the tracker is for and what it is not, and the related work, kept beside the review."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from pawtui.review.views import Overview
from pawtui.tui.content import LINK, MUTED, STRONG, concat, line, spaced, trusted
from pawtui.tui.page import Block, Page, Target, block, gap, heading
from pawtui.tui.pages.common import PageContext, pin_target, titled
from pawtui.tui.pages.decision_page import decision_blocks, plan_blocks
from pawtui.tui.screens.page_screen import PageScreen
from pawtui.tui.screens.plan_ruling_dialog import PlanRulingDialog


class ScopeScreen(PageScreen):
    """Scope lines, related work, and the decision's reasons."""

    BINDING_GROUP_TITLE = "Scope"
    HELP = "The scope lines of the tracker, its related issues and pull requests, and why the decision is what it is."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "rule_on_plan", "Plan", id="scope.plan", tooltip="Record what the plan's comments mean"),
    ]
    card_title = "Scope and related work"

    def action_rule_on_plan(self) -> None:
        """Ask what the comments under the plan mean."""
        plan = self.overview.plan if self.overview else None
        if plan is None or plan.state in ("none", "unknown"):
            self.app.notify("No plan is known. Post one, then refresh.")
        else:
            self.app.push_screen(PlanRulingDialog(plan))

    def content(self) -> Page | None:
        """The page."""
        return scope_page(self.overview, self.page_context) if self.overview else None


def scope_page(overview: Overview, page_context: PageContext) -> Page:
    """Scope, related work with the state of the last refresh, and the decision."""
    tracker = overview.tracker
    blocks: list[Block] = [block(line(tracker.title, STRONG))]
    if tracker.about:
        blocks.append(block(line(tracker.about, MUTED)))
    if tracker.issue:
        summary = concat(trusted("tracked in "), line(tracker.issue, LINK))
        blocks.append(block(summary, target=pin_target(tracker.issue, page_context.web)))
    blocks += decision_blocks(overview)
    blocks += plan_blocks(overview.plan)
    blocks.append(heading("In scope"))
    blocks += [block(concat(trusted("+ ", "$text-success"), line(one)), hang=2) for one in tracker.scope.inside]
    blocks.append(heading("Out of scope"))
    blocks += [block(concat(trusted("- ", "$text-error"), line(one)), hang=2) for one in tracker.scope.outside]
    blocks.append(heading("Related work", line("linked, scopes apart", MUTED)))
    looks = {look.ref: look for look in overview.last.related} if overview.last else {}
    for one in tracker.related:
        look = looks.get(one.ref)
        state = look.state if look else "not looked at yet"
        words = spaced([line(one.ref, LINK), line(state, STRONG), line(look.title if look else "")])
        target = pin_target(one.ref, page_context.web)
        blocks.append(block(words, hang=2, target=Target(url=(look.url if look else "") or target.url, copy=one.ref)))
        if one.why:
            blocks.append(block(line(one.why, MUTED), indent=2))
        if look and look.cause:
            blocks.append(block(line(look.cause, MUTED), indent=2))
    blocks.append(gap())
    return Page(key="scope", title=titled(tracker.id), blocks=tuple(blocks))
