"""The HTTP client of one API: a deadline, and one error message for each failure.

The middleware implements how a request is sent; the callers know what it is for.
"""

from collections.abc import Mapping
from functools import partial
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec

from pawtui.phrases import capitalized
from pawtui.sources.github import github_errors
from pawtui.sources.github.cache import Cache
from pawtui.sources.github.connection import Connection
from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.middleware.budget import RequestCounter
from pawtui.sources.github.middleware.rate_limits import RateLimiter
from pawtui.sources.github.middleware.redirects import REDIRECTS, follow_redirects
from pawtui.sources.github.middleware.revalidation import revalidate
from pawtui.sources.github.middleware.timing import Timing, send_before
from pawtui.sources.github.request import NOT_CACHED, Request, RequestOptions, Response
from pawtui.sources.github.server import host_of, is_same_server
from pawtui.sources.github.token import Secret
from pawtui.sources.github.wire import response_message
from pawtui.sources.source_errors import BadResponse, Refused, Unauthorized

Params = Mapping[str, str | int]

MAX_CONCURRENT = 8
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


class Client:
    """A client of one API. Call `open` before use and `close` after, as of a `Connection`."""

    def __init__(
        self,
        *,
        api_url: str,
        token: Secret | None,
        cache: Cache | None,
        budget: int | None,
        timing: Timing,
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        self.api_url = api_url.rstrip("/")
        self.host = urlsplit(api_url).netloc
        self.has_token = token is not None
        # Part of cache keys.
        self.identity = f"{token.fingerprint() if token else 'anonymous'} {self.host}"
        self.clock = timing.clock
        self.timing = timing
        connection = Connection(
            self.api_url, token=token, headers=_HEADERS, max_connections=MAX_CONCURRENT, transport=transport
        )
        self.open = connection.open
        self.close = connection.close
        # The middleware, the innermost first. Each sent request is counted. A slot is occupied during one exchange, not
        # during the wait for a retry. Each redirect is a new request, and only the final response is cached.
        self.counter = RequestCounter(connection.exchange, budget)
        limiter = RateLimiter(self.counter.send, MAX_CONCURRENT, timing)
        redirected = partial(follow_redirects, limiter.send, self.api_url)
        self._send_on = partial(revalidate, redirected, cache, self.identity)

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
    ) -> Response:
        """Read a path under the API's root, or a page at the URL `path` from an earlier response.

        `path` is percent-encoded. A status in `allow` is returned like a success; any other failure raises a
        `SourceError` about `what`. An optional request beyond the budget raises `BudgetSpent`. For an immutable fact,
        the option `cached` is not needed: its caller caches the fact itself by its SHA (`cached_by_arguments`).
        """
        if self.counter.budget is None:
            # Without a budget, no request is optional.
            options = msgspec.structs.replace(options, reserve=None)
        target = self.target(what)
        url = self._address(path, params, target)
        response = await self._send(Request(url=url, target=target, options=options))
        if response.status in allow:
            return response
        if not response.is_success:
            raise github_errors.status_error(response.status, response_message(response.body), target)
        if response.body[:64].lstrip().startswith(b"<") or "text/html" in response.headers.get("content-type", ""):
            raise BadResponse(
                f"{self.host} responded to {what} with a web page instead of JSON. "
                "Check for a proxy or a login page, then try again."
            )
        return response

    async def write(self, method: str, path: str, body: object, *, what: str) -> Response:
        """Send one write request, without retries and redirects. Raises `SourceError` if it is not a success."""
        if not self.has_token:
            raise Unauthorized(f"Writing {what} needs a token. Set GH_TOKEN, or run `gh auth login`.")
        target = self.target(what, writes=True)
        url = self._address(path, None, target)
        response = await self._send(Request(url=url, target=target, method=method, body=body))
        if response.is_success:
            return response
        if response.status in REDIRECTS:
            raise Refused(
                f"{capitalized(target.what)} has moved, so nothing was written. Use the repository's new name."
            )
        raise github_errors.status_error(response.status, response_message(response.body), target)

    async def _send(self, request: Request) -> Response:
        """Return the response; see `send_before`."""
        with self.timing.waits.track_request():
            return await send_before(self.timing.deadline, self.timing.time_limit, self._send_on, request)

    def _address(self, path: str, params: Params | None, target: RequestTarget) -> str:
        if path.startswith("/"):
            return self.api_url + path + (f"?{urlencode(params, quote_via=quote)}" if params else "")
        if not is_same_server(path, self.api_url):
            raise github_errors.redirect_error(host_of(path), target)
        return path
