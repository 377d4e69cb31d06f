"""Follow redirects within the API's host, for reads only."""

from urllib.parse import urljoin

import httpx

from pawtui.sources.github.error_messages import foreign_redirect
from pawtui.sources.github.middleware.transport import FINAL_URL, Send, target_of
from pawtui.sources.github.urls import has_credentials, host_of, same_origin
from pawtui.sources.source_errors import Refused

REDIRECTS = frozenset({301, 302, 303, 307, 308})


async def follow_redirects(base_url: str, max_requests: int, request: httpx.Request, send: Send) -> httpx.Response:
    """Follow redirects of a GET request within the origin of `base_url`, and note the final URL on the response.

    A write's redirect is returned unchanged. Raises `Refused` for a redirect to another server, and after
    `max_requests` requests.
    """
    for number in range(max_requests):
        response = await send(request)
        if request.method != "GET" or response.status_code not in REDIRECTS:
            if number:
                response.extensions[FINAL_URL] = str(request.url)
            return response
        address = _redirect_address(base_url, request, response.headers.get("location", ""))
        await response.aclose()
        request = httpx.Request("GET", address, headers=request.headers, extensions=request.extensions)
    target = target_of(request)
    raise Refused(f"{target.host} redirects {target.what} in a loop. Check {target.setting}.")


def _redirect_address(base_url: str, request: httpx.Request, location: str) -> str:
    """Return the address of a redirect. Raises `Refused` before a request is sent to another server."""
    try:
        address = urljoin(str(request.url), location) if location else ""
    except ValueError:
        address = ""
    if not same_origin(address, base_url) or has_credentials(address):
        raise foreign_redirect(host_of(address), target_of(request))
    return address
