"""The nesting depth of JSON, counted in its bytes before it is decoded.

A record's documents have about twelve levels. Thousands of levels can be decoded, but a later view, undo or export may
exceed the recursion limit.
"""

import re

MAX_LEVELS = 100

_BRACKETS = b"[]{}"
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


def is_too_deep(data: bytes) -> bool:
    """Return whether JSON has more than `MAX_LEVELS` levels. For bytes that are not JSON, the result is undefined."""
    if not _exceeds(data):
        return False
    # The fast check also counts brackets in strings. Removing strings first takes ten times as long.
    return _exceeds(_STRING.sub(b"", data))


def _exceeds(data: bytes) -> bool:
    brackets = data.translate(None, _NO_BRACKETS)
    for _ in range(MAX_LEVELS):
        # Each pass removes the innermost pairs, which is one level.
        fewer = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(fewer) == len(brackets):
            # Brackets in strings may have no partner.
            return len(brackets) > MAX_LEVELS
        brackets = fewer
    return bool(brackets)
