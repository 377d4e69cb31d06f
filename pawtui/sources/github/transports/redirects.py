"""Follow redirects within the API's host, for reads only."""

from urllib.parse import urljoin

import httpx

from pawtui.sources.github.transports.options import note_url
from pawtui.sources.github.transports.transport import Transport
from pawtui.sources.github.transports.transport_errors import ForeignRedirect, RedirectLoop
from pawtui.sources.github.urls import has_credentials, host_of, same_origin

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REQUESTS = 5


class RedirectTransport(Transport):
    """A transport that follows redirects of GET requests within the origin of `home`, and notes the final URL.

    It sends at most `max_requests` requests, and returns a write's redirect unchanged. Raises `ForeignRedirect` or
    `RedirectLoop`.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, home: str, max_requests: int = MAX_REQUESTS) -> None:
        super().__init__(inner)
        self._home = home
        self._max_requests = max_requests

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for number in range(self._max_requests):
            response = await self._inner.handle_async_request(request)
            if request.method != "GET" or response.status_code not in REDIRECTS:
                if number:
                    note_url(response, str(request.url))
                return response
            target = self._target(request, response.headers.get("location", ""))
            await response.aclose()
            request = httpx.Request("GET", target, headers=request.headers, extensions=request.extensions)
        raise RedirectLoop

    def _target(self, request: httpx.Request, location: str) -> str:
        if not location:
            raise ForeignRedirect("")
        try:
            target = urljoin(str(request.url), location)
        except ValueError:
            raise ForeignRedirect("") from None
        if not same_origin(target, self._home) or has_credentials(target):
            raise ForeignRedirect(host_of(target))
        return target
