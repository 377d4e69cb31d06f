"""Limit the time of one exchange, from the request to the last byte."""

import asyncio

import httpx

from pawtui.sources.github.transports.options import options_of
from pawtui.sources.github.transports.transport import Transport
from pawtui.sources.github.transports.transport_errors import TimeLimitReached


class TimeLimitTransport(Transport):
    """A transport that ends an exchange after its request's time limit. Raises `TimeLimitReached`."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        seconds = options_of(request).time_limit
        if not seconds:
            return await self._inner.handle_async_request(request)
        try:
            async with asyncio.timeout(seconds) as limit:
                return await self._inner.handle_async_request(request)
        except TimeoutError:
            if not limit.expired():
                raise
        raise TimeLimitReached(seconds)
