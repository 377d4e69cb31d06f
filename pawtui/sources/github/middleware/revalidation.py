"""Cache responses with their ETag, and revalidate them (RFC 9111, section 4.3)."""

import asyncio

import msgspec
from msgspec.structs import replace

from pawtui.sources.github.cache import Cache
from pawtui.sources.github.request import Request, Response, Send


class _CachedResponse(msgspec.Struct, frozen=True):
    """The body of a response, its ETag, and the address of the next page (empty if there is none)."""

    body: bytes
    etag: str
    next: str


async def revalidate(send: Send, cache: Cache | None, identity: str, request: Request) -> Response:
    """Cache the JSON response of a request with the option `cached`, and return the cached response for a 304.

    `identity` is part of the key: each token has its own responses. A body that is not JSON, such as the error page of
    a proxy, is not cached: with the ETag of GitHub's response, each 304 would return it again.
    """
    if cache is None or not request.options.cached:
        return await send(request)
    key = f"response {identity} {request.url}"
    stored = await asyncio.to_thread(cache.get, key, _CachedResponse)
    response = await send(replace(request, etag=stored.etag) if stored is not None else request)
    if response.status == 304 and stored is not None:
        # A weak comparison: GitHub omits the `W/` in a 304, and usually the link.
        if response.headers.get("etag", "").removeprefix("W/") == stored.etag.removeprefix("W/"):
            return replace(response, status=200, body=stored.body, next=response.next or stored.next)
        # A 304 has the ETag of the current response (RFC 9110, section 15.4.5): this is about another one.
        response = await send(request)
    etag = response.headers.get("etag", "")
    # A request header cannot have other characters than ASCII.
    if response.is_success and etag and etag.isascii() and _is_json(response.body):
        await asyncio.to_thread(cache.put, key, _CachedResponse(response.body, etag, response.next))
    return response


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True
