"""Cache responses with their ETag, and revalidate them (RFC 9111, section 4.3)."""

import asyncio

import httpx
import msgspec

from pawtui.sources.github.cache import Cache, CacheEntry
from pawtui.sources.github.transports.options import is_redacted, options_of
from pawtui.sources.github.transports.transport import Transport


class RevalidationTransport(Transport):
    """A transport that caches JSON responses of requests with a cache key, and returns the cached response for a 304.

    A response that contained the token, or is not JSON, is not cached: it would return until the ETag changes.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, cache: Cache | None) -> None:
        super().__init__(inner)
        self._cache = cache

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        key = options_of(request).cache_key
        if self._cache is None or not key:
            return await self._inner.handle_async_request(request)
        stored = await asyncio.to_thread(self._cache.get, key)
        if stored is not None and stored.etag:
            request.headers["If-None-Match"] = stored.etag
        response = await self._inner.handle_async_request(request)
        if response.status_code == 304 and stored is not None and stored.etag:
            return _restored(response, stored)
        etag = response.headers.get("etag", "")
        if response.is_success and etag and not is_redacted(response) and is_json(response.content):
            link = response.headers.get("link", "")
            stored = CacheEntry(key=key, body=response.content, etag=etag, link=link)
            await asyncio.to_thread(self._cache.put, stored)
        return response


def _restored(response: httpx.Response, stored: CacheEntry) -> httpx.Response:
    headers = response.headers.copy()
    headers["Link"] = stored.link
    headers["Content-Type"] = "application/json"
    return httpx.Response(200, headers=headers, content=stored.body, extensions=response.extensions)


def is_json(body: bytes) -> bool:
    """Return whether a body is complete JSON."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True
