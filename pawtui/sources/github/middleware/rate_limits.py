"""Send a limited number of requests in parallel, and none while a rate limit is used up.

Requests that others depend on start first, optional requests last.
"""

import asyncio
import datetime as dt
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import NamedTuple

import httpx

from pawtui.sources.github.github_errors import wait_error
from pawtui.sources.github.middleware.timing import Timing
from pawtui.sources.github.middleware.transport import Send, options_of, path_of, target_of
from pawtui.sources.github.pauses import ATTEMPTS, Pause, rate_limit_pause, resource_of, used_up_pause
from pawtui.sources.github.request_options import Rank
from pawtui.sources.github.wire import response_message

_EVERY_RESOURCE = "*"


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


class RateLimiter:
    """Sends requests by rank, at most `slots` in parallel, and none while a rate limit is used up."""

    def __init__(self, slots: int, timing: Timing) -> None:
        self._slots = RequestSlots(slots)
        self._timing = timing
        # By the resource whose limit is used up.
        self._pauses: dict[str, _ActivePause] = {}

    async def send_within_limit(self, request: httpx.Request, send: Send) -> httpx.Response:
        """Send a request on, and repeat a GET after a rate limit. A write is sent once.

        Raises `RateLimited` if the limit ends after the deadline, or if it is reached in every attempt.
        """
        if request.method != "GET":
            async with self._slots.hold():
                return await self._exchange(request, send)
        resource = resource_of(path_of(request))
        attempt = 0
        while True:
            response = await self._send_by_rank(request, send, resource)
            status, headers, now = response.status_code, response.headers, self._timing.clock()
            message = response_message(response.content) if status >= 400 else ""
            pause = rate_limit_pause(status, headers, message, attempt, now)
            if pause is None:
                # This request can have been the last one of the limit.
                if (used_up := used_up_pause(headers, now)) is not None:
                    self._add_pause(resource, used_up)
                return response
            self._add_pause(_EVERY_RESOURCE if pause.reason == "secondary" else resource, pause)
            attempt += 1
            if attempt >= ATTEMPTS:
                raise wait_error(pause, target_of(request))

    async def _send_by_rank(self, request: httpx.Request, send: Send, resource: str) -> httpx.Response:
        options = options_of(request)
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
