"""Moments: points in time with a timezone, in the record's types and as text."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec

# In a document: one without a timezone cannot be compared with the others, so that reading it fails.
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]


# Clocks of two machines may differ by this much.
_SKEW = dt.timedelta(minutes=5)


def is_in_future(at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether a moment lies further ahead than clocks may differ."""
    return at - now > _SKEW


def moment_text(at: dt.datetime) -> str:
    """Return a moment as records and exports write it: `2026-11-20 14:02 UTC`."""
    return f"{in_utc(at):%Y-%m-%d %H:%M} UTC"


def in_utc(at: dt.datetime) -> dt.datetime:
    """Return a moment in UTC; at the ends of the calendar, where UTC would be outside of it, by its own clock."""
    try:
        return at.astimezone(dt.UTC)
    except OverflowError:
        return at.replace(tzinfo=dt.UTC)
