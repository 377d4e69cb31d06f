"""Retry a GET after connection failures and server errors, with exponential backoff."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

import httpx

from pawtui.sources.github.limits import ATTEMPTS, FIRST_BACKOFF, resource_of, server_error_pause
from pawtui.sources.github.transports.options import path_of
from pawtui.sources.github.transports.transport_errors import BodyCutOff, WaitTooLong, has_untrusted_certificate
from pawtui.sources.github.transports.waits import Deadline, WaitTracker


class RetryTransport(httpx.AsyncBaseTransport):
    """A transport that repeats a GET if that may help and the deadline allows it.

    Raises the last error, or `WaitTooLong` if the server requests a wait beyond the deadline.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        deadline: Deadline,
        waits: WaitTracker,
        clock: Callable[[], dt.datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._inner = inner
        self._deadline = deadline
        self._waits = waits
        self._clock = clock
        self._sleep = sleep

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request until the response is final."""
        if request.method != "GET":
            return await self._inner.handle_async_request(request)
        attempt = 0
        while True:
            try:
                response = await self._inner.handle_async_request(request)
            except (httpx.HTTPError, BodyCutOff) as error:
                if attempt >= retries_after(error) or not self._deadline.allows(FIRST_BACKOFF * 2**attempt):
                    raise
                pause = None
            else:
                pause = server_error_pause(response.status_code, response.headers, attempt, self._clock())
                if pause is None or attempt + 1 >= ATTEMPTS:
                    return response
                if not self._deadline.allows(pause.seconds):
                    raise WaitTooLong(pause, resource_of(path_of(request)))
            if pause is None:
                await self._sleep(FIRST_BACKOFF * 2**attempt)
            else:
                with self._waits.pause(pause.until):
                    await self._sleep(pause.seconds)
            attempt += 1

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def retries_after(error: Exception) -> int:
    """Return how often a request may be repeated after a connection error."""
    if isinstance(error, httpx.UnsupportedProtocol) or has_untrusted_certificate(error):
        return 0
    if isinstance(error, httpx.TimeoutException | httpx.ConnectError | httpx.ProxyError | httpx.DecodingError):
        return 1
    # The connection was dropped.
    return 3 if isinstance(error, httpx.TransportError | BodyCutOff) else 0
