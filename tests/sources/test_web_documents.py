"""Documents outside GitHub: their redirects. `tests/probes/test_json_probe.py` tests the refused addresses."""

import httpx
import pytest

from pawtui.sources.github.web_documents import fetch
from pawtui.sources.source_errors import Refused

HOST = "https://updates.example.org"


async def test_a_document_has_the_address_after_a_redirect() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/latest":
            return httpx.Response(302, headers={"Location": "/v2/latest"})
        return httpx.Response(200, content=b"{}")

    document = await fetch(f"{HOST}/latest", httpx.MockTransport(respond))
    assert (document.body, document.url) == (b"{}", f"{HOST}/v2/latest")


async def test_a_loop_of_redirects_ends() -> None:
    requests: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request.url.path)
        return httpx.Response(302, headers={"Location": "/latest"})

    with pytest.raises(Refused, match=r"redirects the document at updates\.example\.org in a loop"):
        await fetch(f"{HOST}/latest", httpx.MockTransport(respond))
    assert len(requests) == 3
