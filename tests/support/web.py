"""The web servers that `json` probes read, without a network."""

from __future__ import annotations

import httpx


def update_service(version: str = "2.3.2") -> httpx.MockTransport:
    """Return a transport to the vendor's update service, which delivers `version`. Other hosts do not exist."""

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.host != "opencode.ai":
            raise httpx.ConnectError(f"no such host: {request.url.host}")
        return httpx.Response(200, json={"version": version})

    return httpx.MockTransport(respond)
