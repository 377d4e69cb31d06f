"""Phrases of messages: counts with their noun, lists of names, capital letters, shortened texts and SHAs."""

import re
from collections.abc import Iterable


def counted(number: int, singular: str, plural: str = "", *, at_least: bool = False) -> str:
    """Return `1 commit`, `1,204 commits`, `at least 300 files`. Without `plural`, it is the singular with an `s`."""
    return f"{'at least ' if at_least else ''}{number:,} {singular if number == 1 else plural or singular + 's'}"


def join_names(names: Iterable[str], conjunction: str = "and") -> str:
    """Return `a, b and c`. Raises `ValueError` without names."""
    *most, last = names
    return f"{', '.join(most)} {conjunction} {last}" if most else last


def shortened(text: str, limit: int) -> str:
    """Return the text, cut to at most `limit` characters; `…` marks a cut."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def capitalized(text: str) -> str:
    """Return the text with a capital first letter, for the start of a message."""
    return text[:1].upper() + text[1:]


def spelled_spaces(pattern: str) -> str:
    """Return a pattern that matches the same, with `\\x20` for spaces that a line does not show: `a \\x20b`."""
    return re.sub(r"(?<= ) |^ |(?<!\\) $", r"\\x20", pattern)


def quote_pattern(pattern: str) -> str:
    """Return a quoted pattern for a sentence, with single backslashes. A long one is cut."""
    return repr(shortened(spelled_spaces(pattern), 48)).replace("\\\\", "\\")


def short_sha(sha: str) -> str:
    """Return the first ten digits of a SHA: enough to name a commit in a message."""
    return sha[:10]
