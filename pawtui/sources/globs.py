"""Paths with wildcards, as in git's `:(glob)` (gitglossary(7), "pathspec").

`*`, `?` and `[...]` match within one folder. A leading `**/` matches in all folders, a trailing `/**` everything
inside, and `/**/` zero or more folders. A pattern must match the complete path of a file.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache

_WILD = re.compile(r"[*?\[]")
# In a bracket expression, a bracket at the start is one of the characters. A bracket without an end is literal.
_PART = r"""
      (?<![^/]) (?P<folders> \*\*+ / )
    | (?<![^/]) (?P<inside> \*\*+ \Z )
    | (?P<stars> \*+ )
    | (?P<one> \? )
    | \[ (?P<not> [!^]?+ ) (?P<characters> . [^]]* ) \]
    | \\ (?P<escaped> . )
    | .
"""


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


def inside(folder: str, paths: Sequence[str]) -> Sequence[str]:
    """Return those of the sorted paths that are inside a folder; all of them for an empty name."""
    # "0" is the character after "/".
    return paths[bisect_left(paths, f"{folder}/") : bisect_left(paths, f"{folder}0")] if folder else paths


def within(root: str, paths: Sequence[str]) -> list[str]:
    """Return those of the sorted paths that are the file or folder `root` or in it, or that match the glob `root`."""
    if is_glob(root):
        # A backslash escapes a character of the folder.
        folder = fixed_folder(root) if "\\" not in root else ""
        return [path for path in inside(folder, paths) if matches(root, path)]
    return [*paths[bisect_left(paths, root) : bisect_right(paths, root)], *inside(root, paths)]


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(_PART, _regex_of, pattern, flags=re.DOTALL | re.VERBOSE), re.DOTALL)


def _regex_of(part: re.Match[str]) -> str:
    """Return the regular expression of one part of a glob."""
    match part.lastgroup:
        case "folders":
            return "(?:[^/]+/)*"
        case "inside":
            return ".+"
        case "stars":
            return "[^/]*"
        case "one":
            return "[^/]"
        case "characters":
            characters = re.sub(r"([\\\[\]^&~|])", r"\\\1", part["characters"])
            # No bracket expression matches a slash (`wildmatch` with WM_PATHNAME).
            return f"(?!/)[{'^' if part['not'] else ''}{characters}]"
    return re.escape(part["escaped"] or part[0])
