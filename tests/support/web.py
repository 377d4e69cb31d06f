"""The web outside the forge, without a network: what probes of documents are answered."""

from __future__ import annotations

import httpx


def update_service(version: str = "2.3.2") -> httpx.MockTransport:
    """The vendor's own update service, and no other host."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host != "opencode.ai":
            raise httpx.ConnectError(f"no such host: {request.url.host}")
        return httpx.Response(200, json={"version": version})

    return httpx.MockTransport(answer)
