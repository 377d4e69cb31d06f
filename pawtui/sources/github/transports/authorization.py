"""Send the token to the API's scheme, host and port only."""

import httpx

from pawtui.sources.github.token import Secret, may_carry_token
from pawtui.sources.github.transports.transport import Transport
from pawtui.sources.github.urls import same_origin


class AuthorizationTransport(Transport):
    """A transport that adds `Authorization` to requests to the API, never over plain http to another machine."""

    def __init__(self, inner: httpx.AsyncBaseTransport, api_url: str, token: Secret | None) -> None:
        super().__init__(inner)
        self._api_url = api_url
        self._token = token if may_carry_token(api_url) else None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._token is None or not same_origin(str(request.url), self._api_url):
            return await self._inner.handle_async_request(request)
        # A copy: no request outside this transport contains the token.
        headers = request.headers.copy()
        headers["Authorization"] = f"Bearer {self._token.reveal()}"
        signed = httpx.Request(
            request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
        )
        return await self._inner.handle_async_request(signed)
