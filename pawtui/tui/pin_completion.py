"""What a pin that is being typed may become: paths of the heads that match fuzzily, then lines of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec
from textual.fuzzy import Matcher

MOST = 6
_SIDE = re.compile(r"(?P<side>up|down):(?P<rest>.*)")
_BARE = re.compile(r"[A-Za-z0-9._/ -]{2,}")
_NUMBERS = re.compile(r"L?\d*(?:-L?\d*)?")
_LINE_WIDTH = 100


class Completion(msgspec.Struct, frozen=True):
    """What the pin becomes, and what is shown of it: the path, or the line's number and text."""

    text: str
    shown: str


class Wanted(msgspec.Struct, frozen=True):
    """What is being typed: the sides that the path may be of, the path, and the words for its lines (None: a path)."""

    sides: tuple[str, ...]
    path: str
    words: str | None = None


def wanted_of(typed: str) -> Wanted | None:
    """Return what can be completed; None for a link, an issue, or a pin with its own commit.

    `up:` or `down:` name the side; words without them are looked for on both.
    """
    if found := _SIDE.fullmatch(typed.strip()):
        path, hash_, words = found["rest"].partition("#")
        return Wanted((found["side"],), path, words if hash_ else None)
    return Wanted(("up", "down"), typed.strip()) if _BARE.fullmatch(typed.strip()) else None


def complete_paths(wanted: Wanted, paths: Mapping[str, Sequence[str]]) -> list[Completion]:
    """Return the paths that match best, by the side that they are of; none where the path is one already."""
    if not wanted.path or any(wanted.path in paths.get(side, ()) for side in wanted.sides):
        return []
    matcher = Matcher(wanted.path)
    # Most paths of a large tree lack a letter: they are left out before the slower score.
    letters = re.compile(".*?".join(map(re.escape, wanted.path.lower())), re.DOTALL)
    scored = [
        (matcher.match(path), side, path)
        for side in wanted.sides
        for path in paths.get(side, ())
        if letters.search(path.lower())
    ]
    best = sorted(scored, key=lambda one: (-one[0], len(one[2]), one[2]))[:MOST]
    return [Completion(f"{side}:{path}", f"{side}:{path}") for score, side, path in best if score > 0]


def complete_lines(wanted: Wanted, lines: Sequence[str]) -> list[Completion]:
    """Return the lines that hold the words behind `#`; none where numbers stand there already."""
    words = (wanted.words or "").lower().split()
    if wanted.words is None or (wanted.words and _NUMBERS.fullmatch(wanted.words)):
        return []
    pin = f"{wanted.sides[0]}:{wanted.path}#L"
    found = [
        (number, line) for number, line in enumerate(lines, 1) if line.strip() and all(w in line.lower() for w in words)
    ]
    return [Completion(f"{pin}{number}", f"L{number} {line.strip()[:_LINE_WIDTH]}") for number, line in found[:MOST]]
