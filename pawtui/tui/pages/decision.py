"""The decision and why it is what it is."""

from __future__ import annotations

from pawtui.review.views import Overview
from pawtui.tui.page import Block, block, heading
from pawtui.tui.pages.common import decision_mark
from pawtui.tui.text import ALERT, glued, line, own


def decision_blocks(overview: Overview) -> list[Block]:
    """The decision, every reason behind it, and the day on which it could change."""
    blocks = [heading("Decision now", decision_mark(overview.decision))]
    blocks += [block(glued(own("- "), line(reason)), hang=2) for reason in overview.reasons]
    if overview.earliest:
        blocks.append(block(line(f"It could change on {overview.earliest} at the earliest.", ALERT)))
    return blocks
