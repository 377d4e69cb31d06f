"""A refresh: both commits in full, the ranges, what read otherwise than before, what it cost and what went wrong."""

from __future__ import annotations

from textual.content import Content

from pawtui.refresh.model import Range, Refresh, RelatedStatus, RepoSnapshot
from pawtui.report.words import ancestry, counted, movement, ref_notes
from pawtui.review.overview import summary_of
from pawtui.review.views import Overview
from pawtui.sources import links
from pawtui.tui.content import ALERT, DANGER, LINK, MUTED, STRONG, concat, line, lines, spaced
from pawtui.tui.page import Block, Page, Target, block, gap, heading, pair
from pawtui.tui.pages.common import PageContext, decision_mark, pin_target, stamp, state_mark, titled
from pawtui.tui.pages.decision_page import decision_blocks, plan_blocks


def refresh_page(overview: Overview, refresh: Refresh, page_context: PageContext) -> Page:
    """Everything about one refresh."""
    refreshes = overview.record.refreshes
    at = next((index for index, one in enumerate(refreshes) if one.id == refresh.id), 0)
    before = refreshes[at - 1] if at > 0 else None
    blocks: list[Block] = [block(line(f"Refresh of {stamp(refresh.at)} UTC", STRONG)), gap()]
    blocks += _side("upstream", refresh.upstream, refresh.range.upstream, page_context.web)
    blocks += _side("downstream", refresh.downstream, refresh.range.downstream, page_context.web)
    blocks.append(pair("decision", decision_mark(refresh.decision)))
    blocks += _closed(overview, refresh)
    if refresh is overview.last:
        blocks += decision_blocks(overview)
    blocks += plan_blocks(refresh.plan)
    blocks += _readings(overview, refresh, before)
    blocks += _errors(refresh)
    blocks += _cost(refresh)
    blocks += related_blocks(refresh.related, page_context.web)
    return Page(
        key=f"refresh:{refresh.id}",
        title=titled(f"refresh {refresh.at:%Y-%m-%d}"),
        subtitle=decision_mark(refresh.decision),
        blocks=tuple(blocks),
    )


def _side(label: str, side: RepoSnapshot, span: Range | None, web: str) -> list[Block]:
    target = Target(url=links.commit_url(web, side.repo, side.sha), copy=f"{side.repo}@{side.sha}")
    blocks = [
        pair(label, spaced([line(side.repo), line(side.ref, STRONG)])),
        pair("", line(side.sha, LINK), target=target),
        pair("", line(f"committed {stamp(side.committed_at)}", MUTED)),
    ]
    if side.renamed_from:
        blocks.append(pair("", line(f"{side.renamed_from} has been renamed to {side.repo}.", ALERT)))
    blocks += [pair("", line(note, ALERT)) for note in ref_notes(side)]
    if span is not None:
        blocks += _span(side.repo, span, web)
    return [*blocks, gap()]


def _span(repo: str, span: Range, web: str) -> list[Block]:
    if span.from_ == span.to:
        return [pair("", line("has not moved since the refresh before", MUTED))]
    target = Target(url=links.compare_url(web, repo, span.from_, span.to), copy=f"{span.from_}..{span.to}")
    summary = concat(line(f"{span.from_[:10]}..{span.to[:10]}", LINK), "  ", line(movement(span)))
    blocks = [pair("", summary, target=target)]
    if not span.ancestor:
        blocks.append(pair("", line(f"The earlier commit {ancestry(span)}.", DANGER)))
    return blocks


def _closed(overview: Overview, refresh: Refresh) -> list[Block]:
    review = overview.record.reviews.get(refresh.id)
    if review is None:
        return []
    head = spaced([decision_mark(review.decision), line(f"{review.by}, {stamp(review.at)}", MUTED)])
    return [
        pair("closed", head, target=Target(copy=review.recommendation, enter="text")),
        pair("", lines(review.recommendation)),
    ]


def _readings(overview: Overview, refresh: Refresh, before: Refresh | None) -> list[Block]:
    blocks = [heading("Readings", line("against the refresh before" if before else "the first refresh", MUTED))]
    for reading in refresh.signals:
        old = before.signal(reading.id) if before else None
        parts: list[Content] = [state_mark(reading.state), line(reading.id)]
        if old is not None and old.state != reading.state:
            parts.append(line(f"was {old.state}", ALERT))
        parts.append(line(summary_of(overview.tracker.signal(reading.id), reading), MUTED))
        target = Target(enter="show", object=f"signal:{reading.id}", copy=f"{reading.id} {reading.state}")
        blocks.append(block(spaced(parts), hang=2, target=target))
    return blocks


def _errors(refresh: Refresh) -> list[Block]:
    if not refresh.errors:
        return []
    return [heading("Could not be had"), *(block(line(error, ALERT), hang=2) for error in refresh.errors)]


def _cost(refresh: Refresh) -> list[Block]:
    spent = refresh.requests
    words = [counted(spent.sent, "request"), f"{spent.not_modified:,} unchanged"]
    if spent.remaining is not None:
        words.append(f"{spent.remaining:,} left" + (f" of {spent.limit:,}" if spent.limit is not None else ""))
    return [
        heading("Cost"),
        pair("requests", line(", ".join(words))),
        pair("took", line(f"{refresh.duration:.1f} s, {refresh.source}, {refresh.tool}")),
        pair("id", line(refresh.id, MUTED), target=Target(copy=refresh.id, enter="text")),
    ]


def related_blocks(related: tuple[RelatedStatus, ...], web: str) -> list[Block]:
    """Related issues and pull requests as they stood."""
    if not related:
        return []
    blocks = [heading("Related work", line("linked, scopes apart", MUTED))]
    for one in related:
        summary = spaced([line(one.ref, LINK), line(one.state, STRONG), line(one.title or one.cause)])
        target = pin_target(one.ref, web)
        blocks.append(block(summary, hang=2, target=Target(url=one.url or target.url, copy=one.ref)))
    return blocks
