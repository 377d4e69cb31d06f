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
    old_at = new_at = 0
    for old_from, new_from, size in _same_blocks(old, new):
        lines += [DiffLine("removed", old[at], at + 1, 0) for at in range(old_at, old_from)]
        lines += [DiffLine("added", new[at], 0, at + 1) for at in range(new_at, new_from)]
        lines += [DiffLine("same", new[new_from + at], old_from + at + 1, new_from + at + 1) for at in range(size)]
        old_at, new_at = old_from + size, new_from + size
    return lines


def _same_blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the equal blocks: start in the old text, start in the new text, number of lines."""
    size = min(len(old), len(new))
    same_start = next((at for at in range(size) if old[at] != new[at]), size)
    same_end = next((at for at in range(size - same_start) if old[-1 - at] != new[-1 - at]), size - same_start)
    yield 0, 0, same_start
    old_rest, new_rest = old[same_start : len(old) - same_end], new[same_start : len(new) - same_end]
    if len(old_rest) * len(new_rest) <= _MAX_PRODUCT:
        for block in SequenceMatcher(None, old_rest, new_rest, autojunk=False).get_matching_blocks():
            yield same_start + block.a, same_start + block.b, block.size
    yield len(old) - same_end, len(new) - same_end, same_end
