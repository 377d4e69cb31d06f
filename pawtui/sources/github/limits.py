"""Whether and how long to wait after a response: rate limits and transient errors.

The rules are GitHub's own ("Best practices for using the REST API", "Rate limits for the REST API"): a 403 or 429 may
be the hour's limit, a secondary limit or a missing permission, and only the headers and the message tell which.
"""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Mapping
from typing import Literal

import msgspec

from pawtui.sources.dates import LATEST, clamp_date, epoch_to_date

ATTEMPTS = 4
FIRST_BACKOFF = 0.5
SECONDARY_WAIT = 60.0
# Limits are renewed every hour: a longer wait than a day is an error of the server's, and is cut.
MAX_WAIT = 86_400.0
SERVER_ERRORS = frozenset({500, 502, 503, 504})
# A `Date` header further from our own clock than this is wrong, and not our clock.
_MAX_CLOCK_ERROR = dt.timedelta(days=31)
_MAX_NUMBER = 2**53

Reason = Literal["primary", "secondary", "server"]


class Pause(msgspec.Struct, frozen=True):
    """Why to wait, how many seconds, and until when (UTC)."""

    reason: Reason
    seconds: float
    until: dt.datetime


class Allowance(msgspec.Struct, frozen=True):
    """What one response's headers say of a limit: None where they say nothing (an Enterprise server may not)."""

    resource: str
    limit: int | None
    remaining: int | None
    reset_at: dt.datetime | None


def resource_of(path: str) -> str:
    """Return the name of the rate limit that a path's requests count against."""
    return "search" if "/search/" in path else "core"


def allowance(headers: Mapping[str, str], path: str) -> Allowance:
    """Read the `x-ratelimit-*` headers; what cannot be read is None."""
    reset = _number(headers.get("x-ratelimit-reset"))
    return Allowance(
        resource=headers.get("x-ratelimit-resource") or resource_of(path),
        limit=_number(headers.get("x-ratelimit-limit")),
        remaining=_number(headers.get("x-ratelimit-remaining")),
        reset_at=None if reset is None else epoch_to_date(reset),
    )


def server_time(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime:
    """Return the response's `Date`, or `now` where there is none that can be right.

    Waits are counted from it, so that a clock of ours that is a few days off does no harm.
    """
    date = _http_date(headers.get("date"))
    return date if date is not None and abs(date - now) <= _MAX_CLOCK_ERROR else now


def server_error_pause(status: int, headers: Mapping[str, str], attempt: int, now: dt.datetime) -> Pause | None:
    """Return how long to wait after a server error; None for any other status. `attempt` counts from 0."""
    if status not in SERVER_ERRORS:
        return None
    seconds = _retry_after(headers, now)
    return _pause("server", FIRST_BACKOFF * 2**attempt if seconds is None else seconds, now)


def rate_limit_pause(
    status: int, headers: Mapping[str, str], message: str, attempt: int, now: dt.datetime
) -> Pause | None:
    """Return how long a rate limit asks to wait; None where the response is not about one. `attempt` counts from 0.

    `message` is the one in the JSON: without headers, nothing else tells a secondary limit.
    """
    if status not in (403, 429):
        return None
    server_now = server_time(headers, now)
    given = allowance(headers, "")
    used_up = given.remaining == 0
    reason: Reason = "primary" if used_up else "secondary"
    seconds = _retry_after(headers, server_now)
    if seconds is not None:
        return _pause(reason, seconds, now)
    if used_up and given.reset_at is not None:
        # One second more: the limit is counted in whole seconds.
        return _until_reset(given.reset_at, max(0.0, (given.reset_at - server_now).total_seconds()) + 1, now)
    if status == 429 or "rate limit" in message.lower() or "abuse detection" in message.lower():
        return _pause("secondary", SECONDARY_WAIT * 2**attempt, now)
    return None


def used_up_pause(headers: Mapping[str, str], now: dt.datetime) -> Pause | None:
    """Return how long to wait after a success that was the last request of the limit; None where it was not."""
    given = allowance(headers, "")
    if given.remaining != 0 or given.reset_at is None:
        return None
    seconds = (given.reset_at - server_time(headers, now)).total_seconds()
    return _until_reset(given.reset_at, seconds, now) if seconds > 0 else None


def _until_reset(reset_at: dt.datetime, seconds: float, now: dt.datetime) -> Pause:
    return Pause("primary", seconds, reset_at) if seconds <= MAX_WAIT else _pause("primary", seconds, now)


def _pause(reason: Reason, seconds: float, now: dt.datetime) -> Pause:
    seconds = min(seconds, MAX_WAIT)
    return Pause(reason, seconds, min(now, LATEST) + dt.timedelta(seconds=seconds))


def _retry_after(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Return the seconds of `Retry-After`, which may also be given as a date."""
    given = headers.get("retry-after")
    seconds = _number(given)
    if seconds is not None:
        return float(seconds)
    when = _http_date(given)
    return None if when is None else max(0.0, (when - now).total_seconds())


def _number(text: str | None) -> int | None:
    """Return a whole number that is not negative, at most `_MAX_NUMBER`; None for anything else."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) <= 15 else _MAX_NUMBER


def _http_date(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    try:
        return clamp_date(email.utils.parsedate_to_datetime(text[:100]))
    except (ValueError, OverflowError):
        return None
