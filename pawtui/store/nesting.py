"""How deep JSON is nested, counted in its bytes before anything is built from it.

A record's own documents are some twelve levels deep. Thousands of levels can be read, but whatever walks through them
afterwards (a view, an undo, an export) may run out of stack.
"""

from __future__ import annotations

import re

MOST_LEVELS = 100

_BRACKETS = b"[]{}"
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


def is_too_deep(data: bytes) -> bool:
    """Return whether JSON has more than `MOST_LEVELS` levels. What is not JSON may be either."""
    if not _exceeds(data):
        return False
    # Brackets in strings may have been counted; looking for strings costs ten times as much.
    return _exceeds(_STRING.sub(b"", data))


def _exceeds(data: bytes) -> bool:
    brackets = data.translate(None, _NO_BRACKETS)
    for _ in range(MOST_LEVELS):
        # The innermost pairs: as many passes take everything away as there are levels.
        fewer = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(fewer) == len(brackets):
            # Those in strings have no partner.
            return len(brackets) > MOST_LEVELS
        brackets = fewer
    return bool(brackets)
