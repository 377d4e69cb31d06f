"""Send a token and follow redirects only within the scheme, host and port of the API."""

import re
from urllib.parse import urljoin

import httpx

from pawtui.redact import MASK
from pawtui.sources.github.github_errors import redirect_error
from pawtui.sources.github.middleware.transport import FINAL_URL, MASKED, Send, target_of
from pawtui.sources.github.token import Secret, may_carry_token
from pawtui.sources.github.urls import host_of, is_same_server
from pawtui.sources.source_errors import Refused

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# The JSON escapes of all characters in a token: letters, digits, `_`.
_ESCAPED = re.compile(rb"\\u00(3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])")


async def add_token(api_url: str, token: Secret | None, request: httpx.Request, send: Send) -> httpx.Response:
    """Add `Authorization` to a request to the API, never over plain http to another machine."""
    if token is None or not may_carry_token(api_url) or not is_same_server(str(request.url), api_url):
        return await send(request)
    # A copy: no request outside this middleware contains the token.
    headers = request.headers.copy()
    headers["Authorization"] = f"Bearer {token.reveal()}"
    authorized = httpx.Request(
        request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
    )
    return await send(authorized)


async def mask_token(token: Secret | None, request: httpx.Request, send: Send) -> httpx.Response:
    """Mask the token in the headers and the body of a response. A masked response has the extension `MASKED`."""
    response = await send(request)
    if token is None:
        return response
    body = response.content
    if not token.is_in(body):
        unescaped = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), body)
        body = unescaped if token.is_in(unescaped) else body
    headers = response.headers.raw
    if not token.is_in(body) and not any(token.is_in(value) for _, value in headers):
        return response
    secret, mask = token.reveal().encode(), MASK.encode()
    return httpx.Response(
        response.status_code,
        headers=[(name, value.replace(secret, mask)) for name, value in headers],
        content=body.replace(secret, mask),
        extensions={MASKED: True},
    )


async def follow_redirects(base_url: str, max_requests: int, request: httpx.Request, send: Send) -> httpx.Response:
    """Follow redirects of a GET request within the server of `base_url`.

    After a redirect, the response has the extension `FINAL_URL`. A write's redirect is returned unchanged. Raises
    `Refused` for a redirect to another server, and after `max_requests` requests.
    """
    for number in range(max_requests):
        response = await send(request)
        if request.method != "GET" or response.status_code not in REDIRECTS:
            if number:
                response.extensions[FINAL_URL] = str(request.url)
            return response
        address = _redirect_address(base_url, request, response.headers.get("location", ""))
        await response.aclose()
        request = httpx.Request("GET", address, headers=request.headers, extensions=request.extensions)
    target = target_of(request)
    raise Refused(f"{target.host} redirects {target.what} in a loop. Check {target.setting}.")


def _redirect_address(base_url: str, request: httpx.Request, location: str) -> str:
    """Return the address of a redirect. Raises `Refused` before a request is sent to another server."""
    try:
        address = urljoin(str(request.url), location) if location else ""
    except ValueError:
        address = ""
    if not is_same_server(address, base_url):
        raise redirect_error(host_of(address), target_of(request))
    return address
