"""Documents outside GitHub, such as a vendor's update service, read without a token.

Only https, and only the host and port in the tracker: a redirect to another host is refused. Requests are not retried.
"""

import asyncio
from functools import partial

import httpx

from pawtui import __version__
from pawtui.sources.facts import WebDocument
from pawtui.sources.github import github_errors
from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.middleware.limits import limit_size
from pawtui.sources.github.middleware.tokens_and_redirects import follow_redirects
from pawtui.sources.github.middleware.transport import FINAL_URL, OPTIONS, TARGET, MiddlewareTransport
from pawtui.sources.github.network import open_network
from pawtui.sources.github.request_options import RequestOptions
from pawtui.sources.github.urls import host_of, split_url
from pawtui.sources.source_errors import BadResponse, Offline, Refused, SourceError

# The index of a package lists the files of all its releases, which can be over 1 MB.
_OPTIONS = RequestOptions(max_bytes=4_000_000)
_MAX_REQUESTS = 3
_TIMEOUT = 15.0  # seconds, redirects included
_HEADERS = {"User-Agent": f"pawtui/{__version__}", "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}


async def fetch(url: str, transport: httpx.AsyncBaseTransport | None) -> WebDocument:
    """Return the document at an https address. Raises `Refused`, `Offline`, `BadResponse` or `BadNetworkSettings`."""
    host = host_of(url)
    target = RequestTarget(what=f"the document at {host}", host=host, setting="`url` in the tracker")
    parts = split_url(url)
    if parts is None or parts.scheme != "https" or not host or parts.username or parts.password:
        raise Refused(f"The address of {target.what} is not a plain https address. Check `url` in the tracker.")
    # No proxy: the environment's proxy is for GitHub.
    if transport is None:
        transport = await asyncio.to_thread(open_network, url, max_connections=1, use_proxy=False)
    transport = MiddlewareTransport(transport, limit_size, partial(follow_redirects, url, _MAX_REQUESTS))
    async with httpx.AsyncClient(transport=transport, headers=_HEADERS, follow_redirects=False) as client:
        try:
            async with asyncio.timeout(_TIMEOUT):
                response = await client.get(url, extensions={OPTIONS: _OPTIONS, TARGET: target})
        except TimeoutError:
            raise Offline(f"{host} did not respond within {_TIMEOUT:g} s{target.consequence}. Try again.") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, SourceError) as error:
            failure = github_errors.request_error(error, target)
        else:
            if response.status_code != 200:
                raise BadResponse(
                    f"{host} responded to {target.what} with status {response.status_code}. "
                    "Check `url` in the tracker, or try again later."
                )
            return WebDocument(body=response.content, host=host, url=response.extensions.get(FINAL_URL, url))
    # Raised outside the handler, as in `Client._send`.
    raise failure
