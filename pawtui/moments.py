"""Times with a timezone: the current time, the type of a time in the record, and its text."""

import datetime as dt
from typing import Annotated

import msgspec

# A time in an entry. Reading a time without a timezone fails, because it cannot be compared with other times.
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]

# The clocks of two machines may differ by up to this duration.
_SKEW = dt.timedelta(minutes=5)


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def is_in_future(at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether a time is in the future by more than clocks may differ."""
    return at - now > _SKEW


def moment_text(at: dt.datetime) -> str:
    """Return a time as text for exports and messages: `2026-11-20 14:02 UTC`."""
    return f"{minute_text(at)} UTC"


def minute_text(at: dt.datetime) -> str:
    """Return a time in UTC without its zone: `2026-11-20 14:02`."""
    return f"{in_utc(at):%Y-%m-%d %H:%M}"


def day_text(at: dt.datetime) -> str:
    """Return the day of a time in UTC: `2026-11-20`."""
    return f"{in_utc(at):%Y-%m-%d}"


def in_utc(at: dt.datetime) -> dt.datetime:
    """Return a time in UTC. At the limits of the calendar, where the conversion overflows, keep its local time."""
    try:
        return at.astimezone(dt.UTC)
    except OverflowError:
        return at.replace(tzinfo=dt.UTC)
