"""When a request is sent: a few at the same time, none while a rate limit is used up, and again after an error.

Requests that others depend on start first, optional requests last. All waits end before the deadline.
"""

import asyncio
import datetime as dt
import heapq
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import NamedTuple

import httpx

from pawtui.sources.github.github_errors import RequestTarget, is_caused_by, wait_error
from pawtui.sources.github.middleware.transport import Send, options_of, path_of, target_of
from pawtui.sources.github.pauses import (
    ATTEMPTS,
    FIRST_BACKOFF,
    Pause,
    rate_limit_pause,
    resource_of,
    server_error_pause,
    used_up_pause,
)
from pawtui.sources.github.request_options import Rank
from pawtui.sources.github.wire import response_message
from pawtui.sources.waiting import WaitTracker

_EVERY_RESOURCE = "*"


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
        with self.waits.track_pause(pause.until):
            await self.sleep(seconds)


class RequestSlots:
    """A semaphore of `slots` requests. They start by rank, and within a rank in order of arrival."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        # Active requests that are not optional.
        self._required = 0
        self._order = count()
        self._waiting: list[tuple[Rank, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def hold(self, rank: Rank = Rank.OTHER) -> AsyncIterator[None]:
        """Occupy a slot during the block."""
        await self._take(rank)
        try:
            yield
        finally:
            self._release(rank)

    async def _take(self, rank: Rank) -> None:
        if self._may_start(rank):
            self._start(rank)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            # The slot may have been assigned just before the cancellation.
            if turn.done() and not turn.cancelled():
                self._release(rank)
            raise

    def _may_start(self, rank: Rank) -> bool:
        return self._free > 0 and (rank < Rank.OPTIONAL or self._required == 0)

    def _start(self, rank: Rank) -> None:
        self._free -= 1
        if rank < Rank.OPTIONAL:
            self._required += 1

    def _release(self, rank: Rank) -> None:
        self._free += 1
        if rank < Rank.OPTIONAL:
            self._required -= 1
        while self._waiting and self._may_start(self._waiting[0][0]):
            next_rank, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self._start(next_rank)
                turn.set_result(None)


class _ActivePause(NamedTuple):
    """A pause, and its end by the local clock: `Pause.until` is by the server's."""

    pause: Pause
    ends: dt.datetime


class RequestScheduler:
    """Sends requests by rank, at most `slots` in parallel, and none while a rate limit is used up."""

    def __init__(self, slots: int, timing: Timing) -> None:
        self._slots = RequestSlots(slots)
        self._timing = timing
        # By the resource whose limit is used up.
        self._pauses: dict[str, _ActivePause] = {}

    async def send(self, request: httpx.Request, send: Send) -> httpx.Response:
        """Send a request on, and repeat a GET if that may help. A write is sent once.

        Raises the error of `wait_error` if a wait ends after the deadline, or if a rate limit is reached in every
        attempt, and the last error of the connection.
        """
        if request.method != "GET":
            async with self._slots.hold():
                return await self._exchange(request, send)
        attempt = 0
        while True:
            try:
                response = await self._send_by_rank(request, send)
            except httpx.HTTPError as error:
                backoff = FIRST_BACKOFF * 2**attempt
                if attempt >= _retries_after(error) or not self._timing.allows(backoff):
                    raise
                await self._timing.sleep(backoff)
            else:
                if not await self._is_repeated(request, response, attempt):
                    return response
            attempt += 1

    async def _is_repeated(self, request: httpx.Request, response: httpx.Response, attempt: int) -> bool:
        """Return whether a GET is sent again after this response. A pause for a rate limit is waited for then."""
        status, headers, now = response.status_code, response.headers, self._timing.clock()
        is_last = attempt + 1 >= ATTEMPTS
        if pause := server_error_pause(status, headers, attempt, now):
            if not is_last:
                await self._timing.wait(pause, pause.seconds, target_of(request))
            return not is_last
        resource = resource_of(path_of(request))
        if pause := rate_limit_pause(status, headers, response_message(response.content), attempt, now):
            self._add_pause(_EVERY_RESOURCE if pause.reason == "secondary" else resource, pause)
            if is_last:
                raise wait_error(pause, target_of(request))
            return True
        # This request can have been the last one of the limit.
        if pause := used_up_pause(headers, now):
            self._add_pause(resource, pause)
        return False

    async def _send_by_rank(self, request: httpx.Request, send: Send) -> httpx.Response:
        options, resource = options_of(request), resource_of(path_of(request))
        rank = options.rank if options.reserve is None else Rank.OPTIONAL
        while True:
            await self._wait_for_pause(request, resource)
            async with self._slots.hold(rank):
                # Another request may have reached a limit meanwhile.
                if self._current_pause(resource) is None:
                    return await self._exchange(request, send)

    async def _exchange(self, request: httpx.Request, send: Send) -> httpx.Response:
        response = await send(request)
        self._timing.waits.record_response()
        return response

    async def _wait_for_pause(self, request: httpx.Request, resource: str) -> None:
        """Wait for the end of a pause: more requests would prolong it."""
        current = self._current_pause(resource)
        if current is None:
            return
        seconds = (current.ends - self._timing.clock()).total_seconds()
        await self._timing.wait(current.pause, seconds, target_of(request))
        # The wait has ended these pauses, even if the clock was set back during it.
        self._pauses = {name: other for name, other in self._pauses.items() if other.ends > current.ends}

    def _add_pause(self, resource: str, pause: Pause) -> None:
        ends = self._timing.clock() + dt.timedelta(seconds=pause.seconds)
        self._pauses[resource] = _ActivePause(pause, ends)

    def _current_pause(self, resource: str) -> _ActivePause | None:
        """Return the pause that ends last of those that apply to a resource, or None."""
        now = self._timing.clock()
        known = [self._pauses[name] for name in (resource, _EVERY_RESOURCE) if name in self._pauses]
        return max((active for active in known if active.ends > now), key=lambda active: active.ends, default=None)


def _retries_after(error: httpx.HTTPError) -> int:
    """Return how often a request may be repeated after a connection error."""
    if isinstance(error, httpx.UnsupportedProtocol) or is_caused_by(error, ssl.SSLCertVerificationError):
        return 0
    if isinstance(error, httpx.TimeoutException | httpx.ConnectError | httpx.ProxyError | httpx.DecodingError):
        return 1
    # The connection was dropped.
    return 3 if isinstance(error, httpx.TransportError) else 0
