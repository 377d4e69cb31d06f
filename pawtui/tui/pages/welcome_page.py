"""What the detail says where there is nothing to show yet: what this is for, and the first key to press."""

from __future__ import annotations

from pawtui.review.views import Overview
from pawtui.tracker.model import Tracker
from pawtui.tui.content import LINK, MUTED, STRONG, concat, line, trusted
from pawtui.tui.page import Block, Page, block, gap, pair
from pawtui.tui.pages.common import titled


def welcome_page(tracker: Tracker, overview: Overview | None, subject: Page | None = None) -> Page:
    """The first steps, and under them what will be measured; where something is recorded, that this list is empty."""
    if overview is not None and overview.last is not None:
        return Page(key="welcome", title=titled("detail"), blocks=(block(line("Nothing to show here.", MUTED)),))
    keys = (
        ("r", "look at both repositories and measure every signal; it writes only to the record here"),
        ("2", "go to the gates and say how your own project stands: s, b or t"),
        ("n", "write down what you saw, with pins to the exact lines"),
        ("e", "export the Markdown summary for the tracking issue"),
        ("?", "every key, with what it does here"),
    )
    blocks: list[Block] = [
        block(concat(line("Nothing recorded yet.", STRONG), trusted(" Start with "), line("r", LINK), trusted("."))),
        gap(),
        block(line(tracker.about or tracker.title)),
        gap(),
        pair("upstream", line(tracker.upstream.repo)),
        pair("downstream", line(tracker.downstream.repo)),
        gap(),
    ]
    blocks += [pair(key, line(words), width=5) for key, words in keys]
    if subject is not None:
        blocks += [gap(), block(line("─" * 24, MUTED)), *subject.blocks]
    return Page(key="welcome", title=titled("welcome"), blocks=tuple(blocks))
