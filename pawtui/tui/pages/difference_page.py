"""Two refreshes side by side, as a page: warnings first, then what moved, readings and why, evidence, acts."""

from __future__ import annotations

from textual.content import Content

from pawtui.probes.finding import State
from pawtui.report.difference import Difference, PlanChange, ReadingChange
from pawtui.report.words import counted
from pawtui.sources import links
from pawtui.tui.content import ALERT, DANGER, LINK, MUTED, STRONG, concat, line, spaced, trusted
from pawtui.tui.page import Block, Page, Target, block, gap, heading
from pawtui.tui.pages.common import PageContext, decision_mark, evidence_block, stamp, state_mark, titled

_EVIDENCE_SHOWN = 12


def difference_page(found: Difference, page_context: PageContext) -> Page:
    """The whole difference."""
    blocks: list[Block] = [
        block(concat(trusted("! ", f"bold {DANGER}"), line(one, DANGER)), hang=2) for one in found.warnings
    ]
    blocks.append(block(concat(_decision(found))))
    blocks += _plan(found.plan)
    blocks += [block(line(one)) for one in found.moved]
    blocks += _compare(found, page_context.web)
    changed = [one for one in found.readings if one.why]
    blocks.append(heading("Readings that changed", line(counted(len(changed), "signal") if changed else "none", MUTED)))
    for one in changed:
        blocks += _reading(one)
    others = [one for one in found.readings if not one.why]
    if others:
        blocks.append(heading("Same reading, other evidence", line(counted(len(others), "signal"), MUTED)))
        for one in others:
            blocks += _reading(one)
    blocks.append(
        heading("What people did", line(counted(len(found.actions), "act") if found.actions else "nothing", MUTED))
    )
    blocks += [
        block(
            concat(trusted(f"{stamp(act.at)}  ", MUTED), line(act.by, LINK), trusted("  "), line(act.summary)), hang=18
        )
        for act in found.actions
    ]
    key = f"diff:{found.first.id}:{found.second.id}"
    return Page(key=key, title=titled("diff"), blocks=tuple(blocks))


def _decision(found: Difference) -> Content:
    before, after = found.decision
    if before == after:
        return spaced([line("decision", MUTED), decision_mark(after), line("as before", MUTED)])
    return spaced([line("decision", MUTED), decision_mark(before), line("then", MUTED), decision_mark(after)])


def _plan(plan: PlanChange) -> list[Block]:
    if plan.after is None and not plan.changed:
        return []
    before, after = (line(one) for one in plan.summary)
    parts = [before, line("then", MUTED), after] if plan.changed else [after, line("as before", MUTED)]
    if plan.why:
        parts.append(line(plan.why, ALERT))
    look = plan.after or plan.before
    # Where it stands as before, the first line to open is what the commits between have changed.
    url = (look.approval_url or look.url) if look and plan.changed else ""
    return [
        block(spaced([trusted("plan    ", MUTED), *parts]), hang=10, target=Target(url=url, copy=url) if url else None)
    ]


def _compare(found: Difference, web: str) -> list[Block]:
    blocks = []
    for before, after in (
        (found.first.upstream, found.second.upstream),
        (found.first.downstream, found.second.downstream),
    ):
        if before.sha != after.sha:
            target = Target(
                url=links.compare_url(web, after.repo, before.sha, after.sha), copy=f"{before.sha}..{after.sha}"
            )
            summary = concat(line(after.repo, MUTED), trusted("  "), line(f"{before.sha[:10]}..{after.sha[:10]}", LINK))
            blocks.append(block(summary, target=target))
    return blocks


def _mark(state: State | None) -> Content:
    return state_mark(state) if state else line("- not measured", MUTED)


def _reading(one: ReadingChange) -> list[Block]:
    marks = [_mark(one.after)] if one.before == one.after else [_mark(one.before), line("to", MUTED), _mark(one.after)]
    target = Target(enter="show", object=f"signal:{one.id}", copy=one.id)
    blocks = [block(spaced([line(one.title, STRONG), *marks], gap=2), hang=2, target=target)]
    if one.why:
        blocks.append(block(line(f"because {one.why}", ALERT), indent=2))
    if one.summary:
        blocks.append(block(line(one.summary, MUTED), indent=2))
    for sign, found in (("new", one.new), ("gone", one.gone)):
        for evidence in found[:_EVIDENCE_SHOWN]:
            inner = evidence_block(evidence)
            blocks.append(_signed(sign, inner))
        if len(found) > _EVIDENCE_SHOWN:
            blocks.append(block(line(f"{sign}: {len(found) - _EVIDENCE_SHOWN} more", MUTED), indent=2))
    return [*blocks, gap()]


def _signed(sign: str, inner: Block) -> Block:
    def lay(width: int) -> list[Content]:
        first, *rest = inner.lay(width - 8)
        return [concat(trusted(f"  {sign}".ljust(8), MUTED), first), *(one.pad_left(8) for one in rest)]

    return Block(lay, inner.target)
