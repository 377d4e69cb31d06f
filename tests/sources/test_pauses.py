"""The waits after responses: their reasons, their length, and headers that are invalid or out of range."""

import datetime as dt
import email.utils
import json

import pytest

from pawtui.sources.dates import EARLIEST, LATEST
from pawtui.sources.github.pauses import MAX_WAIT, Pause, http_date, pause_after, rate_limit

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
RESET = int(NOW.timestamp()) + 90


def pause(status: int, headers: dict[str, str], message: str = "") -> Pause | None:
    """Return the pause after a response with this message."""
    return pause_after(status, headers, json.dumps({"message": message}).encode(), NOW)


def seconds_of(wait: Pause | None) -> float:
    """Return the length of a pause that begins now."""
    assert wait is not None
    return (wait.until - NOW).total_seconds()


@pytest.mark.parametrize(
    ("status", "headers", "message", "reason", "seconds"),
    [
        (403, {"retry-after": "30"}, "", "secondary", 30),
        (429, {"retry-after": " 30 "}, "", "secondary", 30),
        (403, {"retry-after": "30", "x-ratelimit-remaining": "0"}, "", "primary", 30),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{RESET}"}, "", "primary", 91),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{RESET}"}, "", "primary", 91),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, "", "primary", 1),
        (429, {}, "", "secondary", 60),
        (403, {}, "You have exceeded a Secondary Rate Limit.", "secondary", 60),
        (403, {"x-ratelimit-remaining": "9"}, "You have triggered an Abuse Detection mechanism", "secondary", 60),
    ],
)
def test_the_response_decides_the_wait(
    status: int, headers: dict[str, str], message: str, reason: str, seconds: float
) -> None:
    wait = pause(status, headers, message)
    assert (wait and wait.reason, seconds_of(wait)) == (reason, seconds)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (403, {}),
        (403, {"x-ratelimit-remaining": "12", "x-ratelimit-reset": f"{RESET}"}),
        (404, {"retry-after": "30"}),
        (401, {}),
        (422, {}),
        (503, {"retry-after": "7"}),
    ],
)
def test_no_wait_if_it_would_not_help(status: int, headers: dict[str, str]) -> None:
    assert pause(status, headers, "Must have admin rights") is None


def test_no_wait_after_a_success_whose_text_mentions_a_limit() -> None:
    # An annotated tag has a message.
    assert pause(200, {}, "Respect the secondary rate limit") is None


@pytest.mark.parametrize("headers", [{"retry-after": "soon"}, {"x-ratelimit-reset": "-9"}])
def test_invalid_headers_are_ignored(headers: dict[str, str]) -> None:
    assert seconds_of(pause(429, headers | {"x-ratelimit-remaining": "0"})) == 60


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{RESET}"}, 91),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{RESET - 90}"}, None),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": f"{RESET}"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({}, None),
    ],
)
def test_the_last_request_of_a_limit_stops_the_others(headers: dict[str, str], seconds: float | None) -> None:
    wait = pause(200, headers)
    assert (seconds_of(wait) if wait else None) == seconds


@pytest.mark.parametrize("ahead", [-3600, 3600])
@pytest.mark.parametrize("status", [200, 403])
def test_a_wrong_clock_does_not_change_the_wait(status: int, ahead: int) -> None:
    date = email.utils.format_datetime(NOW - dt.timedelta(seconds=ahead), usegmt=True)
    headers = {"date": date, "x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{RESET - ahead}"}
    assert seconds_of(pause(status, headers)) == 91


@pytest.mark.parametrize("ahead", [-3600, 0, 3600])
def test_the_requested_wait_may_end_at_a_date_by_the_servers_clock(ahead: int) -> None:
    server_time = NOW - dt.timedelta(seconds=ahead)
    until = email.utils.format_datetime(server_time + dt.timedelta(seconds=30), usegmt=True)
    date = email.utils.format_datetime(server_time, usegmt=True)
    assert seconds_of(pause(429, {"retry-after": until, "date": date})) == 30
    assert seconds_of(pause(429, {"retry-after": date, "date": until})) == 0, "it is over"


FAR = "9" * 40


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (429, {"retry-after": "1000000000000"}),
        (403, {"retry-after": FAR}),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": FAR}),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "253402300799"}),
    ],
)
def test_a_wait_is_at_most_a_day(status: int, headers: dict[str, str]) -> None:
    assert seconds_of(pause(status, headers)) == MAX_WAIT


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Fri, 20 Nov 2026 09:00:00 GMT", NOW),
        ("Fri, 31 Dec 9999 23:59:59 -2359", LATEST),
        ("Mon, 01 Jan 1900 00:00:00 +2359", EARLIEST),
        ("Mon, 32 Foo 2026", None),
        ("Fri, 20 Nov 2026 09:00:00 +9999", None),
        ("\ud800", None),
        ("1" * 5000, None),
        ("", None),
    ],
)
def test_a_date_header_is_clamped_or_ignored(text: str, when: dt.datetime | None) -> None:
    assert http_date(text) == when


def test_headers_out_of_range_are_limited_or_ignored() -> None:
    limit = rate_limit({"x-ratelimit-remaining": FAR, "x-ratelimit-limit": "-1", "x-ratelimit-reset": FAR})
    assert (limit.remaining, limit.limit, limit.reset_at) == (10**15 - 1, None, LATEST)
    assert seconds_of(pause(200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": FAR})) == MAX_WAIT
    assert pause(200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}) is None
