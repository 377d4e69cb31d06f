"""Mistakes in the paths and globs of a tracker."""

import re
from collections.abc import Iterator, Sequence

from pawtui.phrases import shortened
from pawtui.tracker.mistake import Mistake

_WILD = re.compile(r"[*?\[\]]")
_BRACES = re.compile(r"\{[^{}]*,[^{}]*\}")
_MAX_PATH = 1_000  # characters of a path


def path_mistakes(paths: Sequence[str], *, globs: bool = True, alternatives: bool = False) -> Iterator[Mistake]:
    """Yield the mistakes in a list of paths: in each path, and repeated paths.

    With `globs`, a path may have wildcards; with `alternatives`, it may have the form `a | b`.
    """
    seen: set[str] = set()
    for index, path in enumerate(paths):
        message = path_mistake(path, globs=globs, alternatives=alternatives)
        if not message and path in seen:
            message = f"{path!r} is given twice. Remove one."
        seen.add(path)
        if message:
            yield (index,), message


def path_mistake(path: str, *, globs: bool = True, alternatives: bool = False) -> str:
    """Return the message for a mistake in one path, which may be `a | b`; empty if there is none."""
    parts = [part.strip() for part in path.split("|")]
    if len(parts) > 1 and not alternatives:
        problem = "alternatives (a | b) are not allowed here. Write each path separately."
    elif len(set(parts)) < len(parts):
        problem = "an alternative is given twice. Remove one."
    else:
        problems = (_path_problem(part, globs=globs) for part in parts)
        problem = next(filter(None, problems), "")
    return f"found {shortened(path, 80)!r}; {problem}" if problem else ""


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
        return "braces are not wildcards. Write each path separately."
    if not globs and _WILD.search(path):
        return "wildcards are not allowed here. Give the file or folder itself."
    if "[" in path or "]" in path:
        # As characters, they would silently match nothing in a tracker that means git's classes, such as `[0-9]`.
        return "brackets are not wildcards. Write ? for one character, or each path separately."
    return ""
