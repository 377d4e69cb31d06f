"""A gate: its sentence, its state with who, when and both SHAs, parts to tick, pins, notes, and where to look."""

from __future__ import annotations

from pawtui.report.words import counted, gate_shown
from pawtui.review.model import GateEntry
from pawtui.review.views import GateView, Overview
from pawtui.sources import links
from pawtui.tui.content import ALERT, GATE_STYLE, LINK, MUTED, STRONG, concat, line, lines, spaced, trusted
from pawtui.tui.page import Block, Page, Target, block, gap, heading, pair
from pawtui.tui.pages.common import PageContext, gate_mark, note_blocks, pin_blocks, stamp, titled


def gate_page(overview: Overview, view: GateView, page_context: PageContext) -> Page:
    """Everything about one gate."""
    gate, entry, mark = view.gate, view.entry, gate_mark(gate_shown(view))
    blocks: list[Block] = [block(line(gate.title, STRONG))]
    if gate.about:
        blocks.append(block(line(gate.about, MUTED)))
    blocks.append(gap())
    blocks.append(pair("state", spaced([mark, line(_doubt(view), ALERT)])))
    blocks += _entry(entry, overview, page_context.web) if entry else [pair("", line(_untouched(view), MUTED))]
    blocks += _parts(view)
    if entry and entry.pins:
        blocks.append(
            heading("Evidence", line(f"{counted(len(entry.pins), 'pin')}: X takes the marked one off", MUTED))
        )
        blocks += pin_blocks(entry.pins, page_context)
    blocks += note_blocks(view.notes, page_context)
    blocks += _look(overview, view, page_context.web)
    return Page(key=f"gate:{gate.id}", title=titled(gate.id), subtitle=mark, blocks=tuple(blocks))


def _doubt(view: GateView) -> str:
    incomplete_reasons = ["is stale"] if view.stale else []
    if view.unchecked:
        incomplete_reasons.append("could not be checked")
    if not incomplete_reasons:
        return ""
    return f"its evidence {' and '.join(incomplete_reasons)}" + (
        ": it does not count" if view.state == "satisfied" else ""
    )


def _untouched(view: GateView) -> str:
    return "Nobody has looked at it yet: s satisfied, b blocked, p pins evidence, n writes a note."


def _entry(entry: GateEntry, overview: Overview, web: str) -> list[Block]:
    blocks = [pair("reason", lines(entry.reason))] if entry.reason else []
    blocks.append(pair("set", line(f"by {entry.by}, {stamp(entry.at)}", MUTED)))
    sides = (
        ("up", overview.tracker.upstream.repo, entry.upstream),
        ("down", overview.tracker.downstream.repo, entry.downstream),
    )
    for label, repo, sha in sides:
        if sha:
            target = Target(url=links.commit_url(web, repo, sha), copy=sha)
            blocks.append(pair(f"  {label} at", line(sha, LINK), target=target))
    return blocks


def _parts(view: GateView) -> list[Block]:
    parts = view.gate.parts
    if not parts:
        return []
    ticked = set(view.entry.parts) if view.entry else set()
    blocks = [heading("Parts", line(f"{len(ticked)} of {len(parts)}: Enter or Space ticks the marked one", MUTED))]
    for part in parts:
        done = part.id in ticked
        mark = trusted("[x] " if done else "[ ] ", GATE_STYLE["satisfied" if done else "untested"])
        target = Target(copy=part.title, enter="part", object=f"{view.gate.id}/{part.id}")
        blocks.append(block(concat(mark, line(part.title)), hang=4, target=target))
    return blocks


def _look(overview: Overview, view: GateView, web: str) -> list[Block]:
    if not view.gate.look:
        return []
    last = overview.last
    repo = last.downstream.repo if last else overview.tracker.downstream.repo
    sha = last.downstream.sha if last else ""
    blocks = [heading("Worth opening", line(f"in {repo}{f' @ {sha[:10]}' if sha else ''}", MUTED))]
    for path in view.gate.look:
        url = links.tree_url(web, repo, sha or "HEAD", path)
        copy = f"{repo}@{sha}:{path}" if sha else path
        blocks.append(block(line(path, LINK), target=Target(url=url, copy=copy)))
    return blocks
