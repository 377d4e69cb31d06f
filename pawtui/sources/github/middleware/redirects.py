"""Follow redirects within the API's host, for reads only."""

from urllib.parse import urljoin

import httpx

from pawtui.sources.github.middleware.transport import FINAL_URL, ForeignRedirect, RedirectLoop, Send
from pawtui.sources.github.urls import has_credentials, host_of, same_origin

REDIRECTS = frozenset({301, 302, 303, 307, 308})


async def follow_redirects(base_url: str, max_requests: int, request: httpx.Request, send: Send) -> httpx.Response:
    """Follow redirects of a GET request within the origin of `base_url`, and note the final URL on the response.

    At most `max_requests` requests are sent. A write's redirect is returned unchanged. Raises `ForeignRedirect` or
    `RedirectLoop`.
    """
    for number in range(max_requests):
        response = await send(request)
        if request.method != "GET" or response.status_code not in REDIRECTS:
            if number:
                response.extensions[FINAL_URL] = str(request.url)
            return response
        target = _target(base_url, request, response.headers.get("location", ""))
        await response.aclose()
        request = httpx.Request("GET", target, headers=request.headers, extensions=request.extensions)
    raise RedirectLoop


def _target(base_url: str, request: httpx.Request, location: str) -> str:
    """Return the address of a redirect. Raises `ForeignRedirect` before a request is sent to it."""
    try:
        target = urljoin(str(request.url), location) if location else ""
    except ValueError:
        target = ""
    if not same_origin(target, base_url) or has_credentials(target):
        raise ForeignRedirect(host_of(target))
    return target
