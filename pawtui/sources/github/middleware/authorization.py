"""Send the token to the API's scheme, host and port only, and mask it in responses."""

import re

import httpx

from pawtui.redact import MASK
from pawtui.sources.github.middleware.transport import MASKED, Send
from pawtui.sources.github.token import Secret, may_carry_token
from pawtui.sources.github.urls import same_origin

# The JSON escapes of all characters in a token: letters, digits, `_`.
_ESCAPED = re.compile(rb"\\u00(3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])")


async def add_token(api_url: str, token: Secret | None, request: httpx.Request, send: Send) -> httpx.Response:
    """Add `Authorization` to a request to the API, never over plain http to another machine."""
    if token is None or not may_carry_token(api_url) or not same_origin(str(request.url), api_url):
        return await send(request)
    # A copy: no request outside this middleware contains the token.
    headers = request.headers.copy()
    headers["Authorization"] = f"Bearer {token.reveal()}"
    signed = httpx.Request(
        request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
    )
    return await send(signed)


async def mask_token(token: Secret | None, request: httpx.Request, send: Send) -> httpx.Response:
    """Mask the token in the headers and the body of a response, and note it on the response."""
    response = await send(request)
    return response if token is None else _masked(response, token)


def _masked(response: httpx.Response, secret: Secret) -> httpx.Response:
    token = secret.reveal().encode()
    body = response.content
    if not secret.is_in(body):
        unescaped = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), body)
        body = unescaped if secret.is_in(unescaped) else body
    headers = response.headers.raw
    if not secret.is_in(body) and not any(secret.is_in(value) for _, value in headers):
        return response
    return httpx.Response(
        response.status_code,
        headers=[(name, value.replace(token, MASK.encode())) for name, value in headers],
        content=body.replace(token, MASK.encode()),
        extensions={MASKED: True},
    )
