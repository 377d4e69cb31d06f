"""A mistake in a tracker file, and suggestions for its message."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from pawtui.tracker.locate import Step


class Mistake(NamedTuple):
    """The path of a mistake (as in `Locator.line_of`), and its message, which follows the path."""

    path: tuple[Step, ...]
    message: str


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest known word; empty if no word is near."""
    close = get_close_matches(word[:60], list(known), n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""


def no_such(kind: str, word: str, known: Iterable[str]) -> str:
    """Return the message for an unknown name: `there is no surface 'runnr'; did you mean 'runner'?`."""
    names = list(known)
    close = get_close_matches(word[:60], names, n=1, cutoff=0.5)
    all_names = f"choose one of: {', '.join(names)}." if names else "there is none."
    return f"there is no {kind} {word[:60]!r}; {f'did you mean {close[0]!r}?' if close else all_names}"
