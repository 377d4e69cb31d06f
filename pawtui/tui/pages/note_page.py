"""A note in full: its words, its pins and what became of them, and the commits it was written at."""

from __future__ import annotations

from pawtui.review.model import Note
from pawtui.review.views import Overview
from pawtui.sources import links
from pawtui.tui.content import LINK, MUTED, NONE, line, lines
from pawtui.tui.page import Block, Page, Target, block, gap, heading, pair
from pawtui.tui.pages.common import PageContext, pin_blocks, stamp, titled


def note_page(overview: Overview, note: Note, page_context: PageContext) -> Page:
    """Everything about one note."""
    where = note.subject if note.subject != "review" else "the review as a whole"
    whole = Target(copy=note.text, enter="show" if note.subject != "review" else "text", object=note.subject)
    blocks: list[Block] = [
        pair("on", line(where, LINK), target=whole),
        pair("by", line(f"{note.by}, {stamp(note.at)}")),
        gap(),
        block(lines(note.text)),
    ]
    if note.pins:
        blocks.append(heading("Pins"))
        blocks += pin_blocks(note.pins, page_context)
    sides = (
        ("upstream", overview.tracker.upstream.repo, note.upstream),
        ("downstream", overview.tracker.downstream.repo, note.downstream),
    )
    written = [
        pair(label, line(sha, LINK), target=Target(url=links.commit_url(page_context.web, repo, sha), copy=sha))
        for label, repo, sha in sides
        if sha
    ]
    if written:
        blocks += [heading("Written at"), *written]
    blocks += [gap(), block(line("E changes it, X removes it, n writes another.", MUTED))]
    return Page(key=f"note:{note.id}", title=titled("note"), subtitle=NONE, blocks=tuple(blocks))
