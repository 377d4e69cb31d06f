"""The change of some lines of a file between two versions: pure functions of the two texts.

Lines are unchanged if a shortest difference does not touch them. A shortest difference keeps a longest common
subsequence (LCS). There are often several: the closing brace of an added function can be matched as that of the
previous function. So all of them are searched for a split of the new text: the LCS lengths of the
parts above and below the split must add up to the full length. The lengths are computed bit-parallel
(Hyyrö, "Bit-parallel LCS-length computation revisited", 2004), one big integer operation per line of the old text.
"""

from collections.abc import Sequence
from difflib import unified_diff
from itertools import accumulate
from typing import Literal

import msgspec

# Old lines times new lines, without the common first and last lines: takes about 50 ms at most.
MAX_SIZE = 400_000_000
HUNK_LINES = 16
_CONTEXT = 2
# A block with fewer letters and digits is not searched for: a brace or a blank line is in any file.
_MIN_CHARACTERS = 12
_BINARY_PREFIX = 8_000


class LineDrift(msgspec.Struct, frozen=True, kw_only=True):
    """The change of the lines, and in `lines` the place of the lines or their replacement in the new text.

    `beyond`: the old text ends before the lines. `unknown`: the texts are too large to compare. `hunk` is the
    difference around the lines, as in a unified diff; it is empty for unchanged lines.
    """

    state: Literal["fresh", "changed", "moved", "gone", "beyond", "unknown"]
    lines: tuple[int, int] | None = None
    hunk: tuple[str, ...] = ()


def split_lines(data: bytes) -> list[str] | None:
    """Return a file's lines as git counts them, or None for a binary file (a NUL among its first 8,000 bytes)."""
    if b"\0" in data[:_BINARY_PREFIX]:
        return None
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    if lines[-1] == "":
        # The final line break does not begin another line.
        lines.pop()
    return lines


def line_drift(old: Sequence[str], new: Sequence[str], pinned: tuple[int, int]) -> LineDrift:
    """Return the change of the `pinned` lines (first and last, from 1) from the old text to the new text."""
    start, end = pinned[0] - 1, pinned[1]
    if end > len(old):
        return LineDrift(state="beyond")
    prefix = _common_prefix(old, new, start)
    suffix = _common_suffix(old, new, min(len(old) - end, len(new) - prefix))
    before, after = old[prefix : len(old) - suffix], new[prefix : len(new) - suffix]
    if len(before) * len(after) > MAX_SIZE:
        return LineDrift(state="unknown")
    found = _Alignment(before, after).place(start - prefix, end - prefix)
    block = old[start:end]
    if found is not None and found.is_intact:
        return LineDrift(state="fresh", lines=(prefix + found.start + 1, prefix + found.end))
    hunk = _hunk(old, new, (start, end), None if found is None else (prefix + found.start, prefix + found.end), prefix)
    if find_block(block, old) and (elsewhere := find_block(block, new)):
        return LineDrift(state="moved", lines=elsewhere, hunk=hunk)
    if found is None:
        return LineDrift(state="gone", hunk=hunk)
    return LineDrift(state="changed", lines=(prefix + found.start + 1, prefix + found.end), hunk=hunk)


def find_block(block: Sequence[str], text: Sequence[str]) -> tuple[int, int] | None:
    """Return the place of the lines in a text if it has them exactly once; None for mere braces and blank lines."""
    if _characters(block) < _MIN_CHARACTERS:
        return None
    first, size = block[0], len(block)
    places = [at for at, line in enumerate(text) if line == first and list(text[at : at + size]) == list(block)]
    return (places[0] + 1, places[0] + size) if len(places) == 1 else None


def _characters(lines: Sequence[str]) -> int:
    return sum(char.isalnum() for line in lines for char in line)


class _Place(msgspec.Struct, frozen=True):
    """Lines of the new text, from `start` up to but not with `end`, counted from 0."""

    start: int
    end: int
    is_intact: bool


class _Alignment:
    """The set of all shortest differences between two texts."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self._old = old
        self._new = new
        self._masks = _masks(new)
        self._reversed = _masks(new[::-1])

    def place(self, start: int, end: int) -> _Place | None:
        """Return the new place of the old lines from `start` up to `end`, or of their replacement; None if removed."""
        old, new = self._old, self._new
        block, size = list(old[start:end]), end - start
        starts = self._splits(start)
        intact = [at for at in starts if list(new[at : at + size]) == block]
        if intact:
            at = max(intact, key=lambda at: self._context(start, end, at))
            return _Place(at, at + size, True)
        # Lines added before the first line or after the last line do not belong to the place.
        first = max((at for at in starts if at < len(new) and new[at] == old[start]), default=min(starts))
        every_end = self._splits(end)
        ends = [at for at in every_end if at >= first]
        last = min((at for at in ends if at > first and new[at - 1] == old[end - 1]), default=max(ends, default=first))
        if last <= first or (not set(starts).isdisjoint(every_end) and not _characters(new[first:last])):
            # All lines may be gone: a remaining brace may belong to the previous function.
            return None
        return _Place(first, last, False)

    def _splits(self, at: int) -> list[int]:
        """Return each place where a shortest difference can split the new text if it splits the old text at `at`."""
        above = _lcs_lengths(self._old[:at], self._masks, len(self._new))
        below = _lcs_lengths(self._old[at:][::-1], self._reversed, len(self._new))[::-1]
        totals = [first + second for first, second in zip(above, below, strict=True)]
        best = max(totals)
        return [place for place, total in enumerate(totals) if total == best]

    def _context(self, start: int, end: int, at: int) -> int:
        """Return the number of lines around the block that are the same as in the old text."""
        old, new, size = self._old, self._new, end - start
        same = _common_suffix(old[:start], new[:at], min(start, at))
        return same + _common_prefix(old[end:], new[at + size :], len(old) - end)


def _masks(lines: Sequence[str]) -> dict[str, int]:
    """Return, for each line, its places as the bits of an integer."""
    places: dict[str, bytearray] = {}
    for at, line in enumerate(lines):
        found = places.setdefault(line, bytearray(len(lines) // 8 + 1))
        found[at >> 3] |= 1 << (at & 7)
    return {line: int.from_bytes(bits, "little") for line, bits in places.items()}


def _lcs_lengths(old: Sequence[str], masks: dict[str, int], size: int) -> list[int]:
    """Return the LCS length of `old` with the first 0, 1, ... `size` lines of the text of `masks`."""
    full = (1 << size) - 1
    row = full
    for line in old:
        if mask := masks.get(line):
            common = row & mask
            row = ((row + common) | (row - common)) & full
    # Each zero bit is one more common line.
    bits = reversed(f"{row:0{size}b}") if size else ()
    return list(accumulate((bit == "0" for bit in bits), initial=0))


def _common_prefix(old: Sequence[str], new: Sequence[str], most: int) -> int:
    most = min(most, len(old), len(new))
    return next((at for at in range(most) if old[at] != new[at]), most)


def _common_suffix(old: Sequence[str], new: Sequence[str], most: int) -> int:
    return next((at for at in range(most) if old[-1 - at] != new[-1 - at]), max(0, most))


def _hunk(
    old: Sequence[str], new: Sequence[str], pinned: tuple[int, int], now: tuple[int, int] | None, near: int
) -> tuple[str, ...]:
    """Return the difference between the pinned lines and the lines that replaced them, with some context."""
    start, end = now or (near, near)
    before = old[max(0, pinned[0] - _CONTEXT) : pinned[1] + _CONTEXT]
    after = new[max(0, start - _CONTEXT) : end + _CONTEXT] if now else _without(old, pinned)
    lines = list(unified_diff(before, after, n=_CONTEXT, lineterm=""))[2:]
    return tuple(lines[:HUNK_LINES])


def _without(old: Sequence[str], pinned: tuple[int, int]) -> list[str]:
    return [*old[max(0, pinned[0] - _CONTEXT) : pinned[0]], *old[pinned[1] : pinned[1] + _CONTEXT]]
