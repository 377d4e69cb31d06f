"""Requests that are repeated after an error, as often as it may help."""

import datetime as dt

import httpx
import pytest

from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.middleware.rate_limits import RateLimiter
from pawtui.sources.github.middleware.timing import Timing
from pawtui.sources.github.request import Request, Response
from pawtui.sources.waiting import WaitTracker

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


OUTCOMES: list[tuple[Exception | int, list[float]]] = [
    # The error or the status, and the waits before the further attempts.
    (httpx.ConnectError("no"), [0.5, 1]),
    (httpx.ReadTimeout("no"), [0.5, 1]),
    (httpx.RemoteProtocolError("no"), [0.5, 1]),
    (httpx.DecodingError("no"), [0.5, 1]),
    (500, [0.5, 1]),
    (503, [0.5, 1]),
    (501, []),
    (404, []),
    (200, []),
]


@pytest.mark.parametrize(("outcome", "waits"), OUTCOMES, ids=[repr(outcome) for outcome, _ in OUTCOMES])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_read_is_repeated_if_that_may_help(outcome: Exception | int, waits: list[float], method: str) -> None:
    sent, slept = 0, []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def send(request: Request) -> Response:
        nonlocal sent
        sent += 1
        if isinstance(outcome, Exception):
            raise outcome
        return Response(request=request, status=outcome, headers={}, body=b"")

    timing = Timing(60, lambda: NOW, sleep, WaitTracker("api.github.com", lambda: NOW))
    target = RequestTarget(what="x", host="api.github.com")
    request = Request(method=method, url="https://api.github.com/user", target=target)
    limiter = RateLimiter(send, 8, timing)
    if isinstance(outcome, Exception):
        with pytest.raises(type(outcome)):
            await limiter.send(request)
    else:
        assert (await limiter.send(request)).status == outcome
    assert slept == (waits if method == "GET" else [])
    assert sent == 1 + len(slept)


async def test_a_dropped_connection_does_not_prolong_the_pause_of_a_rate_limit() -> None:
    outcomes: list[Exception | int] = [httpx.ReadError("no"), 429, 200]
    slept: list[float] = []
    now = NOW

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += dt.timedelta(seconds=seconds)

    async def send(request: Request) -> Response:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return Response(request=request, status=outcome, headers={}, body=b"")

    timing = Timing(600, lambda: now, sleep, WaitTracker("api.github.com", lambda: now))
    target = RequestTarget(what="x", host="api.github.com")
    response = await RateLimiter(send, 8, timing).send(Request(url="https://api.github.com/user", target=target))
    assert (response.status, slept) == (200, [0.5, 60])
