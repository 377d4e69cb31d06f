"""Cache responses with their ETag, and revalidate them (RFC 9111, section 4.3)."""

import asyncio

import httpx
import msgspec

from pawtui.sources.github.cache import Cache, CacheEntry
from pawtui.sources.github.middleware.transport import MASKED, Send, options_of


async def revalidate(cache: Cache | None, identity: str, request: httpx.Request, send: Send) -> httpx.Response:
    """Cache the JSON response of a request with the option `cached`, and return the cached response for a 304.

    `identity` is part of the key: each token has its own responses. A response that contained the token, or is not
    JSON, is not cached: it would return until the ETag changes.
    """
    if cache is None or not options_of(request).cached:
        return await send(request)
    key = f"response {identity} {request.url}"
    stored = await asyncio.to_thread(cache.get, key)
    if stored is not None:
        request.headers["If-None-Match"] = stored.etag
    response = await send(request)
    if response.status_code == 304 and stored is not None:
        if _opaque(response.headers.get("etag", "")) == _opaque(stored.etag):
            return _restored(response, stored)
        # A 304 has the ETag of the current response (RFC 9110, section 15.4.5): this is about another one.
        del request.headers["If-None-Match"]
        response = await send(request)
    etag = response.headers.get("etag", "")
    if response.is_success and etag and MASKED not in response.extensions and _is_json(response.content):
        link = response.headers.get("link", "")
        await asyncio.to_thread(cache.put, CacheEntry(key=key, body=response.content, etag=etag, link=link))
    return response


def _opaque(etag: str) -> str:
    """Return an ETag for a weak comparison: GitHub omits the `W/` in a 304."""
    return etag.removeprefix("W/")


def _restored(response: httpx.Response, stored: CacheEntry) -> httpx.Response:
    headers = response.headers.copy()
    # GitHub usually omits it.
    headers["Link"] = response.headers.get("link", stored.link)
    headers["Content-Type"] = "application/json"
    return httpx.Response(200, headers=headers, content=stored.body, extensions=response.extensions)


def _is_json(body: bytes) -> bool:
    """Return whether a body is complete JSON."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True
