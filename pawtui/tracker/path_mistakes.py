"""Mistakes in the paths and globs of a tracker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pawtui.tracker.locate import Step
from pawtui.tracker.mistake import Mistake

_WILD = re.compile(r"[*?\[]")
# A backslash may only stand before a character that has a meaning in globs.
_BACKSLASH = re.compile(r"\\(?![*?\[\]\\])")
_LONGEST = 1_000


def path_mistakes(
    entries: Sequence[str], where: tuple[Step, ...], *, globs: bool = True, alternatives: bool = False
) -> Iterator[Mistake]:
    """Yield the mistakes in a list of paths at `where`: those of each, and paths that are there twice.

    `globs` and `alternatives` (`a | b`) say what an entry may be.
    """
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        message = path_mistake(entry, globs=globs, alternatives=alternatives)
        if not message and entry in seen:
            message = f"{entry!r} is there twice. Remove one."
        seen.add(entry)
        if message:
            yield Mistake((*where, index), message)


def path_mistake(entry: str, *, globs: bool = True, alternatives: bool = False) -> str:
    """Return what is wrong with one entry, as the rest of a sentence; empty where nothing is."""
    if "|" in entry and not alternatives:
        return f"found {_shown(entry)}; alternatives (a | b) are not allowed here. Give each path as an own entry."
    paths = [part.strip() for part in entry.split("|")]
    if len(set(paths)) < len(paths):
        return f"found {_shown(entry)}; an alternative is there twice. Remove one."
    return next((message for path in paths if (message := _one(path, entry, globs=globs))), "")


def _one(path: str, entry: str, *, globs: bool) -> str:
    if not path:
        return f"found {_shown(entry)}; a path is empty. Give a path from the top of the repository."
    if not path.isprintable() or len(path) > _LONGEST:
        return f"found {_shown(entry)}; a path of at most {_LONGEST:,} printable characters is expected."
    if path != path.strip():
        return f"found {_shown(entry)}; the path has spaces around it. Remove them."
    if _BACKSLASH.search(path):
        return f"found {_shown(entry)}; folders are separated by /. Write it instead of the backslash."
    if path.startswith("/") or any(part in ("", ".", "..") for part in path.split("/")):
        return f"found {_shown(entry)}; expected a path from the top of the repository, without / in front or behind."
    if not _WILD.search(path):
        return ""
    if not globs:
        return f"found {_shown(entry)}; wildcards are not allowed here. Name the file or folder itself."
    return f"found {_shown(entry)}; a bracket is not closed. Write \\[ for the character." if _open(path) else ""


def _open(path: str) -> bool:
    """Whether a `[` is neither closed nor escaped."""
    bare = re.sub(r"\\.", "", path)
    return re.search(r"\[[!^]?\]?[^\]]*$", re.sub(r"\[[!^]?\]?[^\]]*\]", "", bare)) is not None


def _shown(entry: str) -> str:
    return repr(entry if len(entry) <= 80 else f"{entry[:79]}…")
