"""Read and decode response bodies up to a limit."""

import httpx

from pawtui.sources.github.transports.options import options_of
from pawtui.sources.github.transports.transport import Transport
from pawtui.sources.github.transports.transport_errors import BodyCutOff, BodyTooLarge

# With one of these encodings, a chunk grows at most a thousandfold, so that the limit works.
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
_ABOUT_ENCODING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class SizeLimitTransport(Transport):
    """A transport that returns responses with their complete decoded body. Raises `BodyTooLarge` or `BodyCutOff`."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        try:
            body = await self._read(response, options_of(request).max_bytes)
        finally:
            await response.aclose()
        headers = [pair for pair in response.headers.multi_items() if pair[0].lower() not in _ABOUT_ENCODING]
        return httpx.Response(response.status_code, headers=headers, content=body)

    async def _read(self, response: httpx.Response, limit: int) -> bytes:
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
