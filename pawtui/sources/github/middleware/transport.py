"""The transport that sends each request through middleware, and what middleware reads of a request."""

from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.request_options import NOT_CACHED, RequestOptions

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
