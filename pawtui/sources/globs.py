"""Paths with wildcards, as in git's `:(glob)` (gitglossary(7), "pathspec").

`*`, `?` and `[...]` match within one folder. A leading `**/` matches in all folders, a trailing `/**` everything
inside, and `/**/` zero or more folders. A pattern must match the complete path of a file.
"""

import re
from functools import lru_cache

_WILD = re.compile(r"[*?\[]")


def is_glob(path: str) -> bool:
    """Return whether a path contains wildcards."""
    return _WILD.search(path) is not None


def fixed_folder(path: str) -> str:
    """Return the folders before the first wildcard, which contain all matches; empty if there are none."""
    match = _WILD.search(path)
    return path[: match.start()].rpartition("/")[0] if match else path


def without_double_star(path: str) -> str:
    """Return the folder for a path that means everything in it (`src/**`); otherwise the path."""
    folder = path.removesuffix("/**")
    return folder if folder and not is_glob(folder) else path


def matches(pattern: str, path: str) -> bool:
    """Return whether a glob matches a complete path."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    out, at = "", 0
    while at < len(pattern):
        rest = pattern[at:].lstrip("*")
        stars = len(pattern) - at - len(rest)
        starts_name = at == 0 or pattern[at - 1] == "/"
        if stars > 1 and starts_name and rest.startswith("/"):
            out, at = out + "(?:[^/]+/)*", at + stars + 1
        elif stars > 1 and starts_name and not rest:
            out, at = out + ".+", at + stars
        elif stars:
            out, at = out + "[^/]*", at + stars
        elif pattern[at] == "?":
            out, at = out + "[^/]", at + 1
        elif pattern[at] == "[" and (end := _bracket_end(pattern, at)):
            out, at = out + _bracket_regex(pattern[at + 1 : end]), end + 1
        elif pattern[at] == "\\" and at + 1 < len(pattern):
            out, at = out + re.escape(pattern[at + 1]), at + 2
        else:
            out, at = out + re.escape(pattern[at]), at + 1
    return re.compile(out, re.DOTALL)


def _bracket_end(pattern: str, start: int) -> int:
    """Return the end of a bracket expression, or 0 if it has none (then `[` is literal)."""
    at = start + 1
    if pattern[at : at + 1] in ("!", "^"):
        at += 1
    # A bracket at the start is one of the characters.
    end = pattern.find("]", at + 1)
    return max(end, 0)


def _bracket_regex(inside: str) -> str:
    """Return the regular expression of the characters in a bracket expression."""
    negated = inside[:1] in ("!", "^")
    inside = inside[1:] if negated else inside
    body = re.sub(r"([\\\[\]^&~|])", r"\\\1", inside)
    # No bracket expression matches a slash (`wildmatch` with WM_PATHNAME).
    return f"(?!/)[{'^' if negated else ''}{body}]"
