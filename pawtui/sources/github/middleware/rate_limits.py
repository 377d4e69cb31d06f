"""Send a limited number of requests in parallel, none while a rate limit is used up, and repeat failed reads.

Requests that others depend on start first, optional requests last.
"""

import asyncio
import bisect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import httpx

from pawtui.sources.github.github_errors import rate_limit_error
from pawtui.sources.github.middleware.timing import Timing
from pawtui.sources.github.pauses import LIMITED, RESOURCES, Pause, pause_after, resource_of
from pawtui.sources.github.request import Rank, Request, Response, Send

# Attempts of one request, with the first, and the seconds before the second.
_ATTEMPTS = 3
_FIRST_BACKOFF = 0.5
_SERVER_ERRORS = frozenset({500, 502, 503, 504})


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

        Raises `RateLimited` if a pause ends after the deadline or no attempt is left, or the connection's last error.
        """
        attempt = 0
        while True:
            backoff = _FIRST_BACKOFF * 2**attempt
            attempt += 1
            may_repeat = request.method == "GET" and attempt < _ATTEMPTS and self._timing.allows(backoff)
            try:
                response, refusal = await self._send_by_rank(request)
            except (httpx.TransportError, httpx.DecodingError):
                if not may_repeat:
                    raise
            else:
                if refusal is not None:
                    if not may_repeat:
                        raise rate_limit_error(refusal, request.target)
                    # `_send_by_rank` waits for the end of the pause.
                    continue
                if not may_repeat or response.status not in _SERVER_ERRORS:
                    return response
            await self._timing.sleep(backoff)

    async def _send_by_rank(self, request: Request) -> tuple[Response, Pause | None]:
        """Return the response, and the pause if a rate limit refused the request. Wait for known pauses before."""
        options = request.options
        rank = options.rank if options.reserve is None else Rank.OPTIONAL
        resource = resource_of(request.url)
        while True:
            async with self._slots.hold(rank):
                pause = self._pauses.get(resource)
                if pause is None or pause.until <= self._timing.clock():
                    response = await self._send_on(request)
                    self._timing.waits.record_response()
                    pause = pause_after(response.status, response.headers, response.body, self._timing.clock())
                    if pause is not None:
                        self._add(pause, resource)
                    return response, pause if response.status in LIMITED else None
            # More requests would prolong the limit.
            await self._timing.wait(pause, request.target)
            # The wait has ended these pauses, even if the clock was set back during it.
            self._pauses = {name: other for name, other in self._pauses.items() if other.until > pause.until}

    def _add(self, pause: Pause, resource: str) -> None:
        """Add a pause to its resource, a secondary limit to all resources. A later end remains."""
        for name in RESOURCES if pause.reason == "secondary" else (resource,):
            self._pauses[name] = max(pause, self._pauses.get(name, pause), key=lambda known: known.until)
