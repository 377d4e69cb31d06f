"""For sources: transports without sockets, to the fake GitHub and to the update service, and a sleep of no time."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from tests.support.fake_http import Exchange, FakeServer, Sent


async def no_sleep(_seconds: float) -> None:
    """Return at once."""


class InProcessTransport(httpx.AsyncBaseTransport):
    """A transport to `fake`; other hosts do not exist. Tests of the network itself do not use it."""

    def __init__(self, fake: FakeServer) -> None:
        self._fake = fake

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response of the fake."""
        url, fake = request.url, self._fake
        if fake.is_closed or not fake.url.startswith(f"{url.scheme}://{url.netloc.decode()}"):
            raise httpx.ConnectError(f"no server at {url.netloc.decode()}")
        body = b"".join([part async for part in request.stream])  # type: ignore[union-attr]
        exchange = Exchange(fake, request.method, url.raw_path.decode(), request.headers, body)
        await asyncio.sleep(fake.latency)
        # Any thread may set the event.
        while exchange.released is not None and not exchange.released.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        sent = exchange.respond()
        if sent is None:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return httpx.Response(sent.status, headers=sent.headers, stream=_Body(sent))


class _Body(httpx.AsyncByteStream):
    """The content of a response, which ends with an error if it is cut."""

    def __init__(self, sent: Sent) -> None:
        self._sent = sent

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._sent.content
        if self._sent.is_cut:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def update_service(version: str = "2.3.2") -> httpx.MockTransport:
    """Return a transport to the vendor's update service, which delivers `version`. Other hosts do not exist."""

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.host != "opencode.ai":
            raise httpx.ConnectError(f"no such host: {request.url.host}")
        return httpx.Response(200, json={"version": version})

    return httpx.MockTransport(respond)
