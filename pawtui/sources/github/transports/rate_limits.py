"""Send a limited number of requests at once, and none while a rate limit is used up."""

import datetime as dt

import httpx

from pawtui.sources.github.pauses import ATTEMPTS, Pause, rate_limit_pause, resource_of, used_up_pause
from pawtui.sources.github.request_slots import OPTIONAL, RequestSlots, rank_of
from pawtui.sources.github.transports.options import options_of, path_of
from pawtui.sources.github.transports.timing import Timing
from pawtui.sources.github.transports.transport import Transport
from pawtui.sources.github.transports.transport_errors import WaitTooLong
from pawtui.sources.github.wire import error_message

_EVERY_RESOURCE = "*"


class RateLimitTransport(Transport):
    """A transport that sends requests by rank, and repeats a GET after a rate limit. A write is sent once.

    Raises `WaitTooLong` if the limit ends after the deadline, or if it is reached in every attempt.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, slots: RequestSlots, timing: Timing) -> None:
        super().__init__(inner)
        self._slots = slots
        self._timing = timing
        # Active limits by resource, each with its end by our clock.
        self._blocks: dict[str, tuple[Pause, dt.datetime]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            async with self._slots.hold():
                return await self._exchange(request)
        resource = resource_of(path_of(request))
        attempt = 0
        while True:
            response = await self._send(request, resource)
            status, headers, now = response.status_code, response.headers, self._timing.clock()
            if status < 400:
                # This was the last request of the limit.
                if (used_up := used_up_pause(headers, now)) is not None:
                    self._block(resource, used_up)
                return response
            pause = rate_limit_pause(status, headers, error_message(response.content), attempt, now)
            if pause is None:
                return response
            self._block(_EVERY_RESOURCE if pause.reason == "secondary" else resource, pause)
            attempt += 1
            if attempt >= ATTEMPTS:
                raise WaitTooLong(pause, resource)

    async def _send(self, request: httpx.Request, resource: str) -> httpx.Response:
        rank = rank_of(request.url.raw_path.decode("ascii")) if options_of(request).reserve is None else OPTIONAL
        while True:
            await self._wait_for_limit(resource)
            async with self._slots.hold(rank):
                # Another request may have reached a limit meanwhile.
                if self._current_block(resource) is None:
                    return await self._exchange(request)

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        self._timing.waits.responded()
        return response

    async def _wait_for_limit(self, resource: str) -> None:
        """Wait for the end of an active limit: more requests would prolong it."""
        block = self._current_block(resource)
        if block is None:
            return
        pause, ends = block
        seconds = (ends - self._timing.clock()).total_seconds()
        await self._timing.wait(pause, seconds, resource)
        self._blocks = {name: other for name, other in self._blocks.items() if other[1] > ends}

    def _block(self, resource: str, pause: Pause) -> None:
        self._blocks[resource] = (pause, self._timing.clock() + dt.timedelta(seconds=pause.seconds))

    def _current_block(self, resource: str) -> tuple[Pause, dt.datetime] | None:
        now = self._timing.clock()
        known = [self._blocks[name] for name in (resource, _EVERY_RESOURCE) if name in self._blocks]
        return max((block for block in known if block[1] > now), key=lambda block: block[1], default=None)
