"""The whole difference between two texts, line by line: every line of both, in the order of the newer one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Literal

import msgspec

# Lines by lines that are compared one by one; a larger middle is shown as removed and added.
_MOST = 25_000_000


class DiffLine(msgspec.Struct, frozen=True):
    """A line and its numbers in the older and the newer text, 0 where it does not stand there."""

    kind: Literal["same", "removed", "added"]
    text: str
    old: int
    new: int


def text_diff(old: Sequence[str], new: Sequence[str]) -> list[DiffLine]:
    """Return the lines of both texts."""
    size = min(len(old), len(new))
    head = next((at for at in range(size) if old[at] != new[at]), size)
    tail = next((at for at in range(size - head) if old[-1 - at] != new[-1 - at]), size - head)
    found = [DiffLine("same", new[at], at + 1, at + 1) for at in range(head)]
    found += _middle(old[head : len(old) - tail], new[head : len(new) - tail], head)
    old_from, new_from = len(old) - tail, len(new) - tail
    found += [DiffLine("same", new[new_from + at], old_from + at + 1, new_from + at + 1) for at in range(tail)]
    return found


def _middle(old: Sequence[str], new: Sequence[str], head: int) -> list[DiffLine]:
    found: list[DiffLine] = []
    old_at = new_at = 0
    for old_from, new_from, size in _same_blocks(old, new):
        found += [DiffLine("removed", old[at], head + at + 1, 0) for at in range(old_at, old_from)]
        found += [DiffLine("added", new[at], 0, head + at + 1) for at in range(new_at, new_from)]
        found += [
            DiffLine("same", new[new_from + at], head + old_from + at + 1, head + new_from + at + 1)
            for at in range(size)
        ]
        old_at, new_at = old_from + size, new_from + size
    return found


def _same_blocks(old: Sequence[str], new: Sequence[str]) -> Iterable[tuple[int, int, int]]:
    """Where the same lines stand in both texts: from, from, how many; the last one is at both ends."""
    if len(old) * len(new) > _MOST:
        return [(len(old), len(new), 0)]
    return SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
