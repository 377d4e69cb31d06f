"""The time of all screenshots, and an opener that fails, because no screenshot opens a page."""

from __future__ import annotations

import datetime as dt

NOW = dt.datetime(2026, 11, 24, 14, 2, tzinfo=dt.UTC)


def fail_to_open(url: str) -> None:
    """Raise `AssertionError`."""
    raise AssertionError(f"a screenshot opened {url}")
