"""Retry a GET after connection failures and server errors."""

import ssl

import httpx

from pawtui.sources.github.github_errors import is_caused_by
from pawtui.sources.github.middleware.timing import Timing
from pawtui.sources.github.middleware.transport import Send, target_of
from pawtui.sources.github.pauses import ATTEMPTS, FIRST_BACKOFF, server_error_pause


async def retry(timing: Timing, request: httpx.Request, send: Send) -> httpx.Response:
    """Repeat a GET if that may help and the deadline allows it.

    Raises the last error, or `BadResponse` if the server requests a wait beyond the deadline.
    """
    if request.method != "GET":
        return await send(request)
    attempt = 0
    while True:
        backoff = FIRST_BACKOFF * 2**attempt
        try:
            response = await send(request)
        except httpx.HTTPError as error:
            if attempt >= _max_retries(error) or not timing.allows(backoff):
                raise
            await timing.sleep(backoff)
        else:
            pause = server_error_pause(response.status_code, response.headers, attempt, timing.clock())
            if pause is None or attempt + 1 >= ATTEMPTS:
                return response
            await timing.wait(pause, pause.seconds, target_of(request))
        attempt += 1


def _max_retries(error: Exception) -> int:
    """Return how often a request may be repeated after this error."""
    if isinstance(error, httpx.UnsupportedProtocol) or is_caused_by(error, ssl.SSLCertVerificationError):
        return 0
    if isinstance(error, httpx.TimeoutException | httpx.ConnectError | httpx.ProxyError | httpx.DecodingError):
        return 1
    # The connection was dropped.
    return 3 if isinstance(error, httpx.TransportError) else 0
