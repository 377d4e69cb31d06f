"""Mask a token that a server sends back."""

import re

import httpx

from pawtui.redact import MASK
from pawtui.sources.github.token import Secret
from pawtui.sources.github.transports.options import note_redacted
from pawtui.sources.github.transports.transport import Transport

# The JSON escapes of all characters in a token: letters, digits, `_`.
_ESCAPED = re.compile(rb"\\u00(3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])")


class RedactionTransport(Transport):
    """A transport that masks the token in headers and bodies, and notes it on the response."""

    def __init__(self, inner: httpx.AsyncBaseTransport, token: Secret | None) -> None:
        super().__init__(inner)
        self._token = token

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        return response if self._token is None else _masked(response, self._token)


def _masked(response: httpx.Response, secret: Secret) -> httpx.Response:
    token = secret.reveal().encode()
    body = response.content
    if not secret.is_in(body):
        unescaped = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), body)
        body = unescaped if secret.is_in(unescaped) else body
    headers = response.headers.raw
    if not secret.is_in(body) and not any(secret.is_in(value) for _, value in headers):
        return response
    masked = httpx.Response(
        response.status_code,
        headers=[(name, value.replace(token, MASK.encode())) for name, value in headers],
        content=body.replace(token, MASK.encode()),
    )
    note_redacted(masked)
    return masked
