"""The transport that sends each request through middleware, the options of a request, and the errors of sending it."""

import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final

import httpx
import msgspec

from pawtui.sources.github.pauses import Pause

# Send a request on, and return its response.
Send = Callable[[httpx.Request], Awaitable[httpx.Response]]
Middleware = Callable[[httpx.Request, Send], Awaitable[httpx.Response]]

# The extension of a request with its `RequestOptions`.
OPTIONS: Final = "pawtui_options"
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


class RequestOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The treatment of one request.

    `max_bytes` limits the decoded body. `time_limit` limits one exchange, in seconds; 0 leaves only the timeouts of the
    connection. If the response is `cached`, it is revalidated by its ETag. With a `reserve`, the request is optional:
    it is sent last, and only if more than `reserve` requests are left of the budget.
    """

    max_bytes: int = 64_000_000
    time_limit: float = 0.0
    cached: bool = False
    reserve: int | None = None


NOT_CACHED: Final = RequestOptions()
CACHED: Final = RequestOptions(cached=True)


def options_of(request: httpx.Request) -> RequestOptions:
    """Return the options of a request, or the default options."""
    options: RequestOptions = request.extensions.get(OPTIONS, NOT_CACHED)
    return options


def path_of(request: httpx.Request) -> str:
    """Return a request's percent-encoded path, without the query."""
    return request.url.raw_path.decode("ascii").partition("?")[0]


class TransportError(Exception):
    """Middleware gave up a request. (Connection errors are `httpx.HTTPError`.)"""


@dataclass(eq=False)
class ForeignRedirect(TransportError):
    """A redirect leads to another host, or to an address with credentials. `host` is safe to show, or empty."""

    host: str


class RedirectLoop(TransportError):
    """Redirects do not end."""


@dataclass(eq=False)
class BodyTooLarge(TransportError):
    """The decoded body is larger than `limit` bytes."""

    limit: int


class BodyCutOff(TransportError):
    """The connection was dropped within the body."""


@dataclass(eq=False)
class TimeLimitReached(TransportError):
    """One exchange took longer than its time limit of `seconds`."""

    seconds: float


@dataclass(eq=False)
class WaitTooLong(TransportError):
    """A wait ends after the deadline, or did not help. `resource` is the name of the rate limit."""

    pause: Pause
    resource: str


@dataclass(eq=False)
class BudgetSpent(TransportError):
    """An optional request was not sent: only its reserve is left of the `budget` of requests."""

    budget: int


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its chain of causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def has_untrusted_certificate(error: BaseException) -> bool:
    """Return whether a connection failed because the host's certificate is not trusted."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes(error))
