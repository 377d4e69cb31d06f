"""Clamp dates from outside to a range that is safe for calculations.

The author of a commit chooses its date: year 1 and year 9999 are valid, but adding a day or changing the zone then
overflows. Dates are clamped to `EARLIEST` and `LATEST`, so that a few decades can be added to them.
"""

import datetime as dt

from pawtui.moments import day_text

EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def clamp_date(when: dt.datetime) -> dt.datetime:
    """Return a time in UTC, within `EARLIEST` and `LATEST`. A time without a zone counts as UTC."""
    if when.year < EARLIEST.year - 1:
        return EARLIEST
    if when.year > LATEST.year:
        return LATEST
    when = when.replace(tzinfo=dt.UTC) if when.tzinfo is None else when.astimezone(dt.UTC)
    return min(max(when, EARLIEST), LATEST)


def day_start(day: dt.date) -> dt.datetime:
    """Return midnight UTC at the start of that day."""
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def epoch_to_date(seconds: int) -> dt.datetime:
    """Return the time `seconds` after 1970-01-01, within `EARLIEST` and `LATEST`."""
    if seconds <= 0:
        return EARLIEST
    return LATEST if seconds >= LATEST.timestamp() else dt.datetime.fromtimestamp(seconds, dt.UTC)


def parse_date(text: str) -> dt.datetime | None:
    """Return an ISO 8601 time in UTC, clamped; None if the text is not a time.

    Years with more than four digits (`+10000-01-01T00:00:00Z`) are out of range, not invalid.
    """
    text = text.strip()
    try:
        return clamp_date(dt.datetime.fromisoformat(text))
    except ValueError:
        year = text.partition("-")[0].removeprefix("+")
    if year.isascii() and year.isdigit() and 4 < len(year) < 20:
        return LATEST
    return EARLIEST if text.startswith(("-", "0000-")) else None


def is_out_of_range(when: dt.datetime) -> bool:
    """Return whether `clamp_date` may have changed a date."""
    return when <= EARLIEST or when >= LATEST


def describe_out_of_range(when: dt.datetime) -> str:
    """Return the text for an out-of-range date: "1970-01-01 or earlier", "2100-01-01 or later"."""
    return f"{day_text(when)} or {'earlier' if when <= EARLIEST else 'later'}"
