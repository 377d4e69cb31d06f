"""Retry a GET after connection failures and server errors, and wait within the deadline."""

import asyncio
import datetime as dt
import ssl
from collections.abc import Awaitable, Callable

import httpx

from pawtui.sources.github.error_messages import RequestTarget, is_caused_by, wait_error
from pawtui.sources.github.middleware.transport import Send, target_of
from pawtui.sources.github.pauses import ATTEMPTS, FIRST_BACKOFF, Pause, server_error_pause
from pawtui.sources.waiting import WaitTracker


class Timing:
    """The clock, the waits and the deadline of a source's requests.

    All requests end `limit` seconds after `start`. `sleep` waits for a number of seconds.
    """

    def __init__(
        self,
        limit: float,
        clock: Callable[[], dt.datetime],
        sleep: Callable[[float], Awaitable[None]],
        waits: WaitTracker,
    ) -> None:
        self.limit = limit
        # The deadline in the event loop's time; None before `start`.
        self.deadline: float | None = None
        self.clock = clock
        self.sleep = sleep
        self.waits = waits

    def start(self) -> None:
        """Set the deadline to `limit` seconds from now."""
        self.deadline = asyncio.get_running_loop().time() + self.limit

    def allows(self, seconds: float) -> bool:
        """Return whether a wait of `seconds` ends before the deadline."""
        return self.deadline is None or seconds <= self.deadline - asyncio.get_running_loop().time()

    async def wait(self, pause: Pause, seconds: float, target: RequestTarget) -> None:
        """Wait for the rest of a pause. Raises the error of `wait_error` if it ends after the deadline."""
        if not self.allows(seconds):
            raise wait_error(pause, target)
        with self.waits.pause(pause.until):
            await self.sleep(seconds)


async def retry(timing: Timing, request: httpx.Request, send: Send) -> httpx.Response:
    """Repeat a GET if that may help and the deadline allows it.

    Raises the last error, or `BadResponse` if the server requests a wait beyond the deadline.
    """
    if request.method != "GET":
        return await send(request)
    attempt = 0
    while True:
        backoff = FIRST_BACKOFF * 2**attempt
        try:
            response = await send(request)
        except httpx.HTTPError as error:
            if attempt >= _retries_after(error) or not timing.allows(backoff):
                raise
            await timing.sleep(backoff)
        else:
            pause = server_error_pause(response.status_code, response.headers, attempt, timing.clock())
            if pause is None or attempt + 1 >= ATTEMPTS:
                return response
            await timing.wait(pause, pause.seconds, target_of(request))
        attempt += 1


def _retries_after(error: Exception) -> int:
    """Return how often a request may be repeated after a connection error."""
    if isinstance(error, httpx.UnsupportedProtocol) or is_caused_by(error, ssl.SSLCertVerificationError):
        return 0
    if isinstance(error, httpx.TimeoutException | httpx.ConnectError | httpx.ProxyError | httpx.DecodingError):
        return 1
    # The connection was dropped.
    return 3 if isinstance(error, httpx.TransportError) else 0
