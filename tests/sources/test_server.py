"""The GitHub server that the environment names, and the parts of addresses."""

import pytest

from pawtui.sources.github.server import find_api_url, host_of, is_same_server, web_url
from pawtui.sources.source_errors import Refused

GITHUB = "https://api.github.com"
ENTERPRISE = "https://git.example.org/api/v3"


@pytest.mark.parametrize(
    ("env", "api", "web"),
    [
        ({}, GITHUB, "https://github.com"),
        ({"GH_HOST": " GitHub.com"}, GITHUB, "https://github.com"),
        ({"GH_HOST": "api.github.com"}, GITHUB, "https://github.com"),
        ({"GH_HOST": "acme.ghe.com"}, "https://api.acme.ghe.com", "https://acme.ghe.com"),
        ({"GH_HOST": "git.example.org"}, ENTERPRISE, "https://git.example.org"),
        ({"GH_HOST": "[::1]:8080"}, "https://[::1]:8080/api/v3", "https://[::1]:8080"),
        (
            {"GH_HOST": "git_hub.münchen.example"},
            "https://git_hub.münchen.example/api/v3",
            "https://git_hub.münchen.example",
        ),
        ({"GH_HOST": "x.org", "GITHUB_API_URL": f" {ENTERPRISE}/ "}, ENTERPRISE, "https://git.example.org"),
        ({"GITHUB_API_URL": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_the_environment_decides_the_api_and_the_web_root(env: dict[str, str], api: str, web: str) -> None:
    assert find_api_url(env) == api
    assert web_url(api) == web


@pytest.mark.parametrize(
    "env",
    [
        {"GITHUB_API_URL": "api.github.com"},
        {"GITHUB_API_URL": "ftp://x.org"},
        {"GITHUB_API_URL": "https://user:secret@x.org"},
        {"GITHUB_API_URL": "https://:secret@x.org"},
        {"GITHUB_API_URL": "https://x.org:port"},
        {"GITHUB_API_URL": "https://x.org?token=secret"},
        {"GITHUB_API_URL": "https://x.org#secret"},
        {"GITHUB_API_URL": "https:///api"},
        {"GH_HOST": "x.org/path"},
        {"GH_HOST": "user@x.org"},
        {"GH_HOST": ":secret@x.org"},
        {"GH_HOST": "[::"},
        {"GH_HOST": "bad host!"},
        {"GH_HOST": "-x"},
        {"GITHUB_API_URL": "https://bad host/api"},
    ],
)
def test_an_invalid_address_is_refused(env: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        find_api_url(env)
    assert next(iter(env)) in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "other", "same"),
    [
        ("https://api.github.com/user?x=1", GITHUB, True),
        ("https://API.github.com:443", GITHUB, True),
        ("http://127.0.0.1", "http://127.0.0.1:80/x", True),
        ("http://api.github.com", GITHUB, False),
        ("http://api.github.com:443", GITHUB, False),
        ("https://api.github.com:80", GITHUB, False),
        ("https://api.github.com:444", GITHUB, False),
        ("https://github.com", GITHUB, False),
        ("/user", GITHUB, False),
        ("/user", "/user", False),
        ("https://[", "https://[", False),
        ("https://api.github.com:99999999", GITHUB, False),
        ("https://user@api.github.com", GITHUB, False),
        ("https://:secret@api.github.com", GITHUB, False),
        ("https://user:secret@api.github.com", GITHUB, False),
        ("https://api.github.com/@user", GITHUB, True),
    ],
)
def test_addresses_of_one_server_have_the_same_scheme_host_and_port(url: str, other: str, same: bool) -> None:
    assert is_same_server(url, other) is same


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://user@X.org:8443/y", "x.org"), ("https://x\u202e.org", "x⟨U+202E⟩.org"), ("https://[", "")],
)
def test_the_host_of_an_address_is_safe_to_show(url: str, host: str) -> None:
    assert host_of(url) == host
