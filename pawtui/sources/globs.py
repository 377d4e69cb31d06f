"""Paths with wildcards, as in git's `:(glob)` (gitglossary(7), "pathspec").

`*`, `?` and `[...]` match within one folder. A leading `**/` matches in all folders, a trailing `/**` everything
inside, and `/**/` zero or more folders. A pattern must match the complete path of a file.
"""

import re
from collections.abc import Iterable
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


def within(root: str, paths: Iterable[str]) -> list[str]:
    """Return the paths that are the file or folder `root` or in it, or that match the glob `root`."""
    if is_glob(root):
        # Most paths of a large repository are in other folders. A backslash escapes a character of the folder.
        folder = fixed_folder(root)
        start = f"{folder}/" if folder and "\\" not in folder else ""
        return [path for path in paths if path.startswith(start) and matches(root, path)]
    start = f"{root}/"
    return [path for path in paths if path == root or path.startswith(start)]


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
