"""Rate limits: whether and how long to wait. The messages are in `github_errors.py`.

The rules are GitHub's ("Best practices for using the REST API", "Rate limits for the REST API"). A 403 or 429 may mean
the hourly limit, a secondary limit or a missing permission; only the headers and the message distinguish them.
"""

import datetime as dt
import email.utils
from collections.abc import Mapping
from typing import Literal

import msgspec

from pawtui.sources.dates import clamp_date, epoch_to_date
from pawtui.sources.github.wire import response_message

# Waits in seconds.
_SECONDARY_WAIT = 60.0
# Limits are renewed every hour: a pause of more than a day is a server error, and is cut to a day.
MAX_WAIT = 86_400.0
# The statuses of a rate limit.
LIMITED = frozenset({403, 429})


class Pause(msgspec.Struct, frozen=True):
    """A pause before the next request: its reason, its end (UTC, by our clock), and the limit that is used up.

    `limit` is in requests an hour, None if it is not known.
    """

    reason: Literal["primary", "secondary"]
    until: dt.datetime
    limit: int | None = None


class RateLimit(msgspec.Struct, frozen=True):
    """The rate limit in a response's headers; None for missing values (possible on an Enterprise server).

    `limit` is in requests an hour: that of searches (requests a minute) is None.
    """

    resource: str
    limit: int | None
    remaining: int | None
    reset_at: dt.datetime | None


# The resources with a rate limit of their own.
RESOURCES = ("core", "search")


def resource_of(url: str) -> str:
    """Return the resource of an address, which is one of `RESOURCES`."""
    return "search" if "/search/" in url.partition("?")[0] else "core"


def rate_limit(headers: Mapping[str, str]) -> RateLimit:
    """Return the values of the `x-ratelimit-*` headers; None for invalid values, an empty resource without a header."""
    reset = _number(headers.get("x-ratelimit-reset"))
    resource = headers.get("x-ratelimit-resource", "")
    return RateLimit(
        resource=resource,
        limit=_number(headers.get("x-ratelimit-limit")) if resource == "core" else None,
        remaining=_number(headers.get("x-ratelimit-remaining")),
        reset_at=None if reset is None else epoch_to_date(reset),
    )


def pause_after(status: int, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> Pause | None:
    """Return the pause after a rate limit, or after the last request that it allowed; None for other responses.

    Without headers, only the message in the body identifies a secondary limit.
    """
    limit = rate_limit(headers)
    used_up = limit.remaining == 0
    server_time = http_date(headers.get("date")) or now
    requested = _requested_wait(headers.get("retry-after"), server_time)
    if status in LIMITED and requested is not None:
        return _pause("primary" if used_up else "secondary", requested, now, limit.limit)
    if used_up and limit.reset_at is not None:
        # By the server's clock: ours may be wrong.
        seconds = (limit.reset_at - server_time).total_seconds()
        if status in LIMITED or seconds > 0:
            # Add a second: the reset time is in whole seconds.
            return _pause("primary", max(0.0, seconds) + 1, now, limit.limit)
    message = response_message(body).lower() if status == 403 else ""
    if status == 429 or "rate limit" in message or "abuse detection" in message:
        return _pause("secondary", _SECONDARY_WAIT, now)
    return None


def _requested_wait(text: str | None, server_time: dt.datetime) -> float | None:
    """Return the seconds of a header `Retry-After`, a number or a date (RFC 9110, 10.2.3); None for other text."""
    seconds, until = _number(text), http_date(text)
    if seconds is None and until is not None:
        return max(0.0, (until - server_time).total_seconds())
    return seconds


def _pause(
    reason: Literal["primary", "secondary"], seconds: float, now: dt.datetime, limit: int | None = None
) -> Pause:
    return Pause(reason, now + dt.timedelta(seconds=min(seconds, MAX_WAIT)), limit)


def _number(text: str | None) -> int | None:
    """Return a non-negative integer; None for any other text. Of a longer number, only 15 digits are read."""
    text = (text or "").strip()
    return int(text[:15]) if text.isascii() and text.isdigit() else None


def http_date(text: str | None) -> dt.datetime | None:
    """Return the time of a header such as `Date`; None for any other text."""
    if not text:
        return None
    try:
        return clamp_date(email.utils.parsedate_to_datetime(text[:100]))
    except (ValueError, OverflowError):
        return None
