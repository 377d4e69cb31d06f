"""The connection to one server: its proxy and certificates, the token, and the limits of a response."""

import asyncio
import logging
import os
import ssl
from collections.abc import Mapping
from contextlib import suppress

import httpx

from pawtui import __version__
from pawtui.sources.github.github_errors import too_large_error
from pawtui.sources.github.request import Request, Response
from pawtui.sources.github.server import host_of, is_loopback, is_same_server
from pawtui.sources.github.token import Secret, may_carry_token
from pawtui.sources.source_errors import Offline, Refused

_TIMEOUT = httpx.Timeout(connect=10.0, read=30.0, write=30.0, pool=None)
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate", "User-Agent": f"pawtui/{__version__}"}
# With one of these encodings, a chunk grows at most a thousandfold, so that the limit of a body works.
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
_SETTINGS = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")

# Both log complete URLs with query strings at INFO.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Connection:
    """The connection to the server of `url`. Call `open` before use (it may run in a thread) and `close` after.

    The token is sent only to this server, and is masked in its responses. httpx uses the proxies and certificates that
    the environment names; a server on this machine has no proxy.
    """

    def __init__(
        self,
        url: str,
        *,
        token: Secret | None = None,
        headers: Mapping[str, str] | None = None,
        max_connections: int = 1,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._token = token if may_carry_token(url) else None
        self._headers = {**_HEADERS, **(headers or {})}
        self._max_connections = max_connections
        self._transport = transport
        # Set by `open`.
        self._http: httpx.AsyncClient

    def open(self) -> None:
        """Read the certificates, which takes about 15 ms. Raises `Refused`."""
        # Without TLS, certificates are not read.
        uses_tls = self._transport is None and self._url.startswith("https:")
        with suppress(OSError, ValueError, ImportError, httpx.InvalidURL):
            self._http = httpx.AsyncClient(
                transport=self._transport,
                verify=httpx.create_ssl_context() if uses_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                trust_env=not is_loopback(host_of(self._url)),
                headers=self._headers,
                timeout=_TIMEOUT,
                limits=httpx.Limits(
                    max_connections=self._max_connections, max_keepalive_connections=self._max_connections
                ),
            )
            return
        # Raised outside the handler: the exception context may contain the password of a proxy.
        named = [name for name in _SETTINGS if os.environ.get(name) or os.environ.get(name.lower())]
        raise Refused(
            f"Cannot use the proxy or certificates in {' or '.join(named) or 'the settings of the system'}. Correct or "
            "unset them. A proxy is like http://proxy.example.org:3128; a SOCKS proxy needs the package httpx[socks]."
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def exchange(self, request: Request) -> Response:
        """Return the complete response, with the token masked.

        Raises `Refused` if it is too large, and `Offline` after the time limit of the request.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(request.options.time_limit):
                response = await self._http.send(self._http_request(request), stream=True)
                try:
                    body = await _read_body(request, response)
                finally:
                    await response.aclose()
                headers = dict(response.headers.items())
                link = response.links.get("next", {}).get("url", "")
                if self._token is not None:
                    body, link = self._token.mask_json(body), self._token.mask(link)
                    headers = {name: self._token.mask(value) for name, value in headers.items()}
                return Response(request=request, status=response.status_code, headers=headers, body=body, next=link)
        # Raised outside the handler: the exception context would contain request headers.
        target = request.target
        raise Offline(
            f"{target.host} did not respond within {request.options.time_limit:g} s{target.consequence}. "
            "Check the connection and the proxy, then try again."
        )

    def _http_request(self, request: Request) -> httpx.Request:
        headers = {"If-None-Match": request.etag} if request.etag else {}
        if self._token is not None and is_same_server(request.url, self._url):
            headers["Authorization"] = f"Bearer {self._token.reveal()}"
        return self._http.build_request(request.method, request.url, json=request.body, headers=headers)


async def _read_body(request: Request, response: httpx.Response) -> bytes:
    """Return the decoded body. Raises `Refused` if it is too large."""
    limit = request.options.max_bytes
    if response.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
        raise httpx.DecodingError("unknown content encoding")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            raise too_large_error(limit, request.target)
    return bytes(body)
