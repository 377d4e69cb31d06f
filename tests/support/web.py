"""Web servers other than GitHub, without a network: responses for probes of documents."""

from __future__ import annotations

import httpx


def update_service(version: str = "2.3.2") -> httpx.MockTransport:
    """Respond only for the vendor's update service."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host != "opencode.ai":
            raise httpx.ConnectError(f"no such host: {request.url.host}")
        return httpx.Response(200, json={"version": version})

    return httpx.MockTransport(answer)
