"""Send a limited number of requests in parallel, none while a rate limit is used up, and repeat failed reads.

Requests that others depend on start first, optional requests last.
"""

import asyncio
import bisect
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import httpx

from pawtui.sources.github.github_errors import is_caused_by
from pawtui.sources.github.middleware.timing import Timing
from pawtui.sources.github.pauses import (
    ATTEMPTS,
    FIRST_BACKOFF,
    LIMITED,
    SERVER_ERRORS,
    Pause,
    pause_after,
    resource_of,
)
from pawtui.sources.github.request import Rank, Request, Response, Send

_EVERY_RESOURCE = "*"


class RequestSlots:
    """A semaphore of `slots` requests. They start by rank, and within a rank in order of arrival."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._active: list[Rank] = []
        self._order = count()
        # Sorted: the first one starts next.
        self._waiting: list[tuple[Rank, int, asyncio.Event]] = []

    @asynccontextmanager
    async def hold(self, rank: Rank = Rank.OTHER) -> AsyncIterator[None]:
        """Occupy a slot during the block."""
        turn = asyncio.Event()
        waiting = (rank, next(self._order), turn)
        bisect.insort(self._waiting, waiting)
        self._start_next()
        try:
            await turn.wait()
            yield
        finally:
            if turn.is_set():
                self._active.remove(rank)
            else:
                # It was cancelled before its start.
                self._waiting.remove(waiting)
            self._start_next()

    def _start_next(self) -> None:
        while self._waiting and len(self._active) < self._slots:
            rank, _, turn = self._waiting[0]
            # An optional request starts only if all active requests are optional.
            if rank == Rank.OPTIONAL and any(active != Rank.OPTIONAL for active in self._active):
                return
            self._waiting.pop(0)
            self._active.append(rank)
            turn.set()


class RateLimiter:
    """Sends requests by rank, at most `slots` in parallel, and none while a rate limit is used up."""

    def __init__(self, send: Send, slots: int, timing: Timing) -> None:
        self._send_on = send
        self._slots = RequestSlots(slots)
        self._timing = timing
        # By the resource whose limit is used up.
        self._pauses: dict[str, Pause] = {}

    async def send(self, request: Request) -> Response:
        """Send a request on, and repeat a GET after a rate limit or a failure if that may help. A write is sent once.

        Raises the error of `wait_error` if a pause ends after the deadline, or the last error of the connection.
        """
        if request.method != "GET":
            async with self._slots.hold():
                return await self._send_on(request)
        failures = pauses = 0
        while True:
            attempt = failures + pauses
            try:
                response = await self._send_by_rank(request)
            except httpx.HTTPError as error:
                backoff = FIRST_BACKOFF * 2**attempt
                if attempt >= _max_retries(error) or not self._timing.allows(backoff):
                    raise
                failures += 1
                await self._timing.sleep(backoff)
                continue
            pause = pause_after(response.status, response.headers, response.body, pauses, self._timing.clock())
            if pause is not None and pause.reason != "server":
                # All requests for this resource wait for the end of the pause, in `_send_by_rank`.
                resource = _EVERY_RESOURCE if pause.reason == "secondary" else resource_of(request.url)
                self._pauses[resource] = pause
            may_help = response.status in LIMITED | SERVER_ERRORS and attempt + 1 < ATTEMPTS
            if pause is None or not may_help:
                return response
            pauses += 1
            if pause.reason == "server":
                await self._timing.wait(pause, request.target)

    async def _send_by_rank(self, request: Request) -> Response:
        options = request.options
        rank = options.rank if options.reserve is None else Rank.OPTIONAL
        resource = resource_of(request.url)
        while True:
            async with self._slots.hold(rank):
                now = self._timing.clock()
                known = [self._pauses[name] for name in (resource, _EVERY_RESOURCE) if name in self._pauses]
                current = (pause for pause in known if pause.until > now)
                pause = max(current, key=lambda pause: pause.until, default=None)
                if pause is None:
                    response = await self._send_on(request)
                    self._timing.waits.record_response()
                    return response
            # More requests would prolong the limit.
            await self._timing.wait(pause, request.target)
            # The wait has ended these pauses, even if the clock was set back during it.
            self._pauses = {name: other for name, other in self._pauses.items() if other.until > pause.until}


def _max_retries(error: Exception) -> int:
    if isinstance(error, httpx.UnsupportedProtocol) or is_caused_by(error, ssl.SSLCertVerificationError):
        return 0
    if isinstance(error, httpx.TimeoutException | httpx.ConnectError | httpx.ProxyError | httpx.DecodingError):
        return 1
    # The connection was dropped.
    return ATTEMPTS - 1 if isinstance(error, httpx.TransportError) else 0
