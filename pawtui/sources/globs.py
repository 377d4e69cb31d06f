"""Paths with wildcards, with git's meaning of `:(glob)` (gitglossary(7), "pathspec").

`*`, `?` and `[...]` stay within one folder; `**/` in front means in all folders, `/**` behind everything inside,
`/**/` between any number of folders, none among them. A pattern is held against whole paths of files.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WILD = re.compile(r"[*?\[]")


def is_glob(path: str) -> bool:
    """Whether a path has wildcards in it."""
    return _WILD.search(path) is not None


def fixed_folder(path: str) -> str:
    """The folders before the first wildcard: all that the pattern matches lies below them. Empty for none."""
    match = _WILD.search(path)
    return path[: match.start()].rpartition("/")[0] if match else path


def matches(pattern: str, path: str) -> bool:
    """Whether a glob matches a whole path."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    out, at = "", 0
    while at < len(pattern):
        rest = pattern[at:].lstrip("*")
        stars = len(pattern) - at - len(rest)
        begins = at == 0 or pattern[at - 1] == "/"
        if stars > 1 and begins and rest.startswith("/"):
            out, at = out + "(?:[^/]+/)*", at + stars + 1
        elif stars > 1 and begins and not rest:
            out, at = out + ".+", at + stars
        elif stars:
            out, at = out + "[^/]*", at + stars
        elif pattern[at] == "?":
            out, at = out + "[^/]", at + 1
        elif pattern[at] == "[" and (end := _class_end(pattern, at)):
            out, at = out + _class(pattern[at + 1 : end]), end + 1
        elif pattern[at] == "\\" and at + 1 < len(pattern):
            out, at = out + re.escape(pattern[at + 1]), at + 2
        else:
            out, at = out + re.escape(pattern[at]), at + 1
    return re.compile(out, re.DOTALL)


def _class_end(pattern: str, start: int) -> int:
    """Where the bracket expression ends; 0 where it does not (then `[` is itself)."""
    at = start + 1
    if pattern[at : at + 1] in ("!", "^"):
        at += 1
    # A bracket that comes first is one of the characters.
    end = pattern.find("]", at + 1)
    return max(end, 0)


def _class(inside: str) -> str:
    negated = inside[:1] in ("!", "^")
    inside = inside[1:] if negated else inside
    body = re.sub(r"([\\\[\]^&~|])", r"\\\1", inside)
    # No bracket expression matches a slash (`wildmatch` with WM_PATHNAME).
    return f"(?!/)[{'^' if negated else ''}{body}]"
