"""Find the line of a key in a TOML text, for messages: `tomllib` says what a file holds, not where.

Good for the shape that tracker files have (tables, arrays of tables, one key a line); where it cannot tell, it gives
the line of the nearest table above.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Step = str | int

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*=""")


def _names(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def line_of(text: str, path: Sequence[Step]) -> int | None:
    """The line (from 1) where the key at `path` is set; else that of its table; None where neither is found.

    A path alternates names and, inside arrays, indexes from 0: `["signals", 2, "probes", 0, "days"]`.
    """
    counts: dict[tuple[Step, ...], int] = {}
    here: tuple[Step, ...] = ()
    wanted = tuple(path)
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            here = _enter(header[1] == "[[", _names(header[2]), counts)
            found = here
        elif key := _KEY.match(line):
            found = (*here, key[1] or key[2] or key[3])
        else:
            continue
        depth = len(found)
        if depth and found == wanted[:depth] and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None


def _enter(is_array: bool, names: list[str], counts: dict[tuple[Step, ...], int]) -> tuple[Step, ...]:
    """The path a header stands for: inside the newest element of every array of tables on the way."""
    path: tuple[Step, ...] = ()
    for position, name in enumerate(names):
        path = (*path, name)
        if is_array and position == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
