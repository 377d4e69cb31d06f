"""Documents outside GitHub, such as a vendor's update service, read without a token.

Only https, and only the host and port in the tracker: a redirect to another host is refused. Requests are not retried.
"""

import asyncio
from functools import partial

import httpx

from pawtui.sources.facts import WebDocument
from pawtui.sources.github.connection import Connection
from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.middleware.redirects import follow_redirects
from pawtui.sources.github.middleware.timing import send_before
from pawtui.sources.github.request import Request, RequestOptions
from pawtui.sources.github.server import host_of, split_url
from pawtui.sources.source_errors import BadResponse, Refused

# The index of a package lists the files of all its releases, which can be over 1 MB.
_OPTIONS = RequestOptions(max_bytes=4_000_000)
TIME_LIMIT = 15.0  # seconds, with all redirects


async def fetch(url: str, transport: httpx.AsyncBaseTransport | None) -> WebDocument:
    """Return the document at an https address. Raises a `SourceError`, such as `Refused` or `TimedOut`."""
    host = host_of(url)
    target = RequestTarget(what=f"the document at {host}", host=host, setting="`url` in the tracker")
    parts = split_url(url)
    if parts is None or parts.scheme != "https" or not host or parts.username or parts.password:
        raise Refused(f"The address of {target.what} is not a plain https address. Check `url` in the tracker.")
    connection = Connection(url, transport=transport)
    await asyncio.to_thread(connection.open)
    send = partial(follow_redirects, connection.exchange, url)
    deadline = asyncio.get_running_loop().time() + TIME_LIMIT
    try:
        response = await send_before(deadline, TIME_LIMIT, send, Request(url=url, target=target, options=_OPTIONS))
    finally:
        await connection.close()
    if response.status != 200:
        raise BadResponse(
            f"{host} responded to {target.what} with status {response.status}. "
            "Check `url` in the tracker, or try again later."
        )
    return WebDocument(body=response.body, host=host, url=response.request.url)
