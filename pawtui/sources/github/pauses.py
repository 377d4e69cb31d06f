"""Rate limits and transient errors: whether and how long to wait. The messages are in `github_errors.py`.

The rules are GitHub's ("Best practices for using the REST API", "Rate limits for the REST API"). A 403 or 429 may mean
the hourly limit, a secondary limit or a missing permission; only the headers and the message distinguish them.
"""

import datetime as dt
import email.utils
from collections.abc import Mapping
from typing import Literal

import msgspec

from pawtui.sources.dates import LATEST, clamp_date, epoch_to_date

# Attempts of one request, with the first.
ATTEMPTS = 4
# Waits in seconds.
FIRST_BACKOFF = 0.5
_SECONDARY_WAIT = 60.0
# Limits are renewed every hour: a pause of more than a day is a server error, and is cut to a day.
MAX_WAIT = 86_400.0
_SERVER_ERRORS = frozenset({500, 502, 503, 504})
# A `Date` header further away from our clock is ignored.
_MAX_CLOCK_ERROR = dt.timedelta(days=31)
_MAX_NUMBER = 2**53

PauseReason = Literal["primary", "secondary", "server"]


class Pause(msgspec.Struct, frozen=True):
    """A pause before the next request: its reason, its seconds, its end (UTC), and the limit that is used up.

    `limit` is in requests an hour, None if it is not known.
    """

    reason: PauseReason
    seconds: float
    until: dt.datetime
    limit: int | None = None


class RateLimit(msgspec.Struct, frozen=True):
    """The rate limit in a response's headers; None for missing values (possible on an Enterprise server)."""

    resource: str
    limit: int | None
    remaining: int | None
    reset_at: dt.datetime | None

    @property
    def hourly(self) -> int | None:
        """The limit in requests an hour; None for another limit, such as that of searches (requests a minute)."""
        return self.limit if self.resource == "core" else None


def resource_of(path: str) -> str:
    """Return the name of the rate limit for a path."""
    return "search" if "/search/" in path else "core"


def rate_limit(headers: Mapping[str, str]) -> RateLimit:
    """Return the values of the `x-ratelimit-*` headers; None for invalid values, an empty resource without a header."""
    reset = _number(headers.get("x-ratelimit-reset"))
    return RateLimit(
        resource=headers.get("x-ratelimit-resource", ""),
        limit=_number(headers.get("x-ratelimit-limit")),
        remaining=_number(headers.get("x-ratelimit-remaining")),
        reset_at=None if reset is None else epoch_to_date(reset),
    )


def server_time(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime:
    """Return the response's `Date`, or `now` if it is missing or implausible.

    Waits are computed from it, so that they are correct even if our clock is a few days wrong.
    """
    date = http_date(headers.get("date"))
    return date if date is not None and abs(date - now) <= _MAX_CLOCK_ERROR else now


def server_error_pause(status: int, headers: Mapping[str, str], attempt: int, now: dt.datetime) -> Pause | None:
    """Return the pause after a server error; None for any other status. `attempt` counts from 0."""
    if status not in _SERVER_ERRORS:
        return None
    seconds = _retry_after(headers, now)
    return _pause("server", FIRST_BACKOFF * 2**attempt if seconds is None else seconds, now)


def rate_limit_pause(
    status: int, headers: Mapping[str, str], message: str, attempt: int, now: dt.datetime
) -> Pause | None:
    """Return the pause for a rate limit; None if the response is not about a rate limit. `attempt` counts from 0.

    `message` is the JSON's: without headers, only it identifies a secondary limit.
    """
    if status not in (403, 429):
        return None
    server_now = server_time(headers, now)
    limit = rate_limit(headers)
    used_up = limit.remaining == 0
    seconds = _retry_after(headers, server_now)
    if seconds is not None:
        return _pause("primary" if used_up else "secondary", seconds, now, limit=limit.hourly)
    if used_up and limit.reset_at is not None:
        # Add a second: the reset time is in whole seconds.
        seconds = max(0.0, (limit.reset_at - server_now).total_seconds()) + 1
        return _pause("primary", seconds, now, until=limit.reset_at, limit=limit.hourly)
    if status == 429 or "rate limit" in message.lower() or "abuse detection" in message.lower():
        return _pause("secondary", _SECONDARY_WAIT * 2**attempt, now)
    return None


def used_up_pause(headers: Mapping[str, str], now: dt.datetime) -> Pause | None:
    """Return the pause after a success that used the last request of the limit; None if requests remain."""
    limit = rate_limit(headers)
    if limit.remaining != 0 or limit.reset_at is None:
        return None
    seconds = (limit.reset_at - server_time(headers, now)).total_seconds()
    return _pause("primary", seconds, now, until=limit.reset_at, limit=limit.hourly) if seconds > 0 else None


def _pause(
    reason: PauseReason, seconds: float, now: dt.datetime, *, until: dt.datetime | None = None, limit: int | None = None
) -> Pause:
    """Return a pause of at most a day; `until` is its end by the server's clock."""
    if until is None or seconds > MAX_WAIT:
        seconds = min(seconds, MAX_WAIT)
        until = min(now, LATEST) + dt.timedelta(seconds=seconds)
    return Pause(reason, seconds, until, limit)


def _retry_after(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Return the seconds of `Retry-After`, which may also be a date."""
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None:
        return float(seconds)
    when = http_date(value)
    return None if when is None else max(0.0, (when - now).total_seconds())


def _number(text: str | None) -> int | None:
    """Return a non-negative integer, at most `_MAX_NUMBER`; None for any other text."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) <= 15 else _MAX_NUMBER


def http_date(text: str | None) -> dt.datetime | None:
    """Return the time of a header such as `Date`; None for any other text."""
    if not text:
        return None
    try:
        return clamp_date(email.utils.parsedate_to_datetime(text[:100]))
    except (ValueError, OverflowError):
        return None
