"""The HTTP client of one API: a deadline, single-flight requests, and one error message for each failure.

The middleware implements how a request is sent; the callers know what it is for.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Mapping
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec

from pawtui import __version__
from pawtui.phrases import capitalized
from pawtui.sources.github import github_errors
from pawtui.sources.github.cache import Cache
from pawtui.sources.github.github_errors import CHECK_FIRST, RequestTarget
from pawtui.sources.github.middleware.limits import RequestCounter, limit_size, limit_time
from pawtui.sources.github.middleware.rate_limits import RateLimiter
from pawtui.sources.github.middleware.retries import retry
from pawtui.sources.github.middleware.revalidation import revalidate
from pawtui.sources.github.middleware.timing import Timing
from pawtui.sources.github.middleware.tokens_and_redirects import REDIRECTS, add_token, follow_redirects, mask_token
from pawtui.sources.github.middleware.transport import FINAL_URL, OPTIONS, TARGET, MiddlewareTransport
from pawtui.sources.github.network import open_network
from pawtui.sources.github.pauses import http_date, rate_limit_pause, server_time
from pawtui.sources.github.request_options import NOT_CACHED, RequestOptions
from pawtui.sources.github.token import Secret
from pawtui.sources.github.urls import host_of, is_same_server
from pawtui.sources.github.wire import response_message
from pawtui.sources.single_flight import SingleFlight
from pawtui.sources.source_errors import BadResponse, Refused, SourceError, Unauthorized

_T = TypeVar("_T")

Params = Mapping[str, str | int]

MAX_CONCURRENT = 8
_MAX_REQUESTS = 5  # of one GET, with those after redirects
_TIMEOUT = httpx.Timeout(connect=10.0, read=30.0, write=30.0, pool=None)
_HEADERS = {
    "Accept": "application/vnd.github+json",
    "Accept-Encoding": "gzip, deflate",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": f"pawtui/{__version__}",
}

# Both log complete URLs with query strings at INFO.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class ApiResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A final response to the request for `target`. `url` is its address, after a redirect if it `moved`.

    `at` is the server's time. `date` is the `Date` header, which may be implausible; None if it is missing or invalid.
    `next` is the address of the next page, empty if there is none.
    """

    target: RequestTarget
    status: int
    body: bytes
    url: str
    moved: bool = False
    next: str = ""
    at: dt.datetime
    date: dt.datetime | None = None

    def __repr__(self) -> str:
        # Crash reports may contain local variables.
        return f"ApiResponse(status={self.status}, body=<{len(self.body)} bytes>)"

    def decode(self, type_: type[_T]) -> _T:
        """Return the JSON as typed structs. Raises `BadResponse` if it has another shape."""
        try:
            return msgspec.json.decode(self.body, type=type_)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            failure = github_errors.json_error(error, urlsplit(self.url).path, self.target)
        # Raised outside the handler, as in `Client._send`.
        raise failure


class Client:
    """A client of one API. Call `open` before use (it may run in a thread) and `close` after."""

    def __init__(
        self,
        *,
        api_url: str,
        token: Secret | None,
        cache: Cache | None,
        counter: RequestCounter,
        timing: Timing,
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        self.api_url = api_url.rstrip("/")
        self.host = urlsplit(api_url).netloc
        self.has_token = token is not None
        # Part of cache keys.
        self.identity = f"{token.fingerprint() if token else 'anonymous'} {self.host}"
        self.clock = timing.clock
        self.counter = counter
        self.timing = timing
        self._token = token
        self._cache = cache
        self._network = transport
        self._shared = SingleFlight()
        # Set by `open`.
        self._http: httpx.AsyncClient

    def open(self) -> None:
        """Connect to the network. Raises `BadNetworkSettings`."""
        network = self._network or open_network(self.api_url, max_connections=MAX_CONCURRENT)
        self._http = httpx.AsyncClient(
            transport=self._transport(network),
            headers=_HEADERS,
            # No cookie is stored or sent.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            timeout=_TIMEOUT,
        )

    def _transport(self, network: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        """Return the transport through all middleware to `network`.

        The order matters: the body is complete before it is searched for the token; each sent request is counted; a
        slot is occupied during one exchange, not during the wait for a retry; each redirect is a new request; the final
        response is cached.
        """
        return MiddlewareTransport(
            network,
            partial(add_token, self.api_url, self._token),
            limit_size,
            partial(mask_token, self._token),
            limit_time,
            self.counter.send_within_budget,
            RateLimiter(MAX_CONCURRENT, self.timing).send_within_limit,
            partial(retry, self.timing),
            partial(follow_redirects, self.api_url, _MAX_REQUESTS),
            partial(revalidate, self._cache, self.identity),
        )

    async def close(self) -> None:
        """Cancel all requests and close the connections."""
        await self._shared.close()
        await self._http.aclose()

    def target(self, what: str, *, writes: bool = False) -> RequestTarget:
        """Return what error messages state about a request."""
        return RequestTarget(what=what, host=self.host, has_token=self.has_token, writes=writes)

    async def get(
        self,
        path: str,
        params: Params | None = None,
        *,
        what: str,
        allow: frozenset[int] = frozenset(),
        options: RequestOptions = NOT_CACHED,
    ) -> ApiResponse:
        """Read a path under the API's root, or a page at the URL `path` from an earlier response.

        `path` is percent-encoded. A status in `allow` is returned like a success; any other failure raises a
        `SourceError` about `what`. An optional request beyond the budget raises `BudgetSpent`. For an immutable fact,
        the option `cached` is not needed: its caller caches the fact itself by its SHA (`cached_by_sha`).
        """
        if self.counter.budget is None:
            # Without a budget, no request is optional.
            options = msgspec.structs.replace(options, reserve=None)
        target = self.target(what)
        url = self._address(path, params, target)
        return await self._shared.run((url, allow, options), lambda: self._read(url, options, target, allow))

    async def write(self, method: str, path: str, body: object, *, what: str) -> ApiResponse:
        """Send one write request, without retries and redirects.

        Raises `SourceError` for a response that does not state that the write is done.
        """
        if not self.has_token:
            raise Unauthorized(f"Writing {what} needs a token. Set GH_TOKEN, or run `gh auth login`.")
        target = self.target(what, writes=True)
        url = self._address(path, None, target)
        response = await self._send(method, url, NOT_CACHED, target, body)
        status = response.status_code
        if status in (200, 201):
            return self._api_response(response, url, target)
        if status in REDIRECTS:
            raise Refused(
                f"{capitalized(target.what)} has moved, so nothing was written. Use the repository's new name."
            )
        if status < 300:
            raise BadResponse(f"{self.host} responded to {target.what} with status {status}. {CHECK_FIRST}")
        message = response_message(response.content)
        pause = rate_limit_pause(status, response.headers, message, 0, self.clock())
        if pause is not None:
            raise github_errors.wait_error(pause, target)
        raise github_errors.status_error(status, message, target)

    async def _read(
        self, url: str, options: RequestOptions, target: RequestTarget, allow: frozenset[int]
    ) -> ApiResponse:
        response = await self._send("GET", url, options, target)
        status, body = response.status_code, response.content
        if status not in allow:
            if not response.is_success:
                raise github_errors.status_error(status, response_message(body), target)
            start = body[:64].lstrip()
            is_html = start.startswith(b"<") or "text/html" in response.headers.get("content-type", "")
            if is_html or not start.startswith((b"{", b"[")):
                raise BadResponse(
                    f"{self.host} responded to {target.what} with {'a web page' if is_html else 'something else'} "
                    "instead of JSON. Check for a proxy or a login page, then try again."
                )
        return self._api_response(response, url, target)

    def _api_response(self, response: httpx.Response, url: str, target: RequestTarget) -> ApiResponse:
        final_url = response.extensions.get(FINAL_URL, url)
        return ApiResponse(
            target=target,
            status=response.status_code,
            body=response.content,
            url=final_url,
            moved=final_url != url,
            next=response.links.get("next", {}).get("url", ""),
            at=server_time(response.headers, self.clock()),
            date=http_date(response.headers.get("date")),
        )

    async def _send(
        self, method: str, url: str, options: RequestOptions, target: RequestTarget, body: object = None
    ) -> httpx.Response:
        """Return the response. Raises `TimedOut` at the deadline, or the `SourceError` of another failure."""
        extensions = {OPTIONS: options, TARGET: target}
        try:
            with self.timing.waits.track_request():
                async with asyncio.timeout_at(self.timing.deadline):
                    return await self._http.request(method, url, json=body, extensions=extensions)
        except TimeoutError:
            failure = github_errors.deadline_error(self.timing.time_limit, target)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, SourceError) as error:
            failure = github_errors.request_error(error, target)
        # Raised outside the handler: the exception context would contain request headers.
        raise failure

    def _address(self, path: str, params: Params | None, target: RequestTarget) -> str:
        if path.startswith("/"):
            return self.api_url + path + (f"?{urlencode(params, quote_via=quote)}" if params else "")
        if not is_same_server(path, self.api_url):
            raise github_errors.redirect_error(host_of(path), target)
        return path
