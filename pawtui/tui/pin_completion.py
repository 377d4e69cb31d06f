"""Completions of a pin that is being typed: paths of both heads by fuzzy match, then lines of the file."""

import re
from collections.abc import Mapping, Sequence

import msgspec
from textual.fuzzy import Matcher

from pawtui.tui.word_filter import word_filter

_MAX_COMPLETIONS = 6
_PIN_WITH_SIDE = re.compile(r"(?P<side>up|down):(?P<rest>.*)")
_BARE_PATH = re.compile(r"[A-Za-z0-9._/ -]{2,}")
_LINE_NUMBERS = re.compile(r"L?\d*(?:-L?\d*)?")
_LINE_WIDTH = 100


class Completion(msgspec.Struct, frozen=True):
    """A complete pin, and its text in the list: the path, or the number and text of the line."""

    text: str
    shown: str


class PinQuery(msgspec.Struct, frozen=True):
    """The typed text: the possible sides of the path, the path, and the words after `#` (None without `#`)."""

    sides: tuple[str, ...]
    path: str
    words: str | None = None


def parse_query(typed: str) -> PinQuery | None:
    """Return the query for typed text; None for a link, an issue, line numbers, or a pin with its own commit.

    `up:` or `down:` sets the side; text without them is searched on both sides.
    """
    if found := _PIN_WITH_SIDE.fullmatch(typed.strip()):
        path, hash_, words = found["rest"].partition("#")
        if words and _LINE_NUMBERS.fullmatch(words):
            return None
        return PinQuery((found["side"],), path, words if hash_ else None)
    return PinQuery(("up", "down"), typed.strip()) if _BARE_PATH.fullmatch(typed.strip()) else None


def complete_paths(query: PinQuery, paths: Mapping[str, Sequence[str]]) -> list[Completion]:
    """Return the best matches among the paths of each side; none if the query is a complete path.

    A path that only has all letters in their order is listed if no path contains the text.
    """
    if not query.path or any(query.path in paths.get(side, ()) for side in query.sides):
        return []
    matcher = Matcher(query.path)
    # Most paths of a large tree lack a letter. This fast test removes them before the slow matcher.
    letters = re.compile(".*?".join(map(re.escape, query.path.lower())), re.DOTALL)
    fuzzy = [(side, path) for side in query.sides for path in paths.get(side, ()) if letters.search(path.lower())]
    found = [(side, path) for side, path in fuzzy if query.path.lower() in path.lower()] or fuzzy
    scored = [(matcher.match(path), side, path) for side, path in found]
    best = sorted(scored, key=lambda match: (-match[0], len(match[2]), match[2]))[:_MAX_COMPLETIONS]
    return [Completion(f"{side}:{path}", f"{side}:{path}") for score, side, path in best if score > 0]


def complete_lines(query: PinQuery, lines: Sequence[str]) -> list[Completion]:
    """Return the lines with the words after `#`."""
    matches = word_filter(query.words or "")
    pin = f"{query.sides[0]}:{query.path}#L"
    completions = [
        Completion(f"{pin}{number}", f"L{number} {line.strip()[:_LINE_WIDTH]}")
        for number, line in enumerate(lines, 1)
        if line.strip() and matches(line)
    ]
    return completions[:_MAX_COMPLETIONS]
