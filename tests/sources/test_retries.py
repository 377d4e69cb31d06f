"""Requests that are repeated after an error, as often as it may help."""

import datetime as dt
import ssl

import httpx
import pytest

from pawtui.sources.github.github_errors import BodyCutOff, RequestTarget
from pawtui.sources.github.middleware.retries import retry
from pawtui.sources.github.middleware.timing import Timing
from pawtui.sources.github.middleware.transport import TARGET
from pawtui.sources.waiting import WaitTracker

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def untrusted() -> Exception:
    error = httpx.ConnectError("no")
    error.__cause__ = ssl.SSLCertVerificationError()
    return error


OUTCOMES: list[tuple[Exception | int, list[float]]] = [
    # The error or the status, and the waits before the further attempts.
    (httpx.UnsupportedProtocol("no"), []),
    (untrusted(), []),
    (httpx.ConnectError("no"), [0.5]),
    (httpx.ConnectTimeout("no"), [0.5]),
    (httpx.ReadTimeout("no"), [0.5]),
    (httpx.ProxyError("no"), [0.5]),
    (httpx.DecodingError("no"), [0.5]),
    (httpx.ReadError("no"), [0.5, 1, 2]),
    (httpx.RemoteProtocolError("no"), [0.5, 1, 2]),
    (BodyCutOff("no"), [0.5, 1, 2]),
    (httpx.TooManyRedirects("no"), []),
    (500, [0.5, 1, 2]),
    (503, [0.5, 1, 2]),
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

    async def send(request: httpx.Request) -> httpx.Response:
        nonlocal sent
        sent += 1
        if isinstance(outcome, Exception):
            raise outcome
        return httpx.Response(outcome)

    timing = Timing(60, lambda: NOW, sleep, WaitTracker("api.github.com", lambda: NOW))
    extensions = {TARGET: RequestTarget(what="x", host="api.github.com")}
    request = httpx.Request(method, "https://api.github.com/user", extensions=extensions)
    if isinstance(outcome, Exception):
        with pytest.raises(type(outcome)):
            await retry(timing, request, send)
    else:
        assert (await retry(timing, request, send)).status_code == outcome
    assert slept == (waits if method == "GET" else [])
    assert sent == 1 + len(slept)
