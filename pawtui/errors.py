"""The base class of all expected errors."""

from __future__ import annotations


class PawtuiError(Exception):
    """Something failed that a person can act on: `str()` is one sentence that says what, why and what to do.

    Any other exception that reaches a command or a screen is a bug.
    """
