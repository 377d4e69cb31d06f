"""The items of the walk as JSON: the shape of an item, and the function that makes the list."""

from typing import TypedDict

from pawtui.report.walk_keys import default_walk_keys
from pawtui.review.walk import Walk


class WalkItemJson(TypedDict):
    """One item of the walk, most urgent first.

    `subject` is `signal:ID` or `gate:ID`. `urgency` is from 0 (stale or unchecked evidence) to 6 (nothing to decide).
    `decided` is true if someone decided it since the last refresh. `next` has the keys that decide the item, the usual
    one first.
    """

    subject: str
    why: str
    urgency: int
    decided: bool
    next: str


def walk_items_json(walk: Walk) -> list[WalkItemJson]:
    """Return the items of a walk."""
    return [
        {
            "subject": item.subject,
            "why": item.why,
            "urgency": item.urgency,
            "decided": item.subject in walk.decided,
            "next": default_walk_keys(walk.overview, walk.overview.statuses[item.subject]),
        }
        for item in walk.items
    ]
