"""A full line diff of two texts: all lines of both, in the order of the newer text."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

import msgspec

# The maximum product of the line counts to compare. Larger texts are shown as removed and added.
_MAX_PRODUCT = 25_000_000


class DiffLine(msgspec.Struct, frozen=True):
    """A line with its number in the older and in the newer text; 0 if the text does not have it."""

    kind: Literal["same", "removed", "added"]
    text: str
    old: int
    new: int


def text_diff(old: Sequence[str], new: Sequence[str]) -> list[DiffLine]:
    """Return the lines of both texts in order; where they differ, the removed lines come before the added lines."""
    lines: list[DiffLine] = []
    old_row = new_row = 0
    for old_from, new_from, size in _same_blocks(old, new):
        lines += [DiffLine("removed", old[row], row + 1, 0) for row in range(old_row, old_from)]
        lines += [DiffLine("added", new[row], 0, row + 1) for row in range(new_row, new_from)]
        old_row, new_row = old_from + size, new_from + size
        same_rows = zip(range(old_from, old_row), range(new_from, new_row), strict=True)
        lines += [DiffLine("same", new[second], first + 1, second + 1) for first, second in same_rows]
    return lines


def _same_blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the equal blocks: start in the old text, start in the new text, number of lines."""
    size = min(len(old), len(new))
    start = next((row for row in range(size) if old[row] != new[row]), size)
    rest = size - start
    end = next((count for count in range(rest) if old[-1 - count] != new[-1 - count]), rest)
    yield 0, 0, start
    old_rest, new_rest = old[start : len(old) - end], new[start : len(new) - end]
    if len(old_rest) * len(new_rest) <= _MAX_PRODUCT:
        for block in SequenceMatcher(None, old_rest, new_rest, autojunk=False).get_matching_blocks():
            yield start + block.a, start + block.b, block.size
    yield len(old) - end, len(new) - end, end
