"""Unusable proxies and certificates: one sentence without credentials."""

import ssl
from pathlib import Path

import httpx
import pytest

from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.github.network import open_network
from pawtui.sources.github.web_documents import fetch
from pawtui.sources.source_errors import BadNetworkSettings, SourceError

GITHUB = "https://api.github.com"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove this machine's network settings."""
    for name in _PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ALL_PROXY", "socks5://user:canary@127.0.0.1:1", "ALL_PROXY is a SOCKS proxy, and the package socksio is not"),
        ("all_proxy", "socks5h://127.0.0.1:1", "all_proxy is a SOCKS proxy"),
        ("HTTPS_PROXY", "foo://user:canary@127.0.0.1:1", "HTTPS_PROXY is not a valid http, https or SOCKS"),
        ("HTTPS_PROXY", "\x1b]52;c;://x", "HTTPS_PROXY is not a valid http, https or SOCKS"),
        ("HTTPS_PROXY", "http://user:canary@[::1", "HTTPS_PROXY is not a valid http, https or SOCKS"),
        ("HTTPS_PROXY", "http://user:canary@host:99999999", "HTTPS_PROXY is not a valid http, https or SOCKS"),
        ("HTTPS_PROXY", "http://", "HTTPS_PROXY is not a valid http, https or SOCKS"),
        ("HTTPS_PROXY", "http://\udcff\udcfe:1", "HTTPS_PROXY is not a valid http, https or SOCKS"),
    ],
)
async def test_an_unusable_proxy_is_reported(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setattr("pawtui.sources.github.network.find_spec", lambda name: None)
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("X", value)
    with pytest.raises(BadNetworkSettings) as caught:
        async with GitHubSource(api_url=GITHUB, token=None, cache=None):
            pass
    message = str(caught.value)
    assert sentence in message
    assert "canary" not in message
    assert "\x1b" not in message
    assert message.endswith(".")


@pytest.mark.parametrize(
    ("url", "env", "used"),
    [
        (GITHUB, {"HTTPS_PROXY": "http://proxy.example.org:3128"}, True),
        (GITHUB, {"ALL_PROXY": "proxy.example.org:3128"}, True),
        (GITHUB, {"HTTP_PROXY": "http://proxy.example.org:3128"}, False),
        (GITHUB, {"HTTPS_PROXY": "http://proxy.example.org:3128", "NO_PROXY": "github.com"}, False),
        (GITHUB, {"HTTPS_PROXY": "http://proxy.example.org:3128", "NO_PROXY": "*"}, False),
        (GITHUB, {"HTTPS_PROXY": "http://proxy.example.org:3128", "NO_PROXY": "[::"}, True),
        ("http://127.0.0.1:8080", {"HTTP_PROXY": "foo://x"}, False),
        ("http://localhost:8080", {"ALL_PROXY": "socks5://x"}, False),
    ],
)
def test_the_proxy_depends_on_the_address(
    monkeypatch: pytest.MonkeyPatch, url: str, env: dict[str, str], used: bool
) -> None:
    proxies: list[httpx.Proxy | None] = []

    class Transport:
        def __init__(self, *, proxy: httpx.Proxy | None, **_options: object) -> None:
            proxies.append(proxy)

    monkeypatch.setattr(httpx, "AsyncHTTPTransport", Transport)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    open_network(url, max_connections=1)
    assert [proxy is not None and proxy.url.host for proxy in proxies] == ["proxy.example.org" if used else False]


async def test_a_document_is_read_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    proxies: list[httpx.Proxy | None] = []

    class Transport(httpx.AsyncBaseTransport):
        def __init__(self, *, proxy: httpx.Proxy | None, **_options: object) -> None:
            proxies.append(proxy)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=b"{}")

    monkeypatch.setattr(httpx, "AsyncHTTPTransport", Transport)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    assert (await fetch("https://update.example.org/api", None)).body == b"{}"
    assert proxies == [None]


@pytest.mark.parametrize(("scheme", "uses_tls"), [("http", False), ("https", True)])
def test_an_https_proxy_is_checked_with_the_same_certificates(
    monkeypatch: pytest.MonkeyPatch, scheme: str, uses_tls: bool
) -> None:
    used: list[bool] = []

    class Transport:
        def __init__(self, *, proxy: httpx.Proxy, verify: ssl.SSLContext, **_options: object) -> None:
            used.append(proxy.ssl_context is verify)

    monkeypatch.setattr(httpx, "AsyncHTTPTransport", Transport)
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://proxy.example.org:3128")
    open_network(GITHUB, max_connections=1)
    assert used == [uses_tls]


async def test_an_unreachable_proxy_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:canary@127.0.0.1:9")

    async def sleep(_seconds: float) -> None:
        return

    async with GitHubSource(api_url=GITHUB, token=None, cache=None, sleep=sleep) as source:
        with pytest.raises(
            SourceError, match=r"No connection to api.github.com.* Check the network and proxy"
        ) as caught:
            await source.ref_head("up/stream", "main")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("SSL_CERT_FILE", None, "Cannot use the file in SSL_CERT_FILE for TLS: no such file or directory."),
        (
            "SSL_CERT_FILE",
            "no certificate",
            "Cannot use the file in SSL_CERT_FILE for TLS: it contains no certificate.",
        ),
        ("SSLKEYLOGFILE", None, "Cannot use the file in SSLKEYLOGFILE for TLS: no such file or directory."),
    ],
)
@pytest.mark.parametrize("document", [False, True], ids=["api", "document"])
async def test_an_unusable_tls_file_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: str | None, sentence: str, document: bool
) -> None:
    path = tmp_path / "folder" / "file"
    if content is not None:
        path.parent.mkdir()
        path.write_text(content)
    monkeypatch.setenv(name, str(path))
    with pytest.raises(BadNetworkSettings) as caught:
        async with GitHubSource(api_url="http://127.0.0.1:9" if document else GITHUB, token=None, cache=None) as source:
            await source.web_document("https://update.example.org/api")
    assert str(caught.value).startswith(sentence)
