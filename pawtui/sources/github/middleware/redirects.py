"""Follow redirects only within the scheme, host and port of a server."""

import httpx
from msgspec.structs import replace

from pawtui.sources.github.github_errors import redirect_error
from pawtui.sources.github.request import Request, Response, Send
from pawtui.sources.github.server import host_of, is_same_server
from pawtui.sources.source_errors import Refused

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REQUESTS = 5  # of one GET, with those after redirects


async def follow_redirects(send: Send, base_url: str, request: Request) -> Response:
    """Follow redirects of a GET request within the server of `base_url`. A write's redirect is returned unchanged.

    Raises `Refused` for a redirect to another server, and after too many redirects.
    """
    target = request.target
    for _ in range(_MAX_REQUESTS):
        response = await send(request)
        if request.method != "GET" or response.status not in REDIRECTS:
            return response
        location = response.headers.get("location", "")
        try:
            address = str(httpx.URL(request.url).join(location)) if location else ""
        except (httpx.InvalidURL, ValueError):
            address = ""
        if not is_same_server(address, base_url):
            raise redirect_error(host_of(address), target)
        request = replace(request, url=address)
    raise Refused(f"{target.host} redirects {target.what} too often. Check {target.setting}.")
