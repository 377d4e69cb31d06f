"""Limits of one exchange: the size of the decoded body, and the time from the request to the last byte."""

import asyncio

import httpx

from pawtui.sources.github import error_messages
from pawtui.sources.github.middleware.transport import Send, options_of, target_of
from pawtui.sources.source_errors import Offline

# With one of these encodings, a chunk grows at most a thousandfold, so that the limit works.
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
_ABOUT_ENCODING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


async def limit_size(request: httpx.Request, send: Send) -> httpx.Response:
    """Return the response with its complete decoded body. Raises `Refused` if it is too large, or `BodyCutOff`."""
    response = await send(request)
    try:
        body = await _read(request, response)
    finally:
        await response.aclose()
    headers = [pair for pair in response.headers.multi_items() if pair[0].lower() not in _ABOUT_ENCODING]
    return httpx.Response(response.status_code, headers=headers, content=body)


async def _read(request: httpx.Request, response: httpx.Response) -> bytes:
    limit = options_of(request).max_bytes
    if response.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
        raise httpx.DecodingError("unknown content encoding")
    body = bytearray()
    cut_off = False
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > limit:
                raise error_messages.too_large(limit, target_of(request))
    except (httpx.NetworkError, httpx.ProtocolError):
        if not body:
            raise
        cut_off = True
    if cut_off:
        raise error_messages.BodyCutOff("the body is not complete")
    return bytes(body)


async def limit_time(request: httpx.Request, send: Send) -> httpx.Response:
    """End the exchange after the request's time limit. Raises `Offline`."""
    seconds = options_of(request).time_limit
    if not seconds:
        return await send(request)
    try:
        async with asyncio.timeout(seconds) as limit:
            return await send(request)
    except TimeoutError:
        if not limit.expired():
            raise
    target = target_of(request)
    raise Offline(
        f"{target.host} did not respond within {seconds:g} s{target.consequence}. "
        "Check the connection and the proxy, then try again."
    )
