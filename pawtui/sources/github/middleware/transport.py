"""The transport that sends each request through middleware, and the options of a request."""

from collections.abc import Awaitable, Callable
from enum import IntEnum
from typing import Final

import httpx
import msgspec

from pawtui.sources.github.error_messages import RequestTarget

# Send a request on, and return its response.
Send = Callable[[httpx.Request], Awaitable[httpx.Response]]
Middleware = Callable[[httpx.Request, Send], Awaitable[httpx.Response]]

# Extensions of a request: its `RequestOptions`, and its `RequestTarget`.
OPTIONS: Final = "pawtui_options"
TARGET: Final = "pawtui_target"
# Extensions of a response: the URL after redirects, if there were any, and whether the token in it was masked.
FINAL_URL: Final = "pawtui_final_url"
MASKED: Final = "pawtui_masked"


class MiddlewareTransport(httpx.AsyncBaseTransport):
    """A transport that sends requests through middleware, the innermost first, to `network`."""

    def __init__(self, network: httpx.AsyncBaseTransport, *middleware: Middleware) -> None:
        self._network = network
        self._send: Send = network.handle_async_request
        for each in middleware:
            self._send = _wrapped(each, self._send)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._send(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._network.aclose()


def _wrapped(middleware: Middleware, send: Send) -> Send:
    return lambda request: middleware(request, send)


class Rank(IntEnum):
    """The order in which requests start, the lowest rank first."""

    FIRST = 0  # heads, trees and past heads: other requests depend on them
    HISTORY = 1
    FILE = 2
    OTHER = 3
    OPTIONAL = 4  # starts only if no other request is active


class RequestOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The treatment of one request.

    `max_bytes` limits the decoded body. `time_limit` limits one exchange, in seconds; None leaves only the timeouts of
    the connection. If the response is `cached`, it is revalidated by its ETag. With a `reserve`, the request is
    optional: it is sent last, and only if more than `reserve` requests are left of the budget.
    """

    max_bytes: int = 64_000_000
    time_limit: float | None = None
    cached: bool = False
    rank: Rank = Rank.OTHER
    reserve: int | None = None


NOT_CACHED: Final = RequestOptions()
CACHED: Final = RequestOptions(cached=True)


def options_of(request: httpx.Request) -> RequestOptions:
    """Return the options of a request, or the default options."""
    options: RequestOptions = request.extensions.get(OPTIONS, NOT_CACHED)
    return options


def target_of(request: httpx.Request) -> RequestTarget:
    """Return what error messages state about a request."""
    target: RequestTarget = request.extensions[TARGET]
    return target


def path_of(request: httpx.Request) -> str:
    """Return a request's percent-encoded path, without the query."""
    return request.url.raw_path.decode("ascii").partition("?")[0]
