"""What all pictures share: the moment at which they are taken, and that none of them opens a page."""

from __future__ import annotations

import datetime as dt

NOW = dt.datetime(2026, 11, 24, 14, 2, tzinfo=dt.UTC)


def nothing_opened(_url: str) -> None:
    """Fail: no picture opens a page."""
    raise AssertionError("no picture opens a page")
