"""Documents outside GitHub: their redirects. `tests/probes/test_json_probe.py` tests the refused addresses."""

import asyncio

import httpx
import pytest

from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.github.web_documents import fetch
from pawtui.sources.source_errors import Refused, TimedOut

HOST = "https://updates.example.org"


async def test_a_document_has_the_address_after_a_redirect() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/latest":
            return httpx.Response(302, headers={"Location": "/v2/latest"})
        return httpx.Response(200, content=b"{}")

    document = await fetch(f"{HOST}/latest", httpx.MockTransport(respond))
    assert (document.body, document.url) == (b"{}", f"{HOST}/v2/latest")


async def test_each_document_is_requested_once() -> None:
    requests: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request.url.path)
        return httpx.Response(200, content=request.url.path)

    transport = httpx.MockTransport(respond)
    async with GitHubSource(
        api_url="https://api.github.com", token=None, cache=None, transport=transport, web_transport=transport
    ) as source:
        for path in ("/a", "/b", "/a"):
            assert (await source.web_document(HOST + path)).body == path.encode()
    assert requests == ["/a", "/b"]


@pytest.mark.parametrize(("size", "refused"), [(4_000_000, False), (4_000_001, True)])
async def test_a_document_has_at_most_4_mb(size: int, refused: bool) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=b" " * size))
    if refused:
        with pytest.raises(Refused, match=r"is larger than 4 MB and is not read"):
            await fetch(HOST, transport)
    else:
        assert len((await fetch(HOST, transport)).body) == size


async def test_a_host_name_that_is_not_valid_is_reported() -> None:
    with pytest.raises(Refused, match=r"The address .* is not valid\. Check `url` in the tracker"):
        await fetch("https://xn--/", None)


@pytest.mark.parametrize("url", ["http://x.example", "https://user:canary@x.example", "https://", "https://[", "x"])
async def test_only_a_plain_https_address_is_requested(url: str) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request)

    with pytest.raises(Refused, match="is not a plain https address") as caught:
        await fetch(url, httpx.MockTransport(respond))
    assert "canary" not in str(caught.value)


async def test_a_loop_of_redirects_ends() -> None:
    requests: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request.url.path)
        return httpx.Response(302, headers={"Location": "/latest"})

    with pytest.raises(Refused, match=r"redirects the document at updates\.example\.org too often"):
        await fetch(f"{HOST}/latest", httpx.MockTransport(respond))
    assert len(requests) == 5


async def test_a_document_and_its_redirects_have_one_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pawtui.sources.github.web_documents.TIME_LIMIT", 0.1)

    async def respond(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.06)
        next_path = {"/": "/v2", "/v2": "/v2/latest"}.get(request.url.path)
        return httpx.Response(302, headers={"Location": next_path}) if next_path else httpx.Response(200, content=b"{}")

    with pytest.raises(TimedOut, match=r"The time limit of 0\.1 s ended before updates\.example\.org returned"):
        await fetch(f"{HOST}/", httpx.MockTransport(respond))
