"""The base of all transports."""

import httpx


class Transport(httpx.AsyncBaseTransport):
    """A transport that passes requests to the transport `inner`."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()
