"""Retry a GET after connection failures and server errors, with exponential backoff."""

import httpx

from pawtui.sources.github.pauses import ATTEMPTS, FIRST_BACKOFF, resource_of, server_error_pause
from pawtui.sources.github.transports.options import path_of
from pawtui.sources.github.transports.timing import Timing
from pawtui.sources.github.transports.transport import Transport
from pawtui.sources.github.transports.transport_errors import BodyCutOff, has_untrusted_certificate


class RetryTransport(Transport):
    """A transport that repeats a GET if that may help and the deadline allows it.

    Raises the last error, or `WaitTooLong` if the server requests a wait beyond the deadline.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, timing: Timing) -> None:
        super().__init__(inner)
        self._timing = timing

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            return await self._inner.handle_async_request(request)
        attempt = 0
        while True:
            backoff = FIRST_BACKOFF * 2**attempt
            try:
                response = await self._inner.handle_async_request(request)
            except (httpx.HTTPError, BodyCutOff) as error:
                if attempt >= retries_after(error) or not self._timing.allows(backoff):
                    raise
                pause = None
            else:
                pause = server_error_pause(response.status_code, response.headers, attempt, self._timing.clock())
                if pause is None or attempt + 1 >= ATTEMPTS:
                    return response
            if pause is None:
                await self._timing.sleep(backoff)
            else:
                await self._timing.wait(pause, pause.seconds, resource_of(path_of(request)))
            attempt += 1


def retries_after(error: Exception) -> int:
    """Return how often a request may be repeated after a connection error."""
    if isinstance(error, httpx.UnsupportedProtocol) or has_untrusted_certificate(error):
        return 0
    if isinstance(error, httpx.TimeoutException | httpx.ConnectError | httpx.ProxyError | httpx.DecodingError):
        return 1
    # The connection was dropped.
    return 3 if isinstance(error, httpx.TransportError | BodyCutOff) else 0
