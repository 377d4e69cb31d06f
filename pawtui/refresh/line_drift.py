"""The change of some lines of a file between two versions: pure functions of the two texts.

Lines are unchanged if a shortest difference does not touch them. A shortest difference keeps a longest common
subsequence (LCS). There are often several: the closing brace of an added function can be matched as that of the
previous function. So all of them count: one of them splits the new text at a place if the LCS lengths of the parts
above and below the place add up to the full length. Of several equal parts, that with the same lines above it is kept.
The lengths are computed bit-parallel (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004), one big integer
operation per line of the old text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import unified_diff
from functools import partial
from itertools import accumulate
from typing import Literal

import msgspec

# Old lines times new lines, without the common first and last lines: a comparison takes about 50 ms at most.
_MAX_SIZE = 400_000_000
_MAX_HUNK_LINES = 16
_CONTEXT = 2
_MAX_AROUND = 200  # lines around a place that are compared, to choose between places
# A block with fewer letters and digits is not searched for: a brace or a blank line is in any file.
_MIN_CHARACTERS = 12
_BINARY_PREFIX = 8_000
_HUNK_NUMBERS = re.compile(r"@@ -(\d+)(.*) \+(\d+)(.*) @@")


class LineDrift(msgspec.Struct, frozen=True, kw_only=True):
    """The change of the lines, and in `lines` the place of the lines or their replacement in the new text.

    `unknown`: the texts are too large to compare. `hunk` is the difference around the lines, as in a unified diff; it
    is empty for unchanged lines.
    """

    state: Literal["fresh", "changed", "moved", "gone", "unknown"]
    lines: tuple[int, int] | None = None
    hunk: tuple[str, ...] = ()


def split_lines(data: bytes) -> list[str] | None:
    """Return a file's lines as git counts them, without line endings.

    Return None for a binary file (a NUL among its first 8,000 bytes).
    """
    if b"\0" in data[:_BINARY_PREFIX]:
        return None
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    if lines[-1] == "":
        # The final line break does not begin another line.
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def line_drift(old: Sequence[str], new: Sequence[str], pinned: tuple[int, int]) -> LineDrift:
    """Return the change of the `pinned` lines (first and last, from 1) from the old text to the new text."""
    start, end = pinned[0] - 1, pinned[1]
    # Equal lines at both ends are not compared, except enough of them to match the pinned lines and their surroundings.
    margin = end - start + _MAX_AROUND
    prefix = max(0, _common_prefix(old, new, start) - margin)
    suffix = max(0, _common_suffix(old, new, min(len(old) - end, len(new) - prefix)) - margin)
    before, after = old[prefix : len(old) - suffix], new[prefix : len(new) - suffix]
    if len(before) * len(after) > _MAX_SIZE:
        return LineDrift(state="unknown")
    place = _new_place(before, after, start - prefix, end - prefix)
    if place is not None and place.is_intact:
        return LineDrift(state="fresh", lines=(prefix + place.start + 1, prefix + place.end))
    block = old[start:end]
    if _characters(block) >= _MIN_CHARACTERS:
        # Where only the indentation or the alignment of a part changed, no line of the part is equal.
        spaced = _new_place(_without_spaces(before), _without_spaces(after), start - prefix, end - prefix)
        # The place may be that of an equal part, which the exact comparison found to be another one.
        if spaced and spaced.is_intact and list(after[spaced.start : spaced.end]) != list(block):
            place = spaced
    now = place.further_down(prefix) if place else None
    lines = (now.start + 1, now.end) if now else None
    hunk = _hunk(old, new, start, end, now)
    if find_block(block, old) and (elsewhere := find_block(block, new)):
        return LineDrift(state="moved", lines=elsewhere, hunk=hunk)
    return LineDrift(state="changed" if lines else "gone", lines=lines, hunk=hunk)


def find_block(
    block: Sequence[str], text: Sequence[str], min_characters: int = _MIN_CHARACTERS
) -> tuple[int, int] | None:
    """Return the place of the lines in a text if it has them exactly once; None if they have few letters and digits."""
    if _characters(block) < min_characters:
        return None
    first, size = block[0], len(block)
    places = [i for i, line in enumerate(text) if line == first and list(text[i : i + size]) == list(block)]
    return (places[0] + 1, places[0] + size) if len(places) == 1 else None


def _without_spaces(lines: Sequence[str]) -> list[str]:
    return ["".join(line.split()) for line in lines]


def _characters(lines: Sequence[str]) -> int:
    return sum(char.isalnum() for line in lines for char in line)


class _Place(msgspec.Struct, frozen=True):
    """Lines of the new text, from `start` up to `end`, which is not included; counted from 0."""

    start: int
    end: int
    is_intact: bool

    def further_down(self, lines: int) -> _Place:
        """Return the place that number of lines further down."""
        return _Place(self.start + lines, self.end + lines, self.is_intact)


def _new_place(old: Sequence[str], new: Sequence[str], start: int, end: int) -> _Place | None:
    """Return the new place of the old lines from `start` up to `end`, or of their replacement; None if removed."""
    block, size = list(old[start:end]), end - start
    above = partial(_equal_above, old, new, start)

    def below(i: int) -> int:
        """Return the number of equal lines directly below the old lines and below the new line `i`."""
        return _common_prefix(old[end : end + _MAX_AROUND], new[i : i + _MAX_AROUND], _MAX_AROUND)

    starts = _splits(old, new, start)
    intact = [i for i in starts if list(new[i : i + size]) == block]
    if intact:
        best = max(intact, key=lambda i: (above(i), below(i + size)))
        copy = _better_copy(old, new, start, end, best)
        if copy is None:
            return _Place(best, best + size, True)
        # These new lines are the copy, so the pinned lines can only be above or below them.
        if copy > start:
            return _new_place(old[:copy], new[:best], start, end)
        old_begin, begin = copy + size, best + size
        place = _new_place(old[old_begin:], new[begin:], start - old_begin, end - old_begin)
        return place.further_down(begin) if place else None
    # If possible, the place begins with the first line and ends with the last line: lines that were added before or
    # after them do not belong to it. `max` returns the first of several: the shortest such place, else the longest.
    same = [i for i in starts if i < len(new) and new[i] == old[start]]
    first = max(same[::-1] or starts, key=above)
    ends = [i for i in _splits(old, new, end) if i >= first]
    same = [i for i in ends if i > first and new[i - 1] == old[end - 1]]
    last = max(same or ends[::-1], key=below)
    if not set(starts).isdisjoint(ends) and not _characters(new[first:last]):
        # The place may be empty or have only braces, which may belong to the previous function: the lines are gone.
        return None
    return _Place(first, last, False)


def _splits(old: Sequence[str], new: Sequence[str], split: int) -> list[int]:
    """Return each place where a shortest difference can split the new text if it splits the old text at `split`."""
    above = _lcs_lengths(old[:split], _masks(new), len(new))
    below = _lcs_lengths(old[split:][::-1], _masks(new[::-1]), len(new))[::-1]
    totals = [first + second for first, second in zip(above, below, strict=True)]
    best = max(totals)
    return [place for place, total in enumerate(totals) if total == best]


def _better_copy(old: Sequence[str], new: Sequence[str], start: int, end: int, now: int) -> int | None:
    """Return the nearest copy of the old lines that a shortest difference can keep at `now`, and that fits better.

    Return None if there is none. The lines of a removed function may equal the last lines of the previous function: the
    lines above decide.
    """
    block, size, above = list(old[start:end]), end - start, _equal_above(old, new, start, now)
    copies = [
        i
        for i, line in enumerate(old)
        if line == block[0]
        and abs(i - start) >= size
        and list(old[i : i + size]) == block
        and _equal_above(old, new, i, now) > above
    ]
    kept = set(_splits(new, old, now)) if copies else set()
    return min(kept.intersection(copies), key=lambda i: abs(i - start), default=None)


def _equal_above(old: Sequence[str], new: Sequence[str], start: int, new_start: int) -> int:
    """Return the number of equal lines directly above these lines; the beginning of both texts counts as a line."""
    limit = min(start, new_start, _MAX_AROUND)
    same = _common_suffix(old[start - limit : start], new[new_start - limit : new_start], limit)
    reaches_beginning = same == start and same == new_start
    return same + 1 if reaches_beginning else same


def _masks(lines: Sequence[str]) -> dict[str, int]:
    """Return, for each line, its places as the bits of an integer."""
    places: dict[str, bytearray] = {}
    for i, line in enumerate(lines):
        bits = places.setdefault(line, bytearray(len(lines) // 8 + 1))
        bits[i >> 3] |= 1 << (i & 7)
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


def _common_prefix(old: Sequence[str], new: Sequence[str], limit: int) -> int:
    limit = min(limit, len(old), len(new))
    return next((i for i in range(limit) if old[i] != new[i]), limit)


def _common_suffix(old: Sequence[str], new: Sequence[str], limit: int) -> int:
    return next((i for i in range(limit) if old[-1 - i] != new[-1 - i]), limit)


def _hunk(old: Sequence[str], new: Sequence[str], start: int, end: int, now: _Place | None) -> tuple[str, ...]:
    """Return the difference between the old lines from `start` up to `end` and those at `now`, with some context.

    `now` is None if the lines are gone: the new line numbers are then not known, and those of the old text are shown.
    """
    old_first = max(0, start - _CONTEXT)
    new_first = max(0, now.start - _CONTEXT) if now else old_first
    above, below = old[old_first:start], old[end : end + _CONTEXT]
    before = [*above, *old[start:end], *below]
    after = new[new_first : now.end + _CONTEXT] if now else [*above, *below]
    lines = list(unified_diff(before, after, n=_CONTEXT, lineterm=""))[2:]
    return tuple(_in_file(line, old_first, new_first) for line in lines[:_MAX_HUNK_LINES])


def _in_file(line: str, old_first: int, new_first: int) -> str:
    """Return a line of a difference of two parts of a file; line numbers in it are those of the files, not the parts.

    `old_first` and `new_first` are the numbers of lines before the parts.
    """
    if (header := _HUNK_NUMBERS.fullmatch(line)) is None:
        return line
    old_line, old_size, new_line, new_size = header.groups()
    return f"@@ -{int(old_line) + old_first}{old_size} +{int(new_line) + new_first}{new_size} @@"
