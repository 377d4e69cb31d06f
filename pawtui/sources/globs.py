"""Paths with the wildcards of git's `:(glob)` (gitglossary(7), "pathspec").

`*` and `?` match within one folder. A leading `**/` matches in all folders, a trailing `/**` everything inside, and
`/**/` zero or more folders. A tracker has no paths with git's brackets and backslashes. A pattern must match the
complete path of a file.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache

_WILD = re.compile(r"[*?]")
# The parts of a pattern, and the regular expression of each wildcard.
_PART = re.compile(
    r"(?P<folders>(?<![^/])\*\*+/)|(?P<inside>(?<![^/])\*\*+\Z)|(?P<stars>\*+)|(?P<one>\?)|(?P<text>[^*?]+)"
)
_REGEX: Mapping[str | None, str] = {"folders": "(?:[^/]+/)*", "inside": ".+", "stars": "[^/]*", "one": "[^/]"}


def is_glob(path: str) -> bool:
    """Return whether a path contains wildcards."""
    return _WILD.search(path) is not None


def fixed_folder(path: str) -> str:
    """Return the folder before the first wildcard, which contains all matches; empty if there is none.

    A path without wildcards is returned unchanged.
    """
    match = _WILD.search(path)
    return path[: match.start()].rpartition("/")[0] if match else path


def without_double_star(path: str) -> str:
    """Return the folder for a path that means everything in it (`src/**`); otherwise the path."""
    folder = path.removesuffix("/**")
    return folder if folder and not is_glob(folder) else path


def matches(pattern: str, path: str) -> bool:
    """Return whether a glob matches a complete path."""
    return _compiled(pattern).fullmatch(path) is not None


def paths_inside(folder: str, paths: Sequence[str]) -> Sequence[str]:
    """Return those of the sorted paths that are inside a folder; all of them for an empty name."""
    # "0" is the character after "/".
    return paths[bisect_left(paths, f"{folder}/") : bisect_left(paths, f"{folder}0")] if folder else paths


def filter_paths(root: str, paths: Sequence[str]) -> list[str]:
    """Return those of the sorted paths that are the file or folder `root` or in it, or that match the glob `root`."""
    if is_glob(root):
        return [path for path in paths_inside(fixed_folder(root), paths) if matches(root, path)]
    return [*paths[bisect_left(paths, root) : bisect_right(paths, root)], *paths_inside(root, paths)]


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (_REGEX.get(part.lastgroup) or re.escape(part[0]) for part in _PART.finditer(pattern))
    return re.compile("".join(parts), re.DOTALL)
