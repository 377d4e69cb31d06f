"""A full line diff of two texts: all lines of both, in the order of the newer text."""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

import msgspec

# The maximum number of pairs of equal lines, which is the cost of a comparison. With more, all lines are shown as
# removed and added.
_MAX_PAIRS = 10_000_000


class DiffLine(msgspec.Struct, frozen=True):
    """A line with its number in the older and in the newer text; 0 if the text does not have it."""

    kind: Literal["same", "removed", "added"]
    text: str
    old: int
    new: int


def text_diff(old: Sequence[str], new: Sequence[str]) -> list[DiffLine]:
    """Return the lines of both texts in order; where they differ, the removed lines come before the added lines."""
    counts = Counter(new)
    blocks = [("replace", 0, len(old), 0, len(new))]
    if sum(counts[line] for line in old) <= _MAX_PAIRS:
        blocks = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    lines: list[DiffLine] = []
    for kind, old_from, old_to, new_from, new_to in blocks:
        if kind == "equal":
            rows = zip(range(old_from, old_to), range(new_from, new_to), strict=True)
            lines += [DiffLine("same", new[second], first + 1, second + 1) for first, second in rows]
        else:
            lines += [DiffLine("removed", old[row], row + 1, 0) for row in range(old_from, old_to)]
            lines += [DiffLine("added", new[row], 0, row + 1) for row in range(new_from, new_to)]
    return lines
