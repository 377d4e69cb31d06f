"""Mistakes in the paths and globs of a tracker."""

import re
from collections.abc import Iterator, Sequence

from pawtui.phrases import shortened
from pawtui.tracker.mistake import Mistake

_WILD = re.compile(r"[*?\[\]]")
_BRACES = re.compile(r"\{[^{}]*,[^{}]*\}")
_MAX_PATH = 1_000  # characters of a path


def path_mistakes(entries: Sequence[str], *, globs: bool = True, alternatives: bool = False) -> Iterator[Mistake]:
    """Yield the mistakes in a list of paths: in each path, and repeated paths.

    With `globs`, an entry may have wildcards; with `alternatives`, it may have the form `a | b`.
    """
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        message = path_mistake(entry, globs=globs, alternatives=alternatives)
        if not message and entry in seen:
            message = f"{entry!r} is given twice. Remove one."
        seen.add(entry)
        if message:
            yield (index,), message


def path_mistake(entry: str, *, globs: bool = True, alternatives: bool = False) -> str:
    """Return the message for a mistake in one entry; empty if there is none."""
    paths = [part.strip() for part in entry.split("|")]
    if len(paths) > 1 and not alternatives:
        problem = "alternatives (a | b) are not allowed here. Write each path as a separate entry."
    elif len(set(paths)) < len(paths):
        problem = "an alternative is given twice. Remove one."
    else:
        problems = (_path_problem(path, globs=globs) for path in paths)
        problem = next(filter(None, problems), "")
    return f"found {shortened(entry, 80)!r}; {problem}" if problem else ""


def _path_problem(path: str, *, globs: bool) -> str:
    """Return the problem with a path and its remedy, as the end of a message; empty if there is none."""
    if not path:
        return "a path is empty. Give a path from the top of the repository."
    if not path.isprintable() or len(path) > _MAX_PATH:
        return f"a path of at most {_MAX_PATH:,} printable characters is expected."
    if "\\" in path:
        return "folders are separated by /. Write / instead of the backslash."
    if path.startswith("/") or any(part in ("", ".", "..") for part in path.split("/")):
        return "expected a path from the top of the repository without / at either end."
    if _BRACES.search(path):
        return "braces are not wildcards. Write each path as a separate entry."
    if not globs and _WILD.search(path):
        return "wildcards are not allowed here. Give the file or folder itself."
    if "[" in path or "]" in path:
        # As characters, they would silently match nothing in a tracker that means git's classes, such as `[0-9]`.
        return "brackets are not wildcards. Write ? for one character, or each path as a separate entry."
    return ""
