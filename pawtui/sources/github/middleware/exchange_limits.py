"""Limits of one exchange: the size of the decoded body, and the time from the request to the last byte."""

import asyncio

import httpx

from pawtui.sources.github.middleware.transport import BodyCutOff, BodyTooLarge, Send, TimeLimitReached, options_of

# With one of these encodings, a chunk grows at most a thousandfold, so that the limit works.
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
_ABOUT_ENCODING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


async def limit_size(request: httpx.Request, send: Send) -> httpx.Response:
    """Return the response with its complete decoded body. Raises `BodyTooLarge` or `BodyCutOff`."""
    response = await send(request)
    try:
        body = await _read(response, options_of(request).max_bytes)
    finally:
        await response.aclose()
    headers = [pair for pair in response.headers.multi_items() if pair[0].lower() not in _ABOUT_ENCODING]
    return httpx.Response(response.status_code, headers=headers, content=body)


async def _read(response: httpx.Response, limit: int) -> bytes:
    if response.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
        raise httpx.DecodingError("unknown content encoding")
    body = bytearray()
    cut_off = False
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > limit:
                raise BodyTooLarge(limit)
    except (httpx.NetworkError, httpx.ProtocolError):
        if not body:
            raise
        cut_off = True
    if cut_off:
        raise BodyCutOff
    return bytes(body)


async def limit_time(request: httpx.Request, send: Send) -> httpx.Response:
    """End the exchange after the request's time limit. Raises `TimeLimitReached`."""
    seconds = options_of(request).time_limit
    if not seconds:
        return await send(request)
    try:
        async with asyncio.timeout(seconds) as limit:
            return await send(request)
    except TimeoutError:
        if not limit.expired():
            raise
    raise TimeLimitReached(seconds)
