"""The proxies and certificates of the environment, and an error without credentials if they cannot be used."""

import sys

import pytest

from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.github.token import Secret
from pawtui.sources.source_errors import Refused, SourceError
from tests.support.fake_github import FakeGitHub
from tests.support.offline_transports import no_sleep

GITHUB = "https://api.github.com"
LOCAL = "http://127.0.0.1:9"
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
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://user:canary@127.0.0.1:1"),
        ("all_proxy", "socks5h://127.0.0.1:1"),
        ("HTTPS_PROXY", "foo://user:canary@127.0.0.1:1"),
        ("HTTPS_PROXY", "\x1b]52;c;://x"),
        ("HTTPS_PROXY", "http://user:canary@[::1"),
        ("HTTPS_PROXY", "http://\udcff\udcfe:1"),
        ("SSL_CERT_FILE", "/dev/null/missing"),
        ("SSL_CERT_FILE", __file__),
        ("SSLKEYLOGFILE", "/dev/null/missing"),
    ],
)
@pytest.mark.parametrize("document", [False, True], ids=["api", "document"])
async def test_an_unusable_setting_is_reported(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, document: bool
) -> None:
    # The package for SOCKS proxies may be installed.
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv(name, value)
    with pytest.raises(Refused) as caught:
        async with GitHubSource(api_url=LOCAL if document else GITHUB, token=None, cache=None) as source:
            await source.web_document("https://update.example.org/api")
    message = str(caught.value)
    assert message.startswith(f"Cannot use the proxy or certificates in {name.upper()}. Correct or unset them. ")
    assert "canary" not in message
    assert "\x1b" not in message


@pytest.mark.parametrize(("host", "proxy"), [("127.0.0.1", "http://127.0.0.1:9"), ("localhost", "127.0.0.1:9")])
@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
async def test_a_server_on_this_machine_has_no_proxy(
    monkeypatch: pytest.MonkeyPatch, fake: FakeGitHub, host: str, proxy: str, name: str
) -> None:
    monkeypatch.setenv(name, proxy)
    url = fake.url.replace("127.0.0.1", host)
    async with GitHubSource(api_url=url, token=Secret(fake.token), cache=None) as source:
        assert await source.user() == fake.user


async def test_an_unreachable_proxy_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:canary@127.0.0.1:9")

    async with GitHubSource(api_url=GITHUB, token=None, cache=None, sleep=no_sleep) as source:
        with pytest.raises(
            SourceError, match=r"No connection to api.github.com.* Check the network, the proxy"
        ) as caught:
            await source.ref_head("up/stream", "main")
    assert "canary" not in str(caught.value)


async def test_a_proxy_with_an_invalid_port_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:canary@127.0.0.1:99999")
    async with GitHubSource(api_url=GITHUB, token=None, cache=None) as source:
        with pytest.raises(Refused, match=r"is not valid\. Check GITHUB_API_URL and the proxy") as caught:
            await source.user()
    assert "canary" not in str(caught.value)


async def test_a_document_uses_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    async with GitHubSource(api_url=LOCAL, token=None, cache=None) as source:
        with pytest.raises(SourceError, match=r"No connection to update\.example\.org\. Check the network, the proxy"):
            await source.web_document("https://update.example.org/api")
