"""Documents outside GitHub, such as a vendor's update service, read without a token.

Only https, and only the host and port in the tracker: a redirect to another host is refused. Requests are not retried.
"""

import asyncio

import httpx

from pawtui import __version__
from pawtui.sources.facts import WebDocument
from pawtui.sources.github import failures
from pawtui.sources.github.failures import RequestTarget
from pawtui.sources.github.transports.network import open_network
from pawtui.sources.github.transports.options import RequestOptions, set_options, url_of
from pawtui.sources.github.transports.redirects import RedirectTransport
from pawtui.sources.github.transports.size_limit import SizeLimitTransport
from pawtui.sources.github.transports.transport_errors import TransportError
from pawtui.sources.github.urls import has_credentials, host_of, split_url
from pawtui.sources.source_errors import BadResponse, Offline, Refused

_MAX_BYTES = 1_000_000
_MAX_REQUESTS = 3
_TIMEOUT = 15.0  # seconds, redirects included


async def fetch(url: str, transport: httpx.AsyncBaseTransport | None) -> WebDocument:
    """Return the document at an https address. Raises `Refused`, `Offline`, `BadResponse` or `BadNetworkSettings`."""
    host = host_of(url)
    target = RequestTarget(what=f"the document at {host}", host=host, setting="`url` in the tracker")
    parts = split_url(url)
    if parts is None or parts.scheme != "https" or not host or has_credentials(url):
        raise Refused(f"The address of {target.what} is not a plain https address. Check `url` in the tracker.")
    # No proxy: the environment's proxy is for GitHub.
    if transport is None:
        transport = await asyncio.to_thread(open_network, url, max_connections=1, use_proxy=False)
    stack = RedirectTransport(SizeLimitTransport(transport), url, _MAX_REQUESTS)
    headers = {
        "User-Agent": f"pawtui/{__version__}",
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
    }
    async with httpx.AsyncClient(transport=stack, headers=headers, follow_redirects=False) as client:
        try:
            request = client.build_request("GET", url)
            set_options(request, RequestOptions(max_bytes=_MAX_BYTES))
            async with asyncio.timeout(_TIMEOUT):
                response = await client.send(request)
        except TimeoutError:
            raise Offline(f"{host} did not respond within {_TIMEOUT:g} s{target.consequence}. Try again.") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TransportError) as error:
            failure = failures.request_error(error, target, None)
        else:
            if response.status_code != 200:
                raise BadResponse(
                    f"{host} responded to {target.what} with status {response.status_code}. "
                    "Check `url` in the tracker, or try again later."
                )
            return WebDocument(body=response.content, host=host, url=url_of(response) or url)
    raise failure
