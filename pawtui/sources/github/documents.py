"""Documents at addresses outside the forge, such as a vendor's update service: read without any token.

Only https, and only the host that the tracker names: a redirect to another one is refused. One request, never repeated.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin, urlsplit

import httpx

from pawtui import __version__
from pawtui.sources.facts import Document
from pawtui.sources.github import failures
from pawtui.sources.github.failures import Lost
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import BadAnswer, Offline, Refused, SourceError

MOST_BYTES = 1_000_000
_MOST_REDIRECTS = 3
_TIMEOUT = 15.0  # seconds for all of it
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


async def fetch(url: str, transport: httpx.AsyncBaseTransport | None = None) -> Document:
    """The document at an https address. Raises `Refused`, `Offline` or `BadAnswer`."""
    host = safe_line(urlsplit(url).hostname or "", 80)
    what = f"the document at {host}"
    # No cookies, no credentials of the machine's (`trust_env` would read ~/.netrc), no compressed surprises.
    async with httpx.AsyncClient(
        headers={"User-Agent": f"pawtui/{__version__}", "Accept": "application/json"},
        follow_redirects=False,
        trust_env=False,
        transport=transport,
    ) as client:
        try:
            async with asyncio.timeout(_TIMEOUT):
                return await _followed(client, url, host, what)
        except TimeoutError:
            raise Offline(f"{host} took over {_TIMEOUT:g} s, so {what} could not be read. Try again.") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            outcome = failures.lost(error, what, host, began=False)
    raise _error(outcome)


def _error(outcome: Lost) -> SourceError:
    return outcome.error


async def _followed(client: httpx.AsyncClient, url: str, host: str, what: str) -> Document:
    for _ in range(_MOST_REDIRECTS):
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.username or parts.password or not parts.hostname:
            raise Refused(f"The address of {what} is not a plain https address. Check `url` in the tracker.")
        if safe_line(parts.hostname, 80) != host:
            raise failures.elsewhere(what, host, safe_line(parts.hostname, 80))
        body = bytearray()
        async with client.stream("GET", url) as response:
            if response.status_code in _REDIRECTS:
                url = urljoin(url, response.headers.get("location", ""))
                continue
            if response.status_code != 200:
                raise BadAnswer(
                    f"{host} answered {what} with status {response.status_code}. Check `url` in the tracker, or try "
                    "again later."
                )
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise failures.too_large(what, host, MOST_BYTES)
        return Document(body=bytes(body), host=host, url=url)
    raise Refused(f"{host} redirects {what} in a circle. Check `url` in the tracker.")
