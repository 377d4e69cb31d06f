"""Whether and how long to wait after an answer: GitHub's limits and its bad moments.

The rules are GitHub's own ("Best practices for using the REST API", "Rate limits for the REST API"): a 403 or 429 may
be the hour's limit, a secondary limit or plain permission, and only the headers and the message tell which.
"""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Mapping
from typing import Literal

import msgspec

TRIES = 4
FIRST_BACKOFF = 0.5
SECONDARY_WAIT = 60.0
SERVER_ERRORS = frozenset({500, 502, 503, 504})

Reason = Literal["primary", "secondary", "server"]


class Pause(msgspec.Struct, frozen=True):
    """Why to wait, how many seconds, and until when (UTC)."""

    reason: Reason
    seconds: float
    until: dt.datetime


class Allowance(msgspec.Struct, frozen=True):
    """What one answer's headers say of a limit: None where they say nothing (an Enterprise server may not)."""

    resource: str
    limit: int | None
    remaining: int | None
    reset_at: dt.datetime | None


def resource_of(path: str) -> str:
    """The bucket a path's requests are counted in."""
    return "search" if "/search/" in path else "core"


def allowance(headers: Mapping[str, str], path: str) -> Allowance:
    """Reads the `x-ratelimit-*` headers; what cannot be read is None."""
    reset = _number(headers.get("x-ratelimit-reset"))
    return Allowance(
        resource=headers.get("x-ratelimit-resource") or resource_of(path),
        limit=_number(headers.get("x-ratelimit-limit")),
        remaining=_number(headers.get("x-ratelimit-remaining")),
        reset_at=None if reset is None else _from_epoch(reset),
    )


def server_time(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime:
    """The answer's `Date`; `now` where there is none. Waits are counted from it, so that a wrong clock does no harm."""
    return _http_date(headers.get("date")) or now


def pause(status: int, headers: Mapping[str, str], message: str, attempt: int, now: dt.datetime) -> Pause | None:
    """How long to wait before the same GET is sent again; None where waiting would not help.

    `attempt` counts from 0. `message` is the JSON's own, which is all that tells a secondary limit without headers.
    """
    if status in SERVER_ERRORS:
        seconds = _retry_after(headers, now)
        seconds = FIRST_BACKOFF * 2**attempt if seconds is None else seconds
        return Pause("server", seconds, now + dt.timedelta(seconds=seconds))
    if status not in (403, 429):
        return None
    there = server_time(headers, now)
    given = allowance(headers, "")
    spent = given.remaining == 0
    reason: Reason = "primary" if spent else "secondary"
    after = _retry_after(headers, there)
    if after is not None:
        return Pause(reason, after, now + dt.timedelta(seconds=after))
    if spent and given.reset_at is not None:
        # One second more: the limit is counted in whole seconds.
        return Pause(reason, max(0.0, (given.reset_at - there).total_seconds()) + 1, given.reset_at)
    if status == 429 or "rate limit" in message.lower() or "abuse detection" in message.lower():
        seconds = SECONDARY_WAIT * 2**attempt
        return Pause("secondary", seconds, now + dt.timedelta(seconds=seconds))
    return None


def _retry_after(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """`Retry-After` in seconds, whether it was given so or as a date."""
    given = headers.get("retry-after")
    seconds = _number(given)
    if seconds is not None:
        return float(max(0, seconds))
    when = _http_date(given)
    return None if when is None else max(0.0, (when - now).total_seconds())


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _from_epoch(seconds: int) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _http_date(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    try:
        when = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return when.astimezone(dt.UTC) if when.tzinfo else when.replace(tzinfo=dt.UTC)
